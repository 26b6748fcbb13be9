# SPDX-License-Identifier: GPL-2.0
"""taskmods doctor: each thing that can be wrong is found, by its number, with what to do."""

import re
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.host import cli
from harness.host.run import run
from harness.kernels.suite import OURS
from broken import broken
from recorded import RELEASE, Tree

pytestmark = pytest.mark.host

MODULES = f"lib/modules/{RELEASE}"
SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
CONF = "softdep report_mod pre: walker_mod\noptions walker_mod num=10\n"
MAGIC = b"~Module signature appended~\n"
SIGNER = "A signer's name"


def module(values: dict[str, str], names_kind: int = 3, names_at: int = 0) -> bytes:
    """Return what is read of a module's file: an ELF object with a .modinfo section.

    The section of names may be of another kind, and elsewhere, than it is.
    """
    modinfo = b"".join(f"{key}={value}\0".encode() for key, value in values.items())
    names = b"\0.modinfo\0.shstrtab\0"
    at = 64
    sections = [(0, 0, 0, 0), (1, 1, at, len(modinfo)),
                (10, names_kind, names_at or at + len(modinfo), len(names))]
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 1, 62, 1, 0, 0,
                         at + len(modinfo) + len(names), 0, 64, 0, 0, 64, len(sections), 2)
    return header + modinfo + names + b"".join(
        struct.pack("<IIQQQQIIQQ", name, kind, 0, 0, offset, size, 0, 0, 1, 0)
        for name, kind, offset, size in sections)


def sane(**values: str) -> bytes:
    """Return a module of this release and version, with other values or more."""
    return module({"version": "1.0.0", "srcversion": "ABC", "vermagic": f"{RELEASE} SMP mod",
                   **values})


