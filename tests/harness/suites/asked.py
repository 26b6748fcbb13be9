# SPDX-License-Identifier: GPL-2.0
"""A suite that is asked for, built for kernels of the table, and tried there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ..host.errors import HarnessError, NotInArchive
from ..host.system import codename
from ..kernels import choice, table
from ..kernels.kernel import Kernel
from . import build, since, source, trial
from .built import Built, BuildFailed
from .options import Options
from .source import Source
from .verdict import SKIP, TROUBLE, OnKernel, Outcome, Verdict

# What a suite's sources are for a kernel: a package differs by the kernel's Debian release.
Sources = Callable[[Kernel], Source]


@dataclass(frozen=True)
class Made:
    """A suite as it was built for the kernels of some names, or was not; `without` has a verdict
    for each kernel that there was nothing to build for.
    """

    names: list[str]
    builts: dict[str, Built | BuildFailed]
    without: dict[str, Verdict]

    @property
    def kernels(self) -> list[Kernel]:
        """The kernels that it was built for, or was to be."""
        return [built.kernel for built in self.builts.values()]


def directory(path: Path) -> Sources:
    """Return the sources in a directory, for whichever kernel.

    Raises HarnessError where it is none.
    """
    found = source.of_directory(path)
    return lambda _: found


def package(words: str) -> Sources:
    """Return a package's sources, e.g. jool-dkms of the kernel's own suite, or jool-dkms/sid."""
    name, _, suite = words.partition("/")
    return lambda kernel: source.of_package(
        name, suite or table.KERNELS[kernel.name].suite or codename())


def make(sources: Sources, names: list[str], arguments: str = "") -> Made:
    """Build a suite for the kernels of these names; `arguments` are more words for its make.

    Raises HarnessError where there is nothing to build for any of them.
    """
    builts: dict[str, Built | BuildFailed] = {}
    without: dict[str, Verdict] = {}
    for name in names:
        try:
            kernel = choice.get(name)
            builts[name] = build.built(sources(kernel), kernel, arguments)
        except HarnessError as error:
            # The others are tried nevertheless, if there are any.
            if len(names) == 1:
                raise
            status = SKIP if isinstance(error, NotInArchive) else TROUBLE
            without[name] = Verdict("builds", "", status, str(error))
    if not builts:
        raise HarnessError(next(iter(without.values())).reason)
    return Made(names, since.told(builts), without)


def tried(made: Made, options: Options) -> Outcome:
    """Try a suite on all that it was made for; return what came of it.

    Raises HarnessError as trial.tried() does.
    """
    came = trial.tried(next(iter(made.builts.values())).name, made.builts, options)
    others = (OnKernel(name, verdicts=[verdict]) for name, verdict in made.without.items())
    return replace(came, kernels=tuple(sorted((*came.kernels, *others),
                                              key=lambda one: made.names.index(one.kernel))))
