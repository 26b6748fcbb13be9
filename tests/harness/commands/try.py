# SPDX-License-Identifier: GPL-2.0
"""make try: a suite of modules that is not ours, built and tried on kernels of the table."""

import sys
from dataclasses import replace
from pathlib import Path

from ..guest import otherkmod
from ..host.errors import HarnessError, NotInArchive
from ..kernels import table
from ..kernels.kernel import Kernel
from ..suites import asked, build, plan, result
from ..suites.asked import Made, Sources
from ..suites.built import Built, BuildFailed
from ..suites.options import CYCLES, Options
from ..suites.verdict import EXIT_FAILED, EXIT_PASSED, EXIT_SKIPPED, EXIT_TROUBLE, TROUBLE
from . import told


def main() -> int:
    """Try the suite that DIR or PACKAGE names; return 0, 1, 77 where all was skipped, 2 for ours.

    SKIPPED is another status than 77.

    With PLAN it is built and looked at, and nothing is booted: then 1 where something is wrong.
    """
    try:
        status = _main()
    except HarnessError as error:
        print(f"taskmods: {error}", file=sys.stderr)
        return EXIT_TROUBLE
    return int(told.text("SKIPPED") or status) if status == EXIT_SKIPPED else status


def _main() -> int:
    # Nothing is downloaded for what cannot be tried.
    sources, options = _sources(), _options()
    made = asked.make(sources, _names(), told.text("MAKE_ARGS"))
    if told.text("PLAN"):
        return _looked_at(made)
    return result.show(asked.tried(made, replace(options, before=_before(made.kernels))))


def _looked_at(made: Made) -> int:
    """Say what is known without a guest; return the exit status."""
    told_of = ["\n".join(plan.lines(built)) for built in made.builts.values()]
    told_of += [f"{name}: {verdict.reason}" for name, verdict in made.without.items()]
    print("\n\n".join(told_of))
    wrong = [built for built in made.builts.values()
             if (not built.lacks if isinstance(built, BuildFailed) else built.wrong)]
    if wrong:
        return EXIT_FAILED
    if any(verdict.status == TROUBLE for verdict in made.without.values()):
        return EXIT_TROUBLE
    is_any = any(isinstance(built, Built) for built in made.builts.values())
    return EXIT_PASSED if is_any else EXIT_SKIPPED


def _names() -> list[str]:
    """Return the kernels asked for; else the host's suite's, and the newest of the table."""
    wanted = told.text("KERNEL").split()
    if wanted == ["all"]:
        return list(table.KERNELS)
    table.check_names(wanted)
    default = table.default_name()
    ours = table.KERNELS[default].architecture
    newest = [name for name, entry in table.KERNELS.items()
              if entry.architecture == ours and entry.image != table.SOURCE]
    return wanted or list(dict.fromkeys((default, newest[-1])))


def _sources() -> Sources:
    """Return what DIR or PACKAGE names."""
    directory, package = told.text("DIR"), told.text("PACKAGE")
    if bool(directory) == bool(package):
        raise HarnessError("say what to try: DIR=<directory of modules>, or PACKAGE=<Debian "
                           "package>, e.g. make try PACKAGE=jool-dkms")
    return asked.directory(Path(directory)) if directory else asked.package(package)


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


def _before(kernels: list[Kernel]) -> dict[str, Built | BuildFailed]:
    """Return the version that FROM names, as it was built for kernels, or was not."""
    words, olds = told.text("FROM"), {}
    sources = asked.directory(Path(words)) if Path(words).is_dir() else asked.package(words)
    for kernel in kernels if words else ():
        try:
            olds[kernel.name] = build.built(sources(kernel), kernel, told.text("MAKE_ARGS"))
        except NotInArchive as error:
            olds[kernel.name] = BuildFailed(words, kernel, str(error))
    return olds
