# SPDX-License-Identifier: GPL-2.0
"""make install and make uninstall: what they put where, sign, refuse, and leave behind: nothing."""

import os
import re
import shutil
from pathlib import Path

import pytest
from frontdoor import Built, make

from harness.guest import distro, firmware
from harness.guest.agent import Result
from harness.guest.places import FIXTURES_DIR
from harness.guest.recipe import Parts
from harness.guest.vm import VM
from harness.host.paths import TOP
from harness.host.run import run
from harness.kernels.suite import OURS
from harness.kernels.kernel import Kernel
from harness.observe import health
from harness.observe.loaded import State, states
from harness.plugin import Boot

SUBDIR = "updates/taskmods"
CONFIG = "etc/modprobe.d/taskmods.conf"
NAMES = {f"{name}.ko" for name in OURS.modules}
# The kernel's options for compressed modules, and what each makes their names end in.
COMPRESSED = {"XZ": ".xz", "GZIP": ".gz", "ZSTD": ".zst"}
SCRIPTS = "/root/install"


@pytest.fixture(scope="session")
def tree(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, with the modules built in it."""
    assert built.named.returncode == 0, built.named.stderr
    return built.copy(tmp_path_factory.mktemp("install") / "tree")


@pytest.fixture(scope="session")
def suffix(own: Kernel) -> str:
    """What names of modules end in that are installed for the kernel: some have them compressed."""
    return next((suffix for option, suffix in COMPRESSED.items()
                 if f"CONFIG_MODULE_COMPRESS_{option}" in own.options), "")


@pytest.fixture(scope="session")
def names(suffix: str) -> set[str]:
    """The names of the modules, as they are installed."""
    return {f"{name}{suffix}" for name in NAMES}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory to install below."""
    return tmp_path / "root"


@pytest.fixture
def key(tmp_path: Path) -> tuple[str, str]:
    """What make install is told to sign with a key of Somebody's."""
    run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256",
         "-days", "365", "-subj", "/CN=Somebody/", "-addext", "keyUsage=digitalSignature",
         "-keyout", tmp_path / "key.pem", "-outform", "DER", "-out", tmp_path / "cert.der"],
        "make a key")
    return f"SIGN_KEY={tmp_path / 'key.pem'}", f"SIGN_CERT={tmp_path / 'cert.der'}"


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")}


def modules_dir(root: Path, own: Kernel) -> Path:
    return root / "lib/modules" / own.release / SUBDIR


def listed(place: Path) -> set[str]:
    return {path.name for path in place.iterdir()}


def modules(root: Path) -> dict[str, Path]:
    """Return the files of modules somewhere below, by name."""
    return {path.name: path for path in root.rglob("*.ko*")}


def install(tree: Path, own: Kernel, root: Path, *arguments: str) -> str:
    """Install below `root`, which must succeed; return what make said."""
    done = make(tree, "install", f"KDIR={own.kdir}", f"DESTDIR={root}", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def own_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("taskmods: ")]


@pytest.mark.host
def test_installed_whole_and_removed_whole(tree: Path, own: Kernel, root: Path, suffix: str,
                                           names: set[str]) -> None:
    said = install(tree, own, root)
    place = modules_dir(root, own)
    assert said == (f"Installed for {own.release} in {place}: "
                    "modprobe report_mod loads all three\n")
    assert listed(place) == names
    assert (root / CONFIG).read_text() == (tree / "modprobe.d/taskmods.conf").read_text()
    order = run(["/sbin/modprobe", "-d", root, "-C", root / "etc/modprobe.d", "-S",
                 own.release, "-n", "-v", "report_mod"], "ask for the order")
    # It names core_mod once for each that wants it.
    assert list(dict.fromkeys(Path(line.split()[1]).name for line in order.splitlines())) == [
        f"{name}.ko{suffix}" for name in OURS.modules]
    assert f"walker_mod.ko{suffix} num=10" in order

    removed = make(tree, "uninstall", f"DESTDIR={root}")
    assert (removed.returncode, removed.stderr) == (0, "")
    assert removed.stdout == f"Removed from {own.release}\nRemoved {root / CONFIG}\n"
    assert files(root) == set()
    again = make(tree, "uninstall", f"DESTDIR={root}")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith(f"There is none of the modules in {root}/lib/modules/")