def machine(place: Path) -> Tree:
    """Record a machine on which nothing is wrong."""
    tree = Tree(place, cli.built())
    tree.record()
    tree.write("proc/sys/kernel/osrelease", f"{RELEASE}\n")
    tree.write("proc/cmdline", "root=/dev/vda1 module_blacklist=other\n")
    tree.write("dev/kmsg", "6,1,12345678,-;walker_mod: pid=1 comm=systemd\n")
    tree.write(f"{MODULES}/build/include/generated/utsrelease.h",
               f'#define UTS_RELEASE "{RELEASE}"\n')
    for name in OURS.modules:
        tree.write(f"{MODULES}/updates/taskmods/{name}.ko", sane())
        tree.write(f"sys/module/{name}/srcversion", "ABC\n")
    write_dependencies(tree, "updates/taskmods")
    tree.write("etc/modprobe.d/taskmods.conf", CONF)
    tree.write("sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    tree.write("sys/module/module/parameters/sig_enforce", "N\n")
    return tree


@pytest.fixture
def healthy(tmp_path: Path) -> Tree:
    """Such a machine, in a directory of the test's own."""
    return machine(tmp_path)


def write_dependencies(tree: Tree, place: str) -> None:
    tree.write(f"{MODULES}/modules.dep", f"{place}/core_mod.ko:\nkernel/core_mod_x.ko:\n" + "".join(
        f"{place}/{name}.ko: {place}/core_mod.ko\n" for name in OURS.modules[1:]))


def remove(tree: Tree, *paths: str) -> None:
    for path in paths:
        subprocess.run(["rm", "-r", tree.root / path], check=True)


def unload(tree: Tree, *names: str) -> None:
    remove(tree, *(f"sys/module/{name}" for name in names))


def no_headers(tree: Tree) -> None:
    not_installed(tree)
    remove(tree, f"{MODULES}/build")


def other_headers(tree: Tree) -> None:
    tree.write(f"{MODULES}/build/include/generated/utsrelease.h",
               '#define UTS_RELEASE "5.10.0-1-amd64"\n')


def not_installed(tree: Tree) -> None:
    remove(tree, f"{MODULES}/updates", f"{MODULES}/modules.dep")


def neither_installed_nor_loaded(tree: Tree) -> None:
    not_installed(tree)
    unload(tree, *OURS.modules)


def removed_since_depmod(tree: Tree) -> None:
    remove(tree, f"{MODULES}/updates")


def copy_at(place: str) -> Callable[[Tree], None]:
    def make(tree: Tree) -> None:
        tree.write(f"{MODULES}/{place}", sane())
    return make


def no_depmod(tree: Tree) -> None:
    tree.write(f"{MODULES}/modules.dep", "kernel/fs/ext4/ext4.ko:\n")


def moved_since_depmod(tree: Tree) -> None:
    for name in OURS.modules:
        tree.write(f"{MODULES}/extra/{name}.ko", sane())
    remove(tree, f"{MODULES}/updates")


def many_things(tree: Tree) -> None:
    """In the order in which they are looked for."""
    copy_at("extra/core_mod.ko")(tree)
    remove(tree, f"{MODULES}/updates/taskmods/walker_mod.ko")
    conf("options walker_mod num=3")(tree)
    conf("blacklist core_mod", "etc/modprobe.d/z.conf")(tree)


def other_kernel(tree: Tree) -> None:
    tree.write(f"{MODULES}/updates/taskmods/walker_mod.ko", sane(vermagic=f"{RELEASE}x SMP"))


def almost_this_kernel(tree: Tree) -> None:
    tree.write(f"{MODULES}/updates/taskmods/core_mod.ko", sane(vermagic=f"{RELEASE[:-1]} SMP"))


def locked_down(tree: Tree) -> None:
    tree.write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    tree.write(SECURE_BOOT, b"\6\0\0\0\1")


def enforcing(tree: Tree) -> None:
    tree.write("sys/module/module/parameters/sig_enforce", "Y\n")


def file(path: str, content: str) -> Callable[[Tree], None]:
    def write(tree: Tree) -> None:
        tree.write(path, content)
    return write


def conf(line: str, path: str = "etc/modprobe.d/local.conf") -> Callable[[Tree], None]:
    return file(path, f"# a comment\n{line}\n")


def command_line(words: str) -> Callable[[Tree], None]:
    return file("proc/cmdline", f"quiet {words} ro\n")


def not_loaded(tree: Tree) -> None:
    unload(tree, *OURS.modules)


def one_not_loaded(tree: Tree) -> None:
    unload(tree, "report_mod")


def versions_differ(tree: Tree) -> None:
    tree.write("sys/module/walker_mod/version", "0.9.0\n")


def outdated(tree: Tree) -> None:
    tree.write(f"{MODULES}/updates/taskmods/walker_mod.ko", sane(version="1.1.0"))


def rebuilt(tree: Tree) -> None:
    tree.write(f"{MODULES}/updates/taskmods/walker_mod.ko", sane(srcversion="DEF"))


def logged(line: str) -> Callable[[Tree], None]:
    def write(tree: Tree) -> None:
        not_loaded(tree)
        tree.write("dev/kmsg", f"6,1,1000000,-;unrelated\n{line}\n")
    return write


# What is made wrong, the findings that come of it, and what one of them says.
FAULTS: tuple[tuple[Callable[[Tree], None], list[int], str], ...] = (
    (no_headers, [10, 12, 12, 12],
     rf"headers: none in .*/build: install linux-headers-{RELEASE}$"),
    (other_headers, [11], rf"is of 5.10.0-1-amd64, not of the running {RELEASE}: install "),
    (not_installed, [12, 12, 12], "installed: no walker_mod in .*: make install, or"),
    (neither_installed_nor_loaded, [12, 12, 12], "installed: no core_mod in .*: make install"),
    (removed_since_depmod, [12, 12, 12], "installed: no walker_mod in .*: make install"),
    (copy_at("extra/walker_mod.ko"), [13],
     "extra/walker_mod.ko besides updates/taskmods/walker_mod.ko: remove .*, then run depmod"),
    (copy_at("updates/walker-mod.ko.xz"), [13], "updates/walker-mod.ko.xz besides updates/taskm"),
    (copy_at("updates/dkms/core_mod.ko.zst"), [13], "updates/dkms/core_mod.ko.zst besides"),
    (no_depmod, [14, 14, 14], "modules.dep does not know updates/taskmods/core_mod.ko: run depmod"),
    (moved_since_depmod, [14, 14, 14], "modules.dep does not know extra/core_mod.ko: run depmod"),
    (many_things, [12, 13, 17, 18], "installed: no walker_mod in"),
    (other_kernel, [15], rf"walker_mod is built for {RELEASE}x, not for {RELEASE}: build it again"),
    (almost_this_kernel, [15], rf"core_mod is built for {RELEASE[:-1]}, not for {RELEASE}: "),
    (locked_down, [16, 16, 16],
     r"core_mod has none, and the kernel is locked down \(Secure Boot: on\): sign it"),
    (enforcing, [16, 16, 16], r"and module.sig_enforce is on \(Secure Boot: not known"),
    (conf("blacklist walker_mod"), [17], "local.conf blacklists walker_mod, .*: remove that line"),
    (conf("install \\\n core-mod /bin/false"), [17],
     "run another command instead of loading core_mod"),
    (conf("remove core_mod /bin/true"), [17], "run another command instead of unloading core_mod"),
    (conf("install report_mod :", "run/modprobe.d/x.conf"), [17],
     "/run/modprobe.d/x.conf makes modprobe run another command"),
    (conf("blacklist report_mod", "usr/lib/modprobe.d/x.conf"), [17], "/usr/lib/modprobe.d/x"),
    (conf("blacklist report_mod", "lib/modprobe.d/x.conf"), [17], "/lib/modprobe.d/x.conf"),
    (command_line("module_blacklist=a,core_mod"), [17], "command line: module_blacklist has core_"),
    (command_line("modprobe.blacklist=report-mod"), [17], "modprobe.blacklist has report_mod: "),
    (conf("options walker_mod num=3"), [18], "has options for walker_mod besides those of"),
    (conf("softdep core_mod post: report_mod"), [18], "has a softdep for core_mod besides"),
    (conf("softdep report_mod pre: x", "usr/lib/modprobe.d/taskmods.conf"), [18],
     "/etc/modprobe.d/taskmods.conf hides /usr/lib/modprobe.d/taskmods.conf, which is not the"),
    (lambda tree: remove(tree, "etc/modprobe.d"), [19], "the softdep line is missing: .*: "
     "install the modules again, or put \"softdep report_mod pre: walker_mod\" into /etc/"),
    (not_loaded, [20, 20, 20], "loaded: walker_mod is not: modprobe walker_mod"),
    (one_not_loaded, [20], "loaded: report_mod is not: modprobe report_mod"),
    (versions_differ, [21, 21, 22], "core_mod 1.0.0 is loaded with walker_mod 0.9.0: install one"),
    (outdated, [22], "walker_mod 1.1.0 is installed, another is loaded: modprobe -r report_mod"),
    (rebuilt, [22], "walker_mod is loaded from another build than is installed: modprobe -r"),
    (logged("4,7,2500000,-;walker_mod: disagrees about version of symbol tcore_walk"),
     [20, 20, 20, 23],
     r"log: \[2.500000\] walker_mod: disagrees about .*: Build it against this kernel's headers"),
    (logged("5,7,2500000,-;Loading of unsigned module is rejected"), [20, 20, 20, 23],
     "log: .*is rejected: Sign it with a key that the kernel trusts"),
    (logged("4,7,2500000,-;Lockdown: insmod: unsigned module loading is restricted"),
     [20, 20, 20, 23], "restricted: Sign the module with a key that the kernel trusts"),
    (logged("3,7,1,-;core_mod: version magic 'x' should be 'y'"), [20, 20, 20, 23],
     "The module was built for another kernel"),
    (logged("4,7,1,-;report_mod: Unknown symbol tcore_count (err -2)"), [20, 20, 20, 23],
     "insmod loads no dependencies: modprobe"),
    (logged("3,7,1,-;core_mod: report_mod is built for core interface 1, core_mod 1.0.0 has 2"),
     [20, 20, 20, 23], "Install the three modules of one version"),
    (logged("3,7,1,-;walker_mod: something new"), [20, 20, 20, 23], "see dmesg for what is"),
    (file("var/lib/dkms/taskmods/1.0.0/build/make.log",
          "walk.c:7:1: error: implicit declaration of function 'f'\nmake: *** [x] Error 1\n"),
     [24],
     r"dkms: .*/build/make.log: walk.c:7:1: error: .*'f': Take a newer version of the module"),
)


def findings(said: str) -> list[int]:
    """Return the numbers of the findings; asserts the form of each line."""
    numbers = []
    for line in said.splitlines():
        match = re.fullmatch(r"(\d\d|ok|\?)  +[\w.' ]+: .+", line)
        assert match or line.startswith("nothing is wrong"), line
        if match and match[1].isdigit():
            numbers.append(int(match[1]))
    return numbers


def test_nothing_is_wrong(healthy: Tree) -> None:
    done = healthy.run("doctor")
    assert (done.returncode, done.stdout, done.stderr) == (
        0, f"nothing is wrong with taskmods on {RELEASE}\n", "")


@pytest.mark.parametrize("fault,expected,said", FAULTS)
def test_each_fault_is_found(healthy: Tree, fault: Callable[[Tree], None], expected: list[int],
                             said: str) -> None:
    fault(healthy)
    done = healthy.run("doctor")
    assert (findings(done.stdout), done.stderr) == (expected, "")
    assert done.returncode == expected[0]
    assert re.search(said, done.stdout, re.MULTILINE), done.stdout


def test_each_number_is_in_the_manual_and_tested() -> None:
    source = (cli.SOURCES / "finding.h").read_text(encoding="utf-8")
    listed = source.partition("enum finding {")[2].partition("}")[0]
    numbers = list(range(10, 10 + listed.count(",")))
    manual = (cli.SOURCES / "taskmods.1").read_text(encoding="utf-8")
    assert [int(number) for number in re.findall(r"^\.It (\d\d)$", manual, re.MULTILINE)] == numbers
    assert {number for _, expected, _ in FAULTS for number in expected} == set(numbers)


# What looks like a fault and is none.
HARMLESS: tuple[Callable[[Tree], None], ...] = (
    lambda tree: remove(tree, f"{MODULES}/build"),
    file("lib/modprobe.d/taskmods.conf", CONF),
    conf("blacklist walker_mod_other\nblacklist walker_mo\ninstall other /bin/false"),
    conf("#blacklist core_mod"),
    conf("blacklist walker_mod", "etc/modprobe.d/not-a-conf.bak"),
    conf("blacklist walker_mod", "usr/lib/modprobe.d/masked.conf"),
    command_line("module_blacklist=core_mod_x,x"),
    file("dev/kmsg", "4,7,1,-;walker_mod: loading out-of-tree module taints kernel.\n"
         "4,8,1,-;Modules linked in: core_mod(OE)\n"
         "4,9,2,-;walker_mod: Unknown symbol tcore_walk (err -2)\n"),
    copy_at("kernel/fs/walker_mod.ko"),
    copy_at("extra/walker_mod.ko.old"),
)


@pytest.mark.parametrize("change", HARMLESS)
def test_what_looks_like_a_fault_is_none(healthy: Tree, change: Callable[[Tree], None]) -> None:
    """A file that another one masks does not count; nor does a complaint that is history."""
    healthy.write("etc/modprobe.d/masked.conf", "")
    change(healthy)
    done = healthy.run("doctor")
    assert (done.returncode, findings(done.stdout)) == (0, []), done.stdout


def test_in_detail(healthy: Tree) -> None:
    """What is in order is said to who asks."""
    healthy.write(SECURE_BOOT, b"\6\0\0\0\0")
    healthy.write("dev/kmsg", "4,9,2000000,-;walker_mod: Unknown symbol tcore_walk (err -2)\n")
    done = healthy.run("doctor", "--verbose")
    assert done.returncode == 0
    for said in (rf"ok  headers: .*/lib/modules/{RELEASE}/build",
                 "ok  installed: .*/updates/taskmods/core_mod.ko",
                 "ok  Secure Boot: off; signatures are not required",
                 "ok  signature: core_mod has none", "ok  modprobe.d: 1 files read",
                 "ok  loaded: report_mod", r"ok  log: earlier, \[2.000000\] walker_mod: Unknown"):
        assert re.search(f"^{said}", done.stdout, re.MULTILINE), said


def signature(place: Path) -> bytes:
    """Return what signs a module, made as the kernel's sign-file makes it."""
    run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", f"/O=An organization/CN={SIGNER}", "-keyout", place / "key", "-out",
         place / "cert"], "make a key")
    (place / "data").write_bytes(sane())
    run(["openssl", "cms", "-sign", "-binary", "-noattr", "-nocerts", "-nosmimecap", "-md",
         "sha256", "-in", place / "data", "-signer", place / "cert", "-inkey", place / "key",
         "-outform", "DER", "-out", place / "signature"], "sign")
    made = (place / "signature").read_bytes()
    return made + struct.pack(">BBBBBxxxI", 0, 0, 2, 0, 0, len(made)) + MAGIC


