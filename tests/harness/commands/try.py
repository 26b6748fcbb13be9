# SPDX-License-Identifier: GPL-2.0
"""make try: a suite of modules that is not ours, built and tried on kernels of the table."""

import sys
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
    kernels = [choice.get(name) for name in _names()]
    builts = {kernel.name: build.built(_source("PACKAGE", kernel), kernel, told.text("MAKE_ARGS"))
              for kernel in kernels}
    name = next(iter(builts.values())).name
    if told.text("PLAN"):
        print("\n\n".join("\n".join(plan.lines(built)) for built in builts.values()))
        return _looked_at(list(builts.values()))
    return result.show(trial.tried(name, builts, _options(kernels, builts)))


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


def _options(kernels: list[Kernel], builts: dict[str, Built | BuildFailed]) -> Options:
    kmod, use, expect = told.text("KMOD"), told.text("USE"), told.text("EXPECT")
    before: dict[str, Built] = {}
    for kernel in kernels if told.text("FROM") else ():
        old = build.built(_source("FROM", kernel), kernel, told.text("MAKE_ARGS"))
        if isinstance(old, Built):
            before[kernel.name] = old
    cycles = told.text("CYCLES") or str(CYCLES)
    if not cycles.isdecimal() or not int(cycles):
        raise HarnessError(f"CYCLES={cycles} is no number of loads and unloads: say e.g. CYCLES=20")
    for name, value in (("USE", use), ("EXPECT", expect)):
        if value and not Path(value).is_file():
            raise HarnessError(f"{name}={value} is no file")
    return Options(told.text("T"), otherkmod.program(kmod) if kmod else None, int(cycles),
                   Path(use) if use else None, before, Path(expect) if expect else None)