@pytest.mark.host
def test_a_path_is_relative_to_where_make_is(tree: Path, own: Kernel, names: set[str]) -> None:
    done = make(tree, "install", f"KDIR={own.kdir}", "INSTALL_MOD_PATH=../relative",
                "INSTALL_MOD_DIR=extra/mine")
    assert done.returncode == 0, done.stderr
    root = tree.parent / "relative"
    place = root / "lib/modules" / own.release / "extra/mine"
    assert set(modules(place)) == names
    removed = make(tree, "uninstall", "INSTALL_MOD_PATH=../relative", "INSTALL_MOD_DIR=extra/mine",
                   f"KDIR={own.kdir}")
    assert removed.returncode == 0, removed.stderr
    assert files(root) == set()


@pytest.mark.host
def test_uninstall_from_one_kernel_and_from_every(tree: Path, own: Kernel, root: Path,
                                                  names: set[str]) -> None:
    """Others' modules stay; compressed ones are ours as well."""
    install(tree, own, root)
    for release, suffix in (("9.1-xz", ".xz"), ("9.2-zst", ".zst"), ("9.3-gz", ".gz")):
        place = root / "lib/modules" / release / SUBDIR
        place.mkdir(parents=True)
        for name in NAMES:
            (place / f"{name}{suffix}").write_bytes(b"")
    theirs = root / "lib/modules/9.1-xz/updates/theirs.ko"
    shutil.copy(tree / "core_mod/core_mod.ko", theirs)

    one = make(tree, "uninstall", f"DESTDIR={root}", "KVER=9.2-zst")
    assert (one.returncode, one.stdout) == (0, "Removed from 9.2-zst\n"), one.stderr
    assert not (root / "lib/modules/9.2-zst").exists()
    assert set(modules(modules_dir(root, own))) == names
    assert (root / CONFIG).exists()

    rest = make(tree, "uninstall", f"DESTDIR={root}")
    assert rest.returncode == 0, rest.stderr
    assert [path for path in root.rglob("*.ko*")] == [theirs]
    assert "updates/theirs.ko:" in (root / "lib/modules/9.1-xz/modules.dep").read_text()
    assert not (root / "etc").exists()
    assert not (root / "lib/modules" / own.release).exists()


@pytest.mark.host
def test_installed_again_over_another_compression(tree: Path, own: Kernel, root: Path,
                                                  names: set[str]) -> None:
    install(tree, own, root)
    place = modules_dir(root, own)
    (place / "walker_mod").mkdir()
    for name in ("core_mod.ko.xz", "walker_mod/walker_mod.ko"):
        (place / name).write_bytes(b"of the time before, or by make modules_install")
    install(tree, own, root)
    assert len(list(root.rglob("*.ko*"))) == 3
    assert listed(place) == names


@pytest.mark.host
@pytest.mark.parametrize("name", ("updates/taskmods/", "./extra", "extra//mine"))
def test_installed_again_by_another_name_of_the_same_place(tree: Path, own: Kernel, root: Path,
                                                           name: str, names: set[str]) -> None:
    place = root / "lib/modules" / own.release / name
    for _ in range(2):
        install(tree, own, root, f"INSTALL_MOD_DIR={name}")
        assert listed(place) == names
    removed = make(tree, "uninstall", f"DESTDIR={root}", f"INSTALL_MOD_DIR={name}")
    assert removed.returncode == 0, removed.stderr
    assert files(root) == set()


@pytest.mark.host
def test_modules_in_two_places(tree: Path, own: Kernel, root: Path, suffix: str,
                               names: set[str]) -> None:
    """What is elsewhere is said, and stays, with the configuration that it has."""
    install(tree, own, root, "INSTALL_MOD_DIR=extra")
    both = make(tree, "install", f"KDIR={own.kdir}", f"DESTDIR={root}")
    place = root / "lib/modules" / own.release
    (said,) = own_lines(both.stderr)
    assert both.returncode == 0
    module = rf"{re.escape(str(place))}/extra/\w+\.ko{suffix}"
    assert re.fullmatch(rf"taskmods: there is another, {module}: see make uninstall .*", said)
    for _ in range(2):
        removed = make(tree, "uninstall", f"DESTDIR={root}")
        (said,) = own_lines(removed.stderr)
        assert removed.returncode != 0
        assert re.fullmatch(rf"taskmods: {module} is left, and the configuration: .*", said)
        assert set(modules(root)) == listed(place / "extra") == names
        assert (root / CONFIG).exists()
    assert make(tree, "uninstall", f"DESTDIR={root}", "INSTALL_MOD_DIR=extra").returncode == 0
    assert files(root) == set()


