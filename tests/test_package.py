# SPDX-License-Identifier: GPL-2.0
"""The packages: what is in them, and their life in a Debian that builds modules by DKMS.

Guests are of the host's suite. Of the others DKMS itself is tried, in their roots on the host.
"""

import functools
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.commands import address, deb
from harness.guest import dkms, helpers
from harness.guest.agent import Job, Result
from harness.guest.recipe import Parts
from harness.guest.vm import VM
from harness.host import elf, tools
from harness.host.paths import BUILD, TOP
from harness.host.run import run
from harness.host.system import codename
from harness.kernels import build
from harness.kernels.architectures import ARCHITECTURES, Architecture
from harness.kernels.kernel import Kernel
from harness.kernels.suite import OURS
from harness.observe.loaded import State, states

# They share what is built once in a process.
pytestmark = [pytest.mark.host, pytest.mark.xdist_group("packages")]

DIRECTORY = "/root/packages"
HEADERS = f"{DIRECTORY}/headers.deb"
# Where the source package is unpacked.
TREE = "/root/taskmods"
# A build takes a minute or two where the processor is emulated.
BUILD_TIMEOUT = 1800
LOADED = {"core_mod": State(2, ("report_mod", "walker_mod")), "walker_mod": State(0),
          "report_mod": State(0)}
CONFIG = "/etc/modprobe.d/taskmods.conf"
UNITS = ("taskmods-metrics.service", "taskmods-metrics.timer")
# The doctor's number for it.
OUTDATED = 22
METRICS = "/var/lib/prometheus/node-exporter/taskmods.prom"
PROGRAM = "usr/bin/taskmods"
RMMOD = "rmmod report_mod walker_mod core_mod"
RELOAD = "modprobe -r report_mod walker_mod && modprobe report_mod"
# The first that the bench knows, and this host is not; and more that the packages are for.
OTHERS = [one for one in ARCHITECTURES.values() if not one.is_host][:2]
CROSS = [pytest.param(one, id=one.name, marks=pytest.mark.slow if at == 0 else pytest.mark.nightly)
         for at, one in enumerate(OTHERS)]
# All that may bear our name in a guest but does not come from the package.
NOT_OURS = re.compile(r"^/(opt|root|sys|tmp)/|/taskmods-agent|multi-user\.target\.d/")


@dataclass(frozen=True)
class Packages:
    """All that make deb makes, of a version, in a directory."""

    made: Path
    version: str

    @property
    def dkms(self) -> Path:
        return self.made / f"taskmods-dkms_{self.version}_all.deb"

    @property
    def command(self) -> Path:
        (package,) = self.made.glob(f"taskmods_{self.version}_*.deb")
        return package


