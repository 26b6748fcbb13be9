# SPDX-License-Identifier: GPL-2.0
"""The kernels that the suite holds on: the matrix, as data.

Packages are patterns as in a shell; of those that a suite has, the newest is taken, so that no name
is fixed to an ABI number. A kernel is built for with its own suite's compiler, and runs under the
kmod of its userland's suite.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A kernel by where its packages are: its image, its headers, and the guest's programs.

    `suite` and `userland` are names of Debian's archive, e.g. "trixie-backports"; the host's own is
    "". `architecture` is Debian's name of what it runs on.

    What SOURCE is the image of is built by us, of `configuration`, files of the tree, of which the
    later has the last word on an option. It has
    `checkers`, by the options that switch them on; where these make it slow, its guests have
    `patience` times as long for everything, and it is told `arguments` at boot. gcov counts which
    lines run of `counted`: object files, and folders, of its source.

    Its guests have `processors`. An emulator runs two of them by turns, more at the same time.

    Where `matrix` is not set, make matrix tries it only when it is named, or its architecture is:
    there for the subsystems that others lack, it would tell of our modules what its neighbour does;
    on another processor than the host's it takes long.
    """

    suite: str
    image: str
    headers: str
    userland: str
    architecture: str = "amd64"
    configuration: tuple[str, ...] = ()
    checkers: tuple[str, ...] = ()
    patience: float = 1
    arguments: str = ""
    counted: tuple[str, ...] = ()
    processors: int = 2
    matrix: bool = True


SOURCE = "linux-source"
# The architecture of a kernel that is a program of the host's, and of no guest.
USER_MODE = "um"

KERNELS = {
    "5.10-cloud": Entry("bullseye", "linux-image-5.10.*-cloud-amd64",
                        "linux-headers-5.10.*-cloud-amd64", "bullseye"),
    "6.1-cloud": Entry("bookworm", "linux-image-6.1.*-cloud-amd64",
                       "linux-headers-6.1.*-cloud-amd64", "bookworm"),
    "6.1-generic": Entry("bookworm", "linux-image-6.1.*[0-9]-amd64",
                         "linux-headers-6.1.*[0-9]-amd64", "bookworm"),
    "6.1-rt": Entry("bookworm", "linux-image-6.1.*-rt-amd64",
                    "linux-headers-6.1.*-rt-amd64", "bookworm"),
    "6.12-cloud": Entry("bookworm", "linux-image-6.12.*-cloud-amd64",
                        "linux-headers-6.12.*-cloud-amd64", "bookworm"),
    "6.12-rt": Entry("bookworm", "linux-image-6.12.*-rt-amd64",
                     "linux-headers-6.12.*-rt-amd64", "bookworm"),
    "6.12-trixie": Entry("trixie", "linux-image-6.12.*-cloud-amd64",
                         "linux-headers-6.12.*-cloud-amd64", "trixie"),
    "7.2-cloud": Entry("trixie-backports", "linux-image-7.2.*-cloud-amd64",
                       "linux-headers-7.2.*-cloud-amd64", "trixie"),
    "7.3-generic": Entry("trixie-backports", "linux-image-7.3.*[0-9]-amd64",
                         "linux-headers-7.3.*[0-9]-amd64", "trixie", matrix=False),
    "7.3-cloud": Entry("trixie-backports", "linux-image-7.3.*-cloud-amd64",
                       "linux-headers-7.3.*-cloud-amd64", "trixie"),
    "6.1-arm64": Entry("bookworm", "linux-image-6.1.*-cloud-arm64",
                       "linux-headers-6.1.*-cloud-arm64", "bookworm", "arm64", matrix=False),
    "6.12-arm64": Entry("trixie", "linux-image-6.12.*-cloud-arm64",
                        "linux-headers-6.12.*-cloud-arm64", "trixie", "arm64", matrix=False),
    "6.12-arm64-16k": Entry("trixie", "linux-image-6.12.*-arm64-16k",
                            "linux-headers-6.12.*-arm64-16k", "trixie", "arm64", matrix=False),
    "7.3-arm64": Entry("trixie-backports", "linux-image-7.3.*-cloud-arm64",
                       "linux-headers-7.3.*-cloud-arm64", "trixie", "arm64", matrix=False),
    "6.1-686": Entry("bookworm", "linux-image-6.1.*-686", "linux-headers-6.1.*-686", "bookworm",
                     "i386", matrix=False),
    "6.1-686-pae": Entry("bookworm", "linux-image-6.1.*[0-9]-686-pae",
                         "linux-headers-6.1.*[0-9]-686-pae", "bookworm", "i386", matrix=False),
    "6.12-ppc64el-64k": Entry("trixie", "linux-image-6.12.*-powerpc64le-64k",
                              "linux-headers-6.12.*-powerpc64le-64k", "bookworm", "ppc64el",
                              matrix=False),
    "6.12-riscv64": Entry("trixie", "linux-image-6.12.*-riscv64", "linux-headers-6.12.*-riscv64",
                          "trixie", "riscv64", matrix=False),
    "6.1-s390x": Entry("bookworm", "linux-image-6.1.*-s390x", "linux-headers-6.1.*-s390x",
                       "bookworm", "s390x", matrix=False),
    "debug": Entry("", SOURCE, "", "", configuration=("tests/debug.config",),
                   checkers=("KASAN", "UBSAN", "DEBUG_KMEMLEAK", "PROVE_LOCKING", "DEBUG_OBJECTS",
                             "DEBUG_ATOMIC_SLEEP", "FAULT_INJECTION"),
                   patience=4,
                   # It is slow to come to rest, and loads and unloads wait for that again and
                   # again: so they wait no longer than they must.
                   arguments="rcupdate.rcu_expedited=1",
                   counted=("kernel/module/", "kernel/params.o")),
    "kcsan": Entry("", SOURCE, "", "", configuration=("tests/debug.config", "tests/kcsan.config"),
                   checkers=("KCSAN", "FAULT_INJECTION"), patience=6, processors=4, matrix=False,
                   # A race is no panic: most are the kernel's own. It looks at more accesses than
                   # it would, and longer: an emulated processor is slow.
                   arguments="rcupdate.rcu_expedited=1 panic_on_warn=0 kcsan.skip_watch=1000 "
                             "kcsan.udelay_task=200 kcsan.udelay_interrupt=40"),
}