@pytest.mark.host
def test_all_may_read_what_is_installed(tree: Path, own: Kernel, root: Path) -> None:
    before = os.umask(0o077)
    try:
        install(tree, own, root)
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in root.rglob("*")
             if not path.name.startswith("modules.")}
    assert modes == {0o755, 0o644}


@pytest.mark.host
def test_an_edited_configuration_is_kept(tree: Path, own: Kernel, root: Path) -> None:
    install(tree, own, root)
    (root / CONFIG).write_text("options walker_mod num=3\n", encoding="ascii")
    said = install(tree, own, root)
    assert f"Kept {root / CONFIG}, which differs from modprobe.d/taskmods.conf\n" in said
    assert (root / CONFIG).read_text() == "options walker_mod num=3\n"


@pytest.mark.host
def test_signed(tree: Path, own: Kernel, root: Path, key: tuple[str, str], tmp_path: Path,
                monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the directory is called that they are signed in."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "a.git"))
    (tmp_path / "a.git").mkdir()
    install(tree, own, root, *key)
    for path in modules(root).values():
        signer = run(["/sbin/modinfo", "-F", "signer", path], "read a signature")
        assert signer == "Somebody\n"


@pytest.mark.slow
@pytest.mark.host
@pytest.mark.parametrize("option", COMPRESSED)
def test_signed_before_they_are_compressed(tree: Path, own: Kernel, root: Path, tmp_path: Path,
                                           key: tuple[str, str], option: str) -> None:
    """As on kernels that have their modules compressed, each in one of these ways."""
    others = {f"CONFIG_MODULE_COMPRESS_{other}=" for other in COMPRESSED if other != option}
    install(tree, own, root, *key, *others, *(f"CONFIG_MODULE_COMPRESS{part}=y"
                                              for part in ("", "_ALL", f"_{option}")))
    assert set(modules(root)) == {f"{name}{COMPRESSED[option]}" for name in NAMES}
    for path in modules(root).values():
        plain = tmp_path / path.stem
        run(["sh", "-c", f"{option.lower()} -dc {path} > {plain}"], "unpack a module")
        assert run(["/sbin/modinfo", "-F", "signer", plain], "read it") == "Somebody\n"
        assert plain.read_bytes().endswith(b"~Module signature appended~\n")


# What is asked of make below a root, and the one line that it says.
REFUSED = {
    "install DESTDIR={root} INSTALL_MOD_PATH=/other": "taskmods: DESTDIR={root} and "
    "INSTALL_MOD_PATH=/other differ: give one of them",
    "install DESTDIR={root} SIGN_KEY=/nope": "taskmods: SIGN_KEY=<private key> and "
    "SIGN_CERT=<certificate> go together: give both",
    "install DESTDIR={root} SIGN_KEY=/nope SIGN_CERT=/nope": "taskmods: cannot read "
    "SIGN_KEY=/nope: docs/install.md says how to make a key",
    "install DESTDIR={root} KVER=1.2.3-nope KDIR=": "taskmods: no headers for KVER=1.2.3-nope in "
    "/lib/modules/1.2.3-nope/build: install linux-headers-1.2.3-nope, or say where they are with "
    "KDIR=",
    "uninstall DESTDIR={root} KVER=1.2.3-nope KDIR=": "taskmods: there is no "
    "{root}/lib/modules/1.2.3-nope: KVER must be the release of an installed kernel",
    "uninstall DESTDIR={root} KDIR=/nope": "taskmods: KDIR=/nope has no Makefile: "
    "it must be a kernel's build or headers directory",
}


@pytest.mark.host
@pytest.mark.parametrize("command", REFUSED, ids=range(len(REFUSED)))
def test_bad_input_gets_one_line_and_changes_nothing(tree: Path, own: Kernel, root: Path,
                                                     command: str) -> None:
    done = make(tree, f"KDIR={own.kdir}", *command.format(root=root).split())
    assert done.returncode != 0
    assert own_lines(done.stderr) == [REFUSED[command].format(root=root)]
    assert files(root) == set()


@pytest.mark.host
@pytest.mark.parametrize("target", ["install", "uninstall"])
def test_who_is_not_root_needs_a_directory(target: str, vm: VM) -> None:
    """For the system itself; it is said before anything is tried."""
    for name in (f"{target}-suite", "suite.sh"):
        vm.write(f"/tmp/{name}", (TOP / "install" / name).read_bytes())
    done = vm.run("as", "1000", "1000", "sh", f"/tmp/{target}-suite")
    assert (done.status, done.err) == (
        1, f"taskmods: make {target} changes /lib/modules and /etc: run it as root, or with "
        "DESTDIR=<dir>\n")


@pytest.mark.host
def test_a_key_that_is_none(tree: Path, own: Kernel, root: Path, key: tuple[str, str]) -> None:
    Path(key[0].partition("=")[2]).write_text("no key", encoding="ascii")
    done = make(tree, "install", f"KDIR={own.kdir}", f"DESTDIR={root}", *key)
    assert done.returncode != 0
    (line,) = own_lines(done.stderr)
    assert line.startswith(f"taskmods: cannot sign core_mod.ko with {key[0]} and {key[1]}: ")
    assert files(root) == set()


@pytest.mark.host
def test_what_is_not_built_or_for_another_kernel(tree: Path, own: Kernel, root: Path) -> None:
    module = tree / "report_mod/report_mod.ko"
    content = module.read_bytes()
    release = own.release.encode()
    other = release[:-1] + b"X"
    try:
        module.write_bytes(content.replace(b"vermagic=" + release, b"vermagic=" + other))
        done = make(tree, "install", f"KDIR={own.kdir}", f"DESTDIR={root}")
        assert own_lines(done.stderr) == [
            f"taskmods: report_mod.ko was built for {other.decode()}, not for {own.release}: "
            f"run make modules KDIR={own.kdir} first"]
        module.unlink()
        done = make(tree, "install", f"KDIR={own.kdir}", f"DESTDIR={root}")
        assert own_lines(done.stderr) == [
            "taskmods: nothing is built: run make modules first"]
    finally:
        module.write_bytes(content)
    assert files(root) == set()


@pytest.mark.host
def test_dkms_has_them_already(tree: Path, own: Kernel, root: Path) -> None:
    theirs = root / "lib/modules" / own.release / "updates/dkms/core_mod.ko.xz"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"")
    before = files(root)
    done = make(tree, "install", f"KDIR={own.kdir}", f"DESTDIR={root}")
    assert own_lines(done.stderr) == [
        f"taskmods: DKMS has them in {theirs.parent} already: remove the package taskmods-dkms "
        "first"]
    assert files(root) == before


