# SPDX-License-Identifier: GPL-2.0
"""KMOD=<prefix>: the guests' tools are those of another build of kmod."""

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from behaviours import ROWS
from behaviours.kmod_faults import FAULTS
from broken import broken
from harness.guest import distro, otherkmod, small
from harness.guest.recipe import Parts
from harness.guest.vm import VM
from harness.host.errors import HarnessError
from harness.host.paths import TOP
from harness.host.run import run
from harness.kernels import build
from harness.kernels.suite import OURS
from harness.observe import facts
from harness.observe.facts import Facts
from harness.plugin import Boot
from harness.rows import knownfaults
from harness.rows.knownfaults import Fault

pytestmark = pytest.mark.host

# Each is the one program by another name.
TOOLS = ("modprobe", "depmod", "insmod", "rmmod", "lsmod", "modinfo")
HOOK = "/etc/initramfs-tools/hooks/other-kmod"
# Where the guest's own kmod was, and the libraries of the other.
LOOK = "ls -ld /bin /sbin /lib /usr/bin/kmod 2> /dev/null | cut -c1-10"


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """Where a build of kmod was installed to whose version begins with a 9."""
    program = tmp_path / "bin/kmod"
    program.parent.mkdir()
    own = Path(os.path.realpath("/bin/kmod")).read_bytes()
    program.write_bytes(re.sub(rb"kmod version \d", b"kmod version 9", own))
    program.chmod(0o755)
    return tmp_path


@pytest.mark.needs("host")
@pytest.mark.parametrize("kind", ["small", "full"])
def test_every_tool_is_the_other_kmods(prefix: Path, boot: Boot, parts: Parts, kind: str
                                       ) -> None:
    own = distro.parts(parts) if kind == "full" else parts
    make = distro.initramfs if kind == "full" else small.initramfs
    before = make(parts.kernel.userland, parts.kernel.architecture)
    program = otherkmod.program(str(prefix))
    with_other = replace(own, initramfs=otherkmod.into(before, program), kmod=program)
    assert with_other.initramfs != before
    guest = boot(with_other)
    for tool in TOOLS:
        assert guest.sh(f"test $(command -v {tool}) -ef $(command -v kmod) && echo same"), tool
    assert guest.sh("kmod --version").startswith("kmod version 9")
    assert facts.read(parts.kernel, guest).versions["kmod"][0] >= 90
    assert guest.sh("depmod && modprobe report_mod && lsmod").count("_mod ") == 3
    # It goes into an initramfs that is made there with all that it runs by.
    guest.sh(f"DESTDIR=/root/initrd {HOOK}; mkdir -p /root/initrd/bin; "
             "cp $(command -v kmod) /root/initrd/bin")
    assert guest.sh("chroot /root/initrd /bin/kmod --version").startswith("kmod version 9")
    if not parts.kmod:
        # Nothing else of the root has changed: a link to a directory is one still.
        assert guest.sh(LOOK) == boot(own).sh(LOOK)


@pytest.mark.parametrize("what, says", [
    ("nothing", "has no bin/kmod: it must be the prefix that a build of kmod was installed to"),
    ("library", "needs libnope.so.1, which is not there: install it, or set LD_LIBRARY_PATH"),
])
def test_a_prefix_that_is_none_is_refused(prefix: Path, what: str, says: str) -> None:
    program = prefix / "bin/kmod"
    if what == "nothing":
        program.unlink()
    else:
        run(["patchelf", "--add-needed", "libnope.so.1", program], "ask for a library")
    with pytest.raises(HarnessError, match=re.escape(says)):
        otherkmod.into(Path("unread"), otherkmod.program(str(prefix)))


@pytest.mark.slow
def test_no_broken_file_of_its_own_ends_kmod(parts: Parts, tmp_path: Path) -> None:
    """Neither what people write for it, nor the index that depmod made.

    What versions before 34 do with some is in the behaviour cut-off-index.
    """
    release = parts.kernel.release
    place = tmp_path / "lib/modules" / release
    place.mkdir(parents=True)
    for path in build.suite(parts.kernel).values():
        shutil.copy(path, place)
    conf = tmp_path / "etc/modprobe.d/taskmods.conf"
    conf.parent.mkdir(parents=True)
    shutil.copy(TOP / "modprobe.d/taskmods.conf", conf)
    depmod = ["/sbin/depmod", "-b", str(tmp_path), release]
    modprobe = ["/sbin/modprobe", "-n", "-v", "-d", str(tmp_path), "-S", release, "-C",
                str(conf.parent), "report_mod"]
    run(depmod, "make an index")
    version = int(run(["/sbin/modprobe", "--version"], "ask for kmod's version").split()[2])
    files = [conf, *sorted(path for path in place.glob("modules.*"))]
    for seed in range(1000):
        path = files[seed % len(files)]
        whole = path.read_bytes()
        path.write_bytes(broken(whole, seed))
        if path.suffix != ".bin" or version >= 34:
            done = subprocess.run(modprobe, capture_output=True, check=False, timeout=20)
            assert done.returncode >= 0, (seed, path, done)
        path.write_bytes(whole)
    said = run(modprobe, "ask modprobe what it would do")
    assert {Path(line.split()[1]).stem for line in said.splitlines()} == set(OURS.modules)


def test_a_fault_is_told_from_none_and_from_what_is_neither() -> None:
    fault = Fault("one", "what", "softdep", "cat", has="^1$", lost="^0$", when=("kmod >= 30",))
    assert [knownfaults.verdict(fault, said) for said in ("so\n1\n", "0\n", "", "10\n")] == [
        knownfaults.HAS, knownfaults.LOST, "unclear: it prints nothing", "unclear: 10"]


def test_each_fault_has_a_behaviour_that_tells_of_it() -> None:
    assert {fault.row for fault in FAULTS} <= set(ROWS)
    assert len({fault.id for fault in FAULTS}) == len(FAULTS)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=[fault.id for fault in FAULTS])
def test_the_guests_kmod_has_the_faults_of_its_version(fault: Fault, vm: VM, known: Facts) -> None:
    assert knownfaults.probe(fault, vm) == knownfaults.expected(fault, known)
