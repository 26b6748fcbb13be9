# SPDX-License-Identifier: GPL-2.0
"""FROM=: the version before is loaded, the other put in its place, and all is loaded again.

So a user upgrades a package of modules: those in memory stay the old ones, until they are unloaded.
"""

from functools import partial

from ..host import cpio
from . import graph
from .attempt import Attempt
from .built import Built, BuildFailed
from .stay import Stay
from .supply import Supply, files_of, place_of, unpack
from .verdict import FAIL, SKIP

_VERSIONS = ("for name in {names}; do file=$(modinfo -n $name); "
             "for what in srcversion version; do "
             "[ -e /sys/module/$name/$what ] || continue; "
             "[ \"$(cat /sys/module/$name/$what)\" = \"$(modinfo -F $what $file)\" ] || "
             "echo \"$name: $what $(cat /sys/module/$name/$what) is loaded, "
             "$(modinfo -F $what $file) is installed\"; done; done")


def upgrade(attempt: Attempt) -> None:
    """Go from the version before to this one; what comes of it is kept."""
    before = attempt.options.before.get(attempt.built.kernel.name)
    if not before:
        return
    if isinstance(before, BuildFailed):
        attempt.give(SKIP, "upgrade", "", f"the version before is not built: {before.reason}")
        return
    if not attempt.leaves:
        attempt.give(SKIP, "upgrade", "", "no module could be loaded")
        return
    attempt.say(f"upgraded from {before.name}")
    with Supply(before, attempt.supply.made_of, attempt.options.patience,
                attempt.supply.brought) as old:
        attempt.inside("upgrade", "", partial(_upgrade, attempt, before, old), old)


def _upgrade(attempt: Attempt, before: Built, old: Supply, stay: Stay) -> None:
    loads, _ = old.load(stay, *graph.leaves(before))
    there = [module for module in graph.ordered(before) if module in stay.modules()]
    if loads.status and not there:
        attempt.give(SKIP, "upgrade", "", f"the version before does not load: {loads.words}",
                     stay.take_transcript())
        return
    gone = [place_of(before, module.name) for module in before.modules]
    stay.vm.run("rm", "-f", *gone, check=True)
    unpack(stay.vm, cpio.newc(files_of(attempt.built)))
    stay.say(f"[upgraded: {before.name} to {attempt.built.name}]")
    stay.type("depmod")
    for command in (_removal(attempt, there), f"modprobe -a {' '.join(attempt.leaves)}"):
        said = stay.type(command)
        wrong = attempt.new(stay.trouble())
        if said.status or wrong:
            attempt.give(FAIL, "upgrade", "", wrong[0] if wrong else said.words,
                         stay.take_transcript(), "\n".join(wrong))
            return
    loaded = [module for module in attempt.chosen if module in stay.modules()]
    other = stay.type(_VERSIONS.format(names=" ".join(loaded))).out
    stay.shorten_last("modinfo -F srcversion, beside /sys/module/*/srcversion", other)
    stay.clear()
    left = [f"the module {module} stays loaded" for module in loaded if module in stay.modules()
            and module not in attempt.stuck]
    if other or left:
        attempt.give(FAIL, "upgrade", "", "\n".join([*other.splitlines(), *left]),
                     stay.take_transcript())
    else:
        attempt.passed("upgrade", "", f"from {before.name}", stay.take_transcript())


def _removal(attempt: Attempt, there: list[str]) -> str:
    """Return the command that unloads the modules of the version before, all of them.

    Of a module that this one has not any more modprobe knows nothing.
    """
    known = {module.name for module in attempt.built.modules}
    return " && ".join(f"{'modprobe -r' if name in known else 'rmmod'} {name}"
                       for name in reversed(there))