def test_a_signed_module_is_told_with_its_signer(healthy: Tree,
                                                 tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whom the kernel trusts it alone knows: its log tells where it does not."""
    signed = sane() + signature(tmp_path_factory.mktemp("signing"))
    for name in OURS.modules:
        healthy.write(f"{MODULES}/updates/taskmods/{name}.ko", signed)
    locked_down(healthy)
    done = healthy.run("doctor", "--verbose")
    assert (done.returncode, findings(done.stdout)) == (0, [])
    assert f'ok  signature: walker_mod is signed by "{SIGNER}"' in done.stdout
    assert "ok  Secure Boot: on; signatures are required: the kernel is locked d" in done.stdout


def test_compressed_modules_are_not_looked_into(healthy: Tree) -> None:
    remove(healthy, f"{MODULES}/updates")
    for name in OURS.modules:
        healthy.write(f"{MODULES}/updates/taskmods/{name}.ko.xz", b"\xfd7zXZ\0" + bytes(100))
    dependencies = (healthy.root / MODULES / "modules.dep").read_text(encoding="ascii")
    healthy.write(f"{MODULES}/modules.dep", dependencies.replace(".ko", ".ko.xz"))
    locked_down(healthy)
    done = healthy.run("doctor")
    assert (done.returncode, findings(done.stdout)) == (0, [])
    assert "?   installed: cannot read what is in walker_mod, which may be compressed: its" \
        in done.stdout


@pytest.mark.parametrize("size", (0, 1, 40, 63, 64, 65, 100, 200, 300))
def test_a_torn_module_does_no_harm(healthy: Tree, size: int) -> None:
    whole = sane() + b"x" * 40 + struct.pack(">BBBBBxxxI", 0, 0, 2, 0, 0, 0xffffffff) + MAGIC
    healthy.write(f"{MODULES}/updates/taskmods/core_mod.ko", whole[:size] + whole[-40:])
    done = healthy.run("doctor")
    assert (done.returncode, done.stderr) == (0, "")


def test_names_that_the_file_does_not_have(healthy: Tree) -> None:
    """Sections of kind 8 take no room in it, wherever they say that they are."""
    healthy.write(f"{MODULES}/updates/taskmods/core_mod.ko",
                  module({"version": "1.0.0"}, 8, 0x7fffffff))
    done = healthy.run("doctor")
    assert (done.returncode, done.stderr) == (0, "")


def other_module(tree: Tree, **values: str) -> None:
    """Have a module that is not ours: installed by dkms, signed by nobody, loaded and held."""
    content = module({"vermagic": f"{RELEASE} SMP", **values})
    tree.write(f"{MODULES}/updates/dkms/other-mod.ko", content)
    tree.write(f"{MODULES}/modules.dep", "updates/dkms/other-mod.ko: kernel/base.ko\n"
               "kernel/base.ko:\nextra/user.ko: updates/dkms/other-mod.ko kernel/base.ko\n")
    tree.write(f"{MODULES}/modules.builtin", "kernel/fs/ext4/ext4.ko\n")
    tree.write(f"{MODULES}/kernel/base.ko", module({"vermagic": f"{RELEASE} SMP"}))
    tree.write("var/lib/dpkg/status", "Package: linux-image\nStatus: install ok installed\n"
               "Version: 6.1\nArchitecture: all\nMaintainer: nobody\nDescription: a kernel\n")
    tree.write("var/lib/dpkg/info/linux-image.list", f"/.\n/{MODULES}/kernel/base.ko\n")
    tree.write(f"var/lib/dkms/foo/2.0/{RELEASE}/x86_64/module/other-mod.ko", "")
    tree.write("lib/modules/6.0.1/modules.dep", "extra/other-mod.ko.xz:\n")
    tree.write("sys/module/other_mod/refcnt", "3\n")
    tree.write("sys/module/other_mod/initstate", "live\n")
    tree.write("sys/module/other_mod/holders/user/x", "")
    tree.write("etc/modprobe.d/other.conf", "options other_mod debug=1\n")


def test_what_is_known_of_any_module(healthy: Tree) -> None:
    other_module(healthy)
    done = healthy.run("doctor", "--module", "other_mod")
    assert (done.returncode, findings(done.stdout), done.stderr) == (0, [], "")
    for said in ("installed: /lib/modules/6.0.1/extra/other-mod.ko.xz, by nobody that dkms or dpkg",
                 rf"installed: /{MODULES}/updates/dkms/other-mod.ko, by dkms \(foo/2.0\)$",
                 "signature: other_mod has none", "needs: kernel/base.ko",
                 "needed by: extra/user.ko",
                 'modprobe.d: /etc/modprobe.d/other.conf has "options other_mod debug=1"',
                 "loaded: other_mod, live",
                 "references: 3: of user; 2 more of open files, mounts or devices: lsof, fuser"):
        assert re.search(f"^ok  {said}", done.stdout, re.MULTILINE), (said, done.stdout)
    assert f"/{MODULES}/kernel/base.ko, by package linux-image" in healthy.run(
        "doctor", "--module", "base").stdout


# What is made wrong with that module, the findings, and what is said.
OTHER_FAULTS: tuple[tuple[Callable[[Tree], None], list[int], str], ...] = (
    (conf("blacklist other-mod"), [17],
     r'local.conf has "blacklist other_mod": remove that line to have it loaded'),
    (conf("install other_mod /bin/false"), [17], 'has "install other_mod /bin/false": remove'),
    (command_line("module_blacklist=other_mod"), [17], "module_blacklist has other_mod"),
    (lambda tree: other_module(tree, vermagic="6.0.1 SMP"), [15], "is built for 6.0.1, not for"),
    (lambda tree: unload(tree, "other_mod"), [20], "loaded: other_mod is not: modprobe other_mod"),
    (file(f"{MODULES}/modules.dep", ""), [12], f"modules.dep of {RELEASE} has no other_mod"),
    (file("dev/kmsg", "4,1,1,-;other_mod: disagrees about version of symbol x\n"
          "4,2,1,-;another_mod: disagrees about version of symbol x\n"), [23],
     "log: .* other_mod: disagrees"),
    (file("var/lib/dkms/foo/2.0/build/make.log",
          "CC other_mod.o\nx.c:1:1: error: too few arguments to function 'f'\n"), [24],
     "make.log: x.c:1:1: error: too few arguments"),
)


@pytest.mark.parametrize("fault, expected, said", OTHER_FAULTS)
def test_each_fault_of_any_module(healthy: Tree, fault: Callable[[Tree], None], expected: list[int],
                                  said: str) -> None:
    other_module(healthy)
    fault(healthy)
    done = healthy.run("doctor", "--module", "other_mod")
    assert (findings(done.stdout), done.returncode) == (expected, expected[0])
    assert re.search(said, done.stdout), done.stdout


def test_a_module_that_is_built_in(healthy: Tree) -> None:
    other_module(healthy)
    healthy.write("sys/module/ext4/parameters/x", "")
    done = healthy.run("doctor", "--module", "ext4")
    assert (done.returncode, findings(done.stdout)) == (0, [])
    assert f"installed: built into {RELEASE}" in done.stdout
    assert "loaded: ext4 is a part of the kernel" in done.stdout


@pytest.mark.slow
def test_no_broken_file_ends_it(healthy: Tree, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is built so that each wrong use of memory is an error."""
    program = cli.build(tmp_path_factory.mktemp("cli"),
                        "-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all",
                        "-fsanitize=address,undefined")
    tree = Tree(healthy.root, program)
    files = sorted(path for path in healthy.root.rglob("*") if path.is_file())
    for seed in range(600):
        path = files[seed % len(files)]
        whole = path.read_bytes()
        path.write_bytes(broken(whole, seed))
        for words in ((), ("--module", "walker_mod"), ("-v",)):
            done = subprocess.run(tree.argv("doctor", *words), capture_output=True, check=False,
                                  timeout=20, env={"ASAN_OPTIONS": "exitcode=99",
                                                   "UBSAN_OPTIONS": "exitcode=99"})
            assert 0 <= done.returncode < 99, (seed, path, done.stderr[-2000:])
        path.write_bytes(whole)