@pytest.mark.host
def test_what_belongs_to_the_package_stays(tree: Path, root: Path) -> None:
    for name in (CONFIG, "usr/src/taskmods-1.0/dkms.conf",
                 "lib/modules/9.1/updates/dkms/core_mod.ko"):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_bytes(b"")
    before = files(root)
    removed = make(tree, "uninstall", f"DESTDIR={root}")
    assert (removed.returncode, removed.stderr) == (0, "")
    assert removed.stdout.startswith("There is none of the modules in ")
    assert files(root) == before


@pytest.mark.host
def test_a_failed_install_leaves_nothing(tree: Path, own: Kernel, root: Path, suffix: str) -> None:
    """A directory of one module's name is in the way of the last of all."""
    place = modules_dir(root, own)
    (place / f"report_mod.ko{suffix}.new/report_mod.ko{suffix}").mkdir(parents=True)
    before = files(root)
    done = make(tree, "install", f"KDIR={own.kdir}", f"DESTDIR={root}")
    assert done.returncode != 0
    assert own_lines(done.stderr) == [f"taskmods: cannot write to {place}"]
    assert files(root) == before


@pytest.mark.host
@pytest.mark.needs("CONFIG_MODULE_SIG", "CONFIG_LOAD_UEFI_KEYS")
def test_signed_modules_load_where_signatures_are_enforced(
        tree: Path, own: Kernel, root: Path, key: tuple[str, str], parts: Parts,
        boot: Boot) -> None:
    """In a guest whose firmware trusts the certificate; nothing says that one was unverified."""
    if parts.kernel.release != own.release:
        pytest.skip("needs guests of the kernel that the host's tools build for")
    install(tree, own, root, *key)
    certificate = Path(key[1].partition("=")[2]).read_bytes()
    guest = boot(append="module.sig_enforce=1 efi=runtime",
                 firmware=firmware.trusting(certificate, parts.kernel.architecture),
                 files={f"/root/signed/{path.name}": path.read_bytes()
                        for path in modules(root).values()})
    unsigned = guest.run("insmod", f"{guest.parts.suite_dir}/core_mod.ko")
    assert unsigned.status == 1 and "Key was rejected by service" in unsigned.err
    guest.sh(f"rm {guest.parts.suite_dir}/*; cp /root/signed/* {guest.parts.suite_dir}; depmod")
    guest.run("modprobe", "report_mod", check=True)
    assert states(guest) == {"core_mod": State(2, ("report_mod", "walker_mod"), taint="O"),
                             "walker_mod": State(0, taint="O"), "report_mod": State(0, taint="O")}
    assert guest.read("/proc/sys/kernel/tainted") == "4096\n"