@pytest.fixture(scope="session")
def packages(request: pytest.FixtureRequest) -> Packages:
    """Those of the tree's version."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    assert capture
    with capture.global_and_fixture_disabled():
        tools.install("deb")
    deb.make(BUILD / "deb-test/now")
    return Packages(BUILD / "deb-test/now", deb.version())


@pytest.fixture(scope="session")
def newer(packages: Packages) -> Packages:
    """Those of a newer version."""
    there = Packages(packages.made.with_name("newer"), f"{packages.version}.1")
    deb.make(there.made, there.version)
    return there


@pytest.mark.slow
def test_what_builds_them_is_installed_first() -> None:
    """What they name, and what Debian wants for any package, which none names."""
    named = re.findall(r"^Build-Depends: (.*)$", (TOP / "debian/control").read_text("utf-8"),
                       re.MULTILINE)[0].replace("debhelper-compat (= 13)", "debhelper").split(", ")
    purposes = (TOP / "tests/harness/packages").read_text(encoding="utf-8")
    installed = re.findall(r"^deb +(.*)$", purposes, re.MULTILINE)[0].split()
    assert {"build-essential", *named} <= set(installed)


def test_what_was_built_in_the_tree_is_no_source(tmp_path: Path,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """TASKMODS_BUILD may be a directory of the tree: the copy that is made there is not copied."""
    built = tmp_path / "mine"
    for name in ("core_mod/core_mod.c", "core_mod/core_mod.ko", "mine/deb", "examples/mine/mine.c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(deb, "TOP", tmp_path)
    monkeypatch.setattr(deb, "BUILD", built)
    copied = deb.copy_sources(built / "taskmods")
    assert {path.relative_to(copied).as_posix() for path in copied.rglob("*") if path.is_file()
            } == {"core_mod/core_mod.c", "examples/mine/mine.c"}


@pytest.mark.slow
def test_what_is_in_the_package(packages: Packages) -> None:
    listed = run(["dpkg-deb", "-c", packages.dkms], "list a package").splitlines()
    files = {line.split()[-1].lstrip(".") for line in listed if not line.endswith("/")}
    sources = ["dkms.conf", "Kbuild", *(str(path.relative_to(TOP)) for name in OURS.modules
                                        for path in build.sources_in(TOP / name))]
    assert {name for name in files if name.startswith("/usr/src/")} == {
        f"/usr/src/taskmods-{packages.version}/{name}" for name in sources}
    assert CONFIG in files
    example = "/usr/share/doc/taskmods-dkms/examples/modules-load.d/taskmods.conf"
    assert example in files
    content = run(["sh", "-c", f"dpkg-deb --fsys-tarfile {packages.dkms} | tar -xO .{example}"],
                  "read a file of the package")
    assert [line for line in content.splitlines() if line[0] != "#"] == ["report_mod"]
    assert not any("/modules-load.d/" in name and "/doc/" not in name for name in files)
    conffiles = run(["dpkg-deb", "-I", packages.dkms, "conffiles"], "list conffiles")
    assert conffiles.split() == [CONFIG]


@pytest.mark.slow
def test_what_is_in_the_package_of_the_command(packages: Packages) -> None:
    listed = run(["dpkg-deb", "-c", packages.command], "list a package").splitlines()
    files = {line.split()[5].lstrip(".") for line in listed if not line.endswith("/")}
    # Where units are differs between suites.
    assert {name.removeprefix("/usr") for name in files if not name.startswith("/usr/share/doc")
            } == {"/bin/taskmods", "/share/man/man1/taskmods.1.gz",
                  "/share/bash-completion/completions/taskmods",
                  *(f"/lib/systemd/system/{unit}" for unit in UNITS)}


@functools.cache
def cross_built(packages: Packages, other: Architecture) -> Packages:
    """Make those for another architecture than the host's; once a run."""
    tools.install(*(f"={name}" for name in other.cross_packages if "qemu" not in name))
    there = Packages(packages.made.with_name(other.name), packages.version)
    deb.make(there.made, architecture=other.name)
    return there


@pytest.mark.parametrize("other", CROSS)
def test_the_command_is_built_for_another_architecture(other: Architecture, packages: Packages,
                                                       tmp_path: Path) -> None:
    foreign = cross_built(packages, other)
    assert foreign.command.name == f"taskmods_{foreign.version}_{other.name}.deb"
    run(["dpkg-deb", "-x", foreign.command, tmp_path], "unpack a package")
    assert elf.linked(tmp_path / "usr/bin/taskmods").loader.endswith(other.loader)
    depends = run(["dpkg-deb", "-f", foreign.command, "Depends"], "ask for what it depends on")
    assert re.fullmatch(r"libc6 \(>= [\d.]+\)\n", depends)
    # The modules' package is for all.
    assert foreign.dkms.exists()


@pytest.mark.parametrize("other", [
    pytest.param(None, id="host", marks=pytest.mark.slow), *CROSS])
