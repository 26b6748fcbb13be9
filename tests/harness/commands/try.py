# SPDX-License-Identifier: GPL-2.0
"""make try: a suite of modules that is not ours, built and tried on kernels of the table."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..guest import otherkmod
from ..host.errors import HarnessError, NotInArchive
from ..host.system import codename
from ..kernels import choice, table
from ..kernels.kernel import Kernel
from ..suites import build, plan, result, source, trial
from ..suites.built import Built, BuildFailed
from ..suites.options import CYCLES, Options
from ..suites.source import Source
from ..suites.verdict import (EXIT_FAILED, EXIT_PASSED, EXIT_SKIPPED, EXIT_TROUBLE, SKIP, TROUBLE,
                              OnKernel, Verdict)
from . import told


def main() -> int:
    """Try the suite that DIR or PACKAGE names; return 0, 1, 77 where all was skipped, 2 for ours.

    With PLAN it is built and looked at, and nothing is booted: then 1 where something is wrong.
    """
    try:
        return _main()
    except HarnessError as error:
        print(f"taskmods: {error}", file=sys.stderr)
        return EXIT_TROUBLE


def _main() -> int:
    # Nothing is downloaded for what cannot be tried.
    suite_for = _asked()
    options = _options()
    names = _names()
    builts, without = _built(names, suite_for)
    if told.text("PLAN"):
        return _looked_at(builts, without)
    suite = next(iter(builts.values())).name
    kernels = [built.kernel for built in builts.values()]
    came = trial.tried(suite, builts, replace(options, before=_before(kernels)))
    others = (OnKernel(name, verdicts=[verdict]) for name, verdict in without.items())
    found = sorted((*came.kernels, *others), key=lambda one: names.index(one.kernel))
    return result.show(replace(came, kernels=tuple(found)))


def _built(names: list[str], suite_for: Callable[[Kernel], Source]
           ) -> tuple[dict[str, Built | BuildFailed], dict[str, Verdict]]:
    """Build the suite for each kernel; return what came of it, and why some were not got so far.

    Raises HarnessError where none was.
    """
    builts: dict[str, Built | BuildFailed] = {}
    without: dict[str, Verdict] = {}
    for name in names:
        try:
            kernel = choice.get(name)
            builts[name] = build.built(suite_for(kernel), kernel, told.text("MAKE_ARGS"))
        except HarnessError as error:
            # The others are tried nevertheless, if there are any.
            if len(names) == 1:
                raise
            status = SKIP if isinstance(error, NotInArchive) else TROUBLE
            without[name] = Verdict("builds", "", status, str(error))
    if not builts:
        raise HarnessError(next(iter(without.values())).reason)
    return builts, without


def _looked_at(builts: dict[str, Built | BuildFailed], without: dict[str, Verdict]) -> int:
    """Say what is known without a guest; return the exit status."""
    told_of = ["\n".join(plan.lines(built)) for built in builts.values()]
    told_of += [f"{name}: {verdict.reason}" for name, verdict in without.items()]
    print("\n\n".join(told_of))
    wrong = [built for built in builts.values()
             if (not built.lacks if isinstance(built, BuildFailed) else built.wrong)]
    if wrong:
        return EXIT_FAILED
    if any(verdict.status == TROUBLE for verdict in without.values()):
        return EXIT_TROUBLE
    is_any = any(isinstance(built, Built) for built in builts.values())
    return EXIT_PASSED if is_any else EXIT_SKIPPED


def _names() -> list[str]:
    """Return the kernels asked for; else the host's suite's, and the newest of the table."""
    asked = told.text("KERNEL").split()
    if asked == ["all"]:
        return list(table.KERNELS)
    table.check_names(asked)
    default = table.default_name()
    ours = table.KERNELS[default].architecture
    newest = [name for name, entry in table.KERNELS.items()
              if entry.architecture == ours and entry.image != table.SOURCE]
    return asked or list(dict.fromkeys((default, newest[-1])))


def _asked() -> Callable[[Kernel], Source]:
    """Return what DIR or PACKAGE names: for each kernel, as a package may be of its suite."""
    directory, package = told.text("DIR"), told.text("PACKAGE")
    if bool(directory) == bool(package):
        raise HarnessError("say what to try: DIR=<directory of modules>, or PACKAGE=<Debian "
                           "package>, e.g. make try PACKAGE=jool-dkms")
    if not directory:
        return lambda kernel: _package(package, kernel)
    found = source.of_directory(Path(directory))
    return lambda kernel: found


def _package(words: str, kernel: Kernel) -> Source:
    """Return a package, e.g. jool-dkms of the kernel's own suite, or jool-dkms/sid."""
    name, _, suite = words.partition("/")
    return source.of_package(name, suite or table.KERNELS[kernel.name].suite or codename())


def _options() -> Options:
    """Return how it is to be tried, but for the version before, which is built later."""
    kmod, use, expect = told.text("KMOD"), told.text("USE"), told.text("EXPECT")
    cycles = told.text("CYCLES") or str(CYCLES)
    if not cycles.isdecimal() or not int(cycles):
        raise HarnessError(f"CYCLES={cycles} is no number of loads and unloads: say e.g. CYCLES=20")
    for name, value in (("USE", use), ("EXPECT", expect)):
        if value and not Path(value).is_file():
            raise HarnessError(f"{name}={value} is no file")
    return Options(told.text("T"), otherkmod.program(kmod) if kmod else None, int(cycles),
                   Path(use) if use else None, {}, Path(expect) if expect else None)


def _before(kernels: list[Kernel]) -> dict[str, Built]:
    """Return the version that FROM names, on the kernels that it can be built for."""
    found, words = {}, told.text("FROM")
    for kernel in kernels if words else ():
        is_directory = Path(words).is_dir()
        before = source.of_directory(Path(words)) if is_directory else _package(words, kernel)
        old = build.built(before, kernel, told.text("MAKE_ARGS"))
        if isinstance(old, Built):
            found[kernel.name] = old
    return found