@pytest.fixture
def installed(boot: Boot, parts: Parts) -> VM:
    """A whole Debian with the suite installed and loaded, and the scripts of make uninstall."""
    guest = boot(distro.parts(parts))
    guest.sh(f"mkdir {SCRIPTS}")
    for name in ("uninstall-suite", "unload-suite", "suite.sh", "find-kdir"):
        guest.write(f"{SCRIPTS}/{name}", (TOP / "install" / name).read_bytes())
    guest.sh(f"chmod 755 {SCRIPTS}/*")
    guest.run("modprobe", "report_mod", check=True)
    return guest


def uninstall(guest: VM, path: str = "/usr/sbin:/usr/bin") -> Result:
    return guest.run("env", f"PATH={path}", f"{SCRIPTS}/uninstall-suite")


@pytest.mark.needs("debian")
def test_uninstall_while_someone_reads(installed: VM) -> None:
    """Refused, by whom is said, nothing is changed; afterwards nothing is left."""
    installed.sh("cp /bin/sleep '/tmp/a\nb'")
    reader = installed.start("sh", "-c", "exec 3< /proc/taskmods/tasks 4< /proc/taskmods/report; "
                             "echo open; exec '/tmp/a\nb' infinity")
    reader.expect("open")
    before, loaded = health.traces(installed), states(installed)
    refused = uninstall(installed)
    assert (refused.status, refused.err) == (
        1, "taskmods: /proc/taskmods/report, /proc/taskmods/tasks held open by "
        f"a?b (pid {reader.pid}): nothing was removed; close or end that, then run make uninstall "
        "again\n")
    assert health.traces(installed) == before
    assert states(installed) == loaded

    reader.kill()
    reader.wait()
    removed = uninstall(installed)
    assert (removed.status, removed.err) == (0, "")
    assert states(installed) == {}
    left = installed.sh("find / -xdev -path /opt -prune -o -path /root -prune -o "
                        "-name '*taskmods*' -print -o -name '*_mod.ko*' -print")
    # A kernel may have our name in its own.
    release = installed.parts.kernel.release
    assert [path for path in left.splitlines() if "taskmods-agent" not in path
            and "multi-user.target.d" not in path and not path.endswith(release)] == []
    assert "report_mod not found" in installed.run("modprobe", "report_mod").err


@pytest.mark.needs("debian")
def test_who_is_named_like_an_option_is_named(installed: VM) -> None:
    installed.sh("cp /bin/sleep /tmp/-n")
    reader = installed.start("sh", "-c", "exec 3< /proc/taskmods/threads; echo open; "
                             "exec /tmp/-n infinity")
    reader.expect("open")
    assert uninstall(installed).err.startswith(
        f"taskmods: /proc/taskmods/threads held open by -n (pid {reader.pid}): nothing was")
    reader.kill()
    reader.wait()


@pytest.mark.needs("debian")
def test_uninstall_while_a_module_of_others_uses_ours(installed: VM) -> None:
    installed.run("insmod", f"{FIXTURES_DIR}/leaving.ko", check=True)
    loaded = states(installed)
    refused = uninstall(installed)
    assert refused.err.startswith("taskmods: core_mod used by the module leaving: nothing was ")
    assert states(installed) == loaded


@pytest.mark.needs("debian")
def test_a_reader_that_comes_while_it_unloads(installed: VM) -> None:
    """report_mod is gone by then, and comes back: all or nothing."""
    before, loaded = health.traces(installed), states(installed)
    reader = installed.start("sh", "-c", "mkfifo /tmp/go; read _ < /tmp/go; "
                             "exec 3< /proc/taskmods/tasks; echo > /tmp/go; exec sleep infinity")
    installed.sh("mkdir /root/late")
    installed.write("/root/late/rmmod", b"#!/bin/sh\n[ $1 != walker_mod ] || "
                    b"{ echo > /tmp/go; read _ < /tmp/go; }\nexec /sbin/rmmod $1\n")
    installed.sh("chmod +x /root/late/rmmod")
    refused = uninstall(installed, "/root/late:/usr/sbin:/usr/bin")
    assert refused.err.startswith(
        f"taskmods: /proc/taskmods/tasks held open by sleep (pid {reader.pid}): nothing was ")
    assert health.traces(installed) == before
    assert states(installed) == {**loaded, "walker_mod": State(1)}