def test_lintian_has_nothing_to_say(other: Architecture | None, packages: Packages) -> None:
    made = cross_built(packages, other).made if other else packages.made
    (changes,) = made.glob("*.changes")
    # The maintainer has no public address as long as the project has none.
    known = [] if address.ADDRESS.read_text(encoding="utf-8").strip() else [
        "--suppress-tags", "bogus-mail-host,bogus-mail-host-in-debian-changelog"]
    done = subprocess.run(["lintian", "--fail-on", "error,warning", "--info", *known, changes],
                          text=True, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.fixture(scope="module")
def guest(packages: Packages, newer: Packages, parts: Parts) -> Iterator[VM]:
    """A Debian with DKMS, a compiler and headers; the packages and our sources lie in it."""
    sources = packages.made / f"taskmods_{packages.version}.tar.xz"
    files = {f"{DIRECTORY}/old.deb": packages.dkms, f"{DIRECTORY}/new.deb": newer.dkms,
             f"{DIRECTORY}/command.deb": packages.command,
             f"{DIRECTORY}/new-command.deb": newer.command,
             HEADERS: dkms.second(codename()).package, "/root/sources.tar.xz": sources}
    with VM(dkms.parts(parts),
            files={name: path.read_bytes() for name, path in files.items()}) as made:
        # This had packages leave services alone while the root was set up.
        made.run("rm", "-f", "/usr/sbin/policy-rc.d", check=True)
        yield made


def dpkg(guest: VM, *arguments: str) -> Result:
    """Run dpkg, which must succeed and leave nothing half done; return what it said."""
    done = guest.run("env", "DEBIAN_FRONTEND=noninteractive", "dpkg", *arguments,
                     timeout=BUILD_TIMEOUT, check=True)
    assert guest.run("dpkg", "--audit", check=True).out == ""
    return done


def reading(guest: VM, name: str) -> Job:
    """Leave a process with one of our files open, and return it."""
    job = guest.start("sh", "-c", f"exec 3< /proc/taskmods/{name}; echo open; exec sleep infinity")
    job.expect("open")
    return job


def finish(job: Job) -> None:
    job.kill()
    job.wait()


def ours(guest: VM) -> list[str]:
    """Return all files on disk that bear our name."""
    found = guest.sh("find / -xdev \\( -name '*taskmods*' -o -name '*_mod.ko*' \\) -print; "
                     "ls -d /lib/modules/*/updates 2> /dev/null || true")
    return [path for path in found.splitlines() if not NOT_OURS.search(path)]


def order(guest: VM, release: str) -> list[str]:
    """Return the names of what modprobe would load for report_mod on a kernel, in its order."""
    said = guest.sh(f"modprobe -S {release} --show-depends report_mod")
    return list(dict.fromkeys(re.findall(r"insmod \S*/updates/dkms/(\w+)\.ko", said)))


@pytest.mark.nightly
def test_by_make(guest: VM) -> None:
    """As docs/install.md has it: build, install, load, be refused, remove."""
    guest.sh("tar -xf /root/sources.tar.xz -C /root")
    make = ("make", "-C", TREE, "--no-print-directory")
    release = guest.parts.kernel.release
    built = guest.run(*make, "modules", timeout=BUILD_TIMEOUT, check=True)
    assert f"Built for {release}" in built.out
    guest.run(*make, "install", check=True)
    guest.run("modprobe", "report_mod", check=True)
    assert states(guest) == LOADED
    reader = reading(guest, "report")
    refused = guest.run(*make, "uninstall")
    assert refused.status != 0
    assert refused.err.splitlines()[0] == (
        f"taskmods: /proc/taskmods/report held open by sleep (pid {reader.pid}): nothing was "
        "removed; close or end that, then run make uninstall again")
    assert states(guest) == {**LOADED, "report_mod": State(1)}
    finish(reader)
    guest.run(*make, "uninstall", check=True)
    assert states(guest) == {}
    assert ours(guest) == []


@pytest.mark.nightly
def test_the_life_of_the_package(guest: VM, packages: Packages, newer: Packages) -> None:
    """Installed, loaded, upgraded while in use, built for another kernel, purged while in use."""
    release, second = guest.parts.kernel.release, dkms.second(codename()).release
    dpkg(guest, "-i", f"{DIRECTORY}/old.deb")
    assert states(guest) == {}
    assert order(guest, release) == list(OURS.modules)
    assert guest.run("modinfo", "-F", "signer", "report_mod").out == "DKMS module signing key\n"
    assert "BEGIN CERT" in guest.sh("openssl x509 -inform DER -in /var/lib/dkms/mok.pub")
    guest.run("modprobe", "report_mod", check=True)
    assert guest.read("/sys/module/core_mod/version") == f"{packages.version}\n"
    dpkg(guest, "-i", f"{DIRECTORY}/command.deb")
    assert guest.sh("systemctl is-enabled taskmods-metrics.timer || true") == "disabled\n"
    for name in ("modules", "load", "command"):
        autopkgtest(guest, name)

    guest.run("modprobe", "report_mod", check=True)
    reader = reading(guest, "tasks")
    upgraded = dpkg(guest, "-i", f"{DIRECTORY}/new.deb")
    assert (f"taskmods-dkms: {packages.version} stays loaded (/proc/taskmods/tasks held open by "
            f"sleep (pid {reader.pid})); to change to {newer.version}, run {RELOAD}\n"
            ) in upgraded.err
    assert states(guest)["walker_mod"] == State(1)
    assert "TOTAL" in guest.read("/proc/taskmods/report")
    assert guest.run("taskmods", "doctor").status == OUTDATED
    finish(reader)
    guest.sh(RELOAD)
    assert states(guest) == LOADED
    assert guest.read("/sys/module/core_mod/version") == f"{newer.version}\n"

    # Its image need not be there to build for it.
    dpkg(guest, "--force-depends", "-i", HEADERS)
    assert order(guest, second) == order(guest, release) == list(OURS.modules)

    dpkg(guest, "-i", f"{DIRECTORY}/command.deb")
    assert not is_watched(guest)
    watch(guest)
    dpkg(guest, "-i", f"{DIRECTORY}/new-command.deb")
    assert is_watched(guest)
    dpkg(guest, "-P", "taskmods")
    reader = reading(guest, "report")
    purged = dpkg(guest, "-P", "taskmods-dkms")
    assert (f"taskmods-dkms: /proc/taskmods/report held open by sleep (pid {reader.pid}): the "
            f"modules stay loaded; once that has ended, run {RMMOD}\n") in purged.err
    assert states(guest) == {**LOADED, "report_mod": State(1)}
    assert ours(guest) == []
    finish(reader)
    guest.sh(RMMOD)
    assert states(guest) == {}


def autopkgtest(guest: VM, name: str) -> None:
    """Run one of the packages' own tests: it begins with no module loaded."""
    guest.run("modprobe", "-r", "report_mod", "walker_mod", check=True)
    guest.write(f"/root/{name}", (TOP / "debian/tests" / name).read_bytes())
    guest.run("sh", f"/root/{name}", check=True)


def watch(guest: VM) -> None:
    """Have metrics written, as docs/metrics.md has it; node_exporter's package makes the place."""
    guest.sh(f"mkdir -p {Path(METRICS).parent}; systemctl enable --now {UNITS[1]} 2>&1; "
             f"until [ -e {METRICS} ]; do sleep 0.1; done")


def is_watched(guest: VM) -> bool:
    return guest.run("systemctl", "is-active", UNITS[1]).out == "active\n"


@pytest.mark.nightly
def test_a_purge_unloads_what_nobody_uses(guest: VM) -> None:
    """The modules are those of make, here: a package that was told to build nothing has none."""
    guest.sh("mkdir -p /etc/dkms; touch /etc/dkms/no-autoinstall")
    dpkg(guest, "-i", f"{DIRECTORY}/old.deb")
    for name in OURS.modules:
        guest.run("insmod", f"{TREE}/{name}/{name}.ko", check=True)
    purged = dpkg(guest, "-P", "taskmods-dkms")
    assert "taskmods-dkms:" not in purged.err
    assert states(guest) == {}
    assert ours(guest) == []


def loads_after_a_boot_into(kern: Kernel, parts: Parts, root: Path, version: str) -> None:
    """Boot a kernel in a Debian that has what DKMS built for it in `root`; modprobe loads it.

    If the command is in that root, it shows what the files have.
    """
    place = f"usr/lib/modules/{kern.release}/updates/dkms"
    names = [CONFIG.lstrip("/"), *(f"{place}/{path.name}" for path in (root / place).iterdir())]
    if (root / PROGRAM).exists():
        names.append(PROGRAM)
    files = {f"/{name}": (root / name).read_bytes() for name in names}
    with VM(dkms.parts(parts, kern), files=files) as guest:
        assert guest.run("uname", "-r").out == f"{kern.release}\n"
        guest.sh("depmod; modprobe report_mod")
        assert states(guest) == LOADED
        assert guest.read("/sys/module/core_mod/version") == f"{version}\n"
        assert "TOTAL" in guest.read("/proc/taskmods/report")
        if PROGRAM in names:
            shown = guest.run(f"/{PROGRAM}", "tasks", "--tsv", check=True)
            assert shown.out.splitlines()[1].split("\t")[0] == "1"


@pytest.mark.nightly
@pytest.mark.parametrize("suite", dkms.suites())
def test_with_the_dkms_of(suite: str, packages: Packages, newer: Packages, parts: Parts,
                          tmp_path: Path) -> None:
    """Built for both kernels, upgraded, removed from one, purged: with that suite's own tools.

    Of the host's suite the second kernel is booted, too.
    """
    root, second = tmp_path / "root", dkms.second(suite)
    dkms.unpack(suite, root)
    for name, path in (("old", packages.dkms), ("new", newer.dkms), ("headers", second.package)):
        (root / f"root/{name}.deb").write_bytes(path.read_bytes())

    def run(*argv: str) -> str:
        done = dkms.run(root, argv)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def built(version: str) -> dict[str, set[str]]:
        """Return the modules that are there of a version, by release."""
        found: dict[str, set[str]] = {}
        for path in (root / "usr/lib/modules").glob("*/updates/dkms/*.ko*"):
            if run("modinfo", "-F", "version", f"/{path.relative_to(root)}") == f"{version}\n":
                found.setdefault(path.parts[-4], set()).add(path.name.partition(".")[0])
        return found

    every = set(OURS.modules)
    first = dkms.release(suite)
    by_make = root / f"usr/lib/modules/{first}/updates/taskmods"
    by_make.mkdir(parents=True)
    print(run("dkms", "--version"))
    assert (f"taskmods-dkms: /lib/modules/{first}/updates/taskmods has modules of make install, "
            ) in run("dpkg", "-i", "/root/old.deb")
    by_make.rmdir()
    assert built(packages.version) == {first: every}
    run("dpkg", "--force-depends", "-i", "/root/headers.deb")
    assert built(packages.version) == {first: every, second.release: every}
    kern = dkms.second_kernel(suite) if suite == codename() else None
    if kern:
        loads_after_a_boot_into(kern, parts, root, packages.version)
    run("dkms", "remove", "-m", "taskmods", "-v", packages.version, "-k", second.release)
    assert built(packages.version) == {first: every}
    for verb in ("build", "install"):
        run("dkms", verb, "-m", "taskmods", "-v", packages.version, "-k", second.release)
    assert built(packages.version) == {first: every, second.release: every}
    run("dpkg", "-i", "/root/new.deb")
    assert built(packages.version) == {}
    assert first in built(newer.version)
    run("dpkg", "-P", "taskmods-dkms")
    left = run("find", "/", "-xdev", "-name", "*taskmods*", "-o", "-name", "*_mod.ko*", "-o",
               "-path", "/usr/lib/modules/*/updates")
    assert left == ""
    assert run("dpkg", "--audit") == ""


@pytest.mark.nightly
@pytest.mark.parametrize("other", [pytest.param(one, id=one.name) for one in OTHERS])
def test_the_packages_on_another_architecture(other: Architecture, packages: Packages,
                                              parts: Parts, tmp_path: Path) -> None:
    """DKMS of that architecture builds the modules; its kernel loads them, its command reads them.
    """
    foreign, root = cross_built(packages, other), tmp_path / "root"
    tools.install(f"={other.qemu_package}")
    if not helpers.run_here(other):
        pytest.skip(f"this host does not run programs of {other.name}: is qemu-user-static there?")
    suite = codename() if codename() in dkms.suites(other) else dkms.suites(other)[-1]
    kern = dkms.kernel(suite, other)
    dkms.unpack(suite, root, other)
    for name, path in (("modules", foreign.dkms), ("command", foreign.command)):
        (root / f"root/{name}.deb").write_bytes(path.read_bytes())
    installed = dkms.run(root, ["dpkg", "-i", "/root/modules.deb", "/root/command.deb"])
    assert installed.returncode == 0, installed.stdout
    loads_after_a_boot_into(kern, replace(parts, accelerator="tcg"), root, foreign.version)
