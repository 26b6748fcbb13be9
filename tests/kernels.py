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
    "". What SOURCE is the image of is built, with a configuration in the place of headers.
    """

    suite: str
    image: str
    headers: str
    userland: str


SOURCE = "linux-source"

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
    "7.3-cloud": Entry("trixie-backports", "linux-image-7.3.*-cloud-amd64",
                       "linux-headers-7.3.*-cloud-amd64", "trixie"),
    "debug": Entry("", SOURCE, "tests/debug.config", ""),
}
