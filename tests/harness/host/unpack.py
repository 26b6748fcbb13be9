# SPDX-License-Identifier: GPL-2.0
"""Packages of a suite, unpacked with what they depend on into a root of their own."""

from pathlib import Path

from .apt import Archive
from .run import run

# What their scripts would have made, and everything takes for granted.
LINKS = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}


def unpack(suite: str, packages: str, root: Path, scratch: Path, architecture: str = "") -> None:
    """Unpack packages, with what they depend on, running nothing of theirs.

    They are those for `architecture`, if not the host's.

    What their scripts would have made, and everything takes for granted, is there: links to /usr,
    and /bin/sh where any program is in /bin. All of it is owned by whoever unpacks it: to own what
    others do takes rights that root may lack, too, in a sandbox for example.
    Raises HarnessError where they cannot be had.
    """
    sources = scratch / "sources.list"
    with Archive(scratch / "archive", suite, architecture) as archive:
        archive.version(packages.partition(",")[0])
        sources.write_text(archive.sources(), encoding="ascii")
    # No script of theirs is run: so nothing of the host can be damaged, which newer ones ask about.
    run(["mmdebstrap", "--quiet", "--variant=extract", "--mode=chrootless",
         "--skip=check/chrootless",
         *([f"--architectures={architecture}"] if architecture else []),
         # What apt itself writes there would be owned by a user of its own.
         "--aptopt=APT::Sandbox::User \"root\"",
         f"--include={packages}", "--setup-hook=rm -f \"$1/etc/apt/sources.list\"",
         suite, root, sources],
        f"unpack packages of {suite}",
        env={"TMPDIR": str(scratch), "TAR_OPTIONS": "--no-same-owner"})
    for name, target in LINKS.items():
        if not (root / name).exists() and (root / target).is_dir():
            (root / name).symlink_to(target)
    if (root / "bin").exists() and not (root / "bin/sh").exists():
        (root / "bin/sh").symlink_to("bash")
    sources.unlink()
