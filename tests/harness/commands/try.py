# SPDX-License-Identifier: GPL-2.0
"""make try: a suite of modules that is not ours, built and tried on kernels of the table."""

import sys
from dataclasses import replace
from pathlib import Path

from ..guest import otherkmod
from ..host.errors import HarnessError
from ..host.system import codename
from ..kernels import choice, table
from ..kernels.kernel import Kernel
from ..suites import build, plan, result, source, trial
from ..suites.built import Built, BuildFailed
from ..suites.options import CYCLES, Options
from ..suites.source import Source
from ..suites.verdict import EXIT_FAILED, EXIT_PASSED, EXIT_SKIPPED, EXIT_TROUBLE
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
    options = _options()
    kernels = [choice.get(name) for name in _names()]
    builts = {kernel.name: build.built(_source("PACKAGE", kernel), kernel, told.text("MAKE_ARGS"))
              for kernel in kernels}
    name = next(iter(builts.values())).name
    if told.text("PLAN"):
        print("\n\n".join("\n".join(plan.lines(built)) for built in builts.values()))
        return _looked_at(list(builts.values()))
    return result.show(trial.tried(name, builts, replace(options, before=_before(kernels))))


def _looked_at(builts: list[Built | BuildFailed]) -> int:
    if all(isinstance(built, BuildFailed) and built.lacks for built in builts):
        return EXIT_SKIPPED
    wrong = [built for built in builts
             if (not built.lacks if isinstance(built, BuildFailed) else built.wrong)]
    return EXIT_FAILED if wrong else EXIT_PASSED


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


def _source(variable: str, kernel: Kernel) -> Source:
    """Return what a variable names: a package, of the kernel's own suite or another's; or DIR."""
    words = told.text(variable)
    directory = told.text("DIR") if variable == "PACKAGE" else words
    if variable == "PACKAGE" and bool(words) == bool(directory):
        raise HarnessError("say what to try: DIR=<directory of modules>, or PACKAGE=<Debian "
                           "package>, e.g. make try PACKAGE=jool-dkms")
    if directory and (variable == "PACKAGE" or Path(directory).is_dir()):
        return source.of_directory(Path(directory))
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
    found = {}
    for kernel in kernels if told.text("FROM") else ():
        old = build.built(_source("FROM", kernel), kernel, told.text("MAKE_ARGS"))
        if isinstance(old, Built):
            found[kernel.name] = old
    return found
