# SPDX-License-Identifier: GPL-2.0
"""make try-found: packages of others tried, and docs/found.md written of what came of them."""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..host.errors import HarnessError
from ..host.paths import TOP
from ..kernels import choice
from ..suites import asked, found, result
from ..suites.asked import Sources
from ..suites.dkmsconf import CONF
from ..suites.options import Options
from ..suites.verdict import EXIT_TROUBLE
from . import told

PAGE = TOP / "docs/found.md"


@dataclass(frozen=True)
class Tried:
    """A package, as PACKAGE= has it, and the kernels that it is tried on.

    Where it is `bare`, its sources are tried without dkms.conf, as a directory.
    """

    package: str
    kernels: tuple[str, ...] = ("6.1-cloud", "7.3-cloud")
    bare: bool = False

    @property
    def name(self) -> str:
        """What it goes by on the page."""
        return f"{self.package} without dkms.conf" if self.bare else self.package


TABLE = (
    Tried("gost-crypto-dkms"),
    Tried("tp-smapi-dkms"),
    Tried("ddcci-dkms"),
    Tried("lttng-modules-dkms/bookworm", ("5.10-cloud", "6.1-cloud")),
    Tried("jool-dkms"),
    Tried("dahdi-dkms", ("6.1-cloud",)),
    Tried("dahdi-dkms", ("6.1-cloud",), bare=True),
    Tried("zfs-dkms", ("6.1-cloud",)),
)


def main() -> int:
    """Try them all, or those that have the environment's T in their name; return 0.

    Returns 2 where one could not be tried, by trouble of the bench's own: its lines stay as they
    are. Raises HarnessError where T fits none.
    """
    words = told.text("T")
    chosen = [one for one in TABLE if words in one.name]
    if not chosen:
        raise HarnessError(f"T={words} is in no name: the packages are "
                           f"{', '.join(one.name for one in TABLE)}")
    troubles = [one for one in chosen if not _try(one)]
    return EXIT_TROUBLE if troubles else 0


def _try(one: Tried) -> bool:
    """Try a package, and put its lines into the page; return whether that could be done."""
    try:
        with _sources(one) as sources:
            outcome = asked.tried(asked.make(sources, list(one.kernels)), Options())
    except HarnessError as error:
        print(f"taskmods: {one.name}: {error}", file=sys.stderr)
        return False
    result.show(outcome)
    if one.bare:  # it has a scratch directory's name
        for on_kernel in outcome.kernels:
            on_kernel.what = ""
    before = found.read(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    known = before | dict(found.lines(one.name, outcome, date.today().isoformat()))
    listed = [(each.name, kernel) for each in TABLE for kernel in each.kernels]
    PAGE.write_text(found.write({key: known[key] for key in listed if key in known}),
                    encoding="utf-8")
    print(f"Written: {PAGE.relative_to(TOP)}")
    return True


@contextlib.contextmanager
def _sources(one: Tried) -> Iterator[Sources]:
    sources = asked.package(one.package)
    if not one.bare:
        yield sources
        return
    whole = sources(choice.get(one.kernels[0]))
    with tempfile.TemporaryDirectory(prefix="taskmods-") as scratch:
        tree = Path(scratch) / f"{whole.name}-bare"
        shutil.copytree(whole.tree, tree, symlinks=True, ignore=shutil.ignore_patterns(CONF))
        yield asked.directory(tree)
