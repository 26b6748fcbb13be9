# SPDX-License-Identifier: GPL-2.0
"""USE=: a script of the user's, run in the guest while the whole suite is loaded."""

from .attempt import Attempt
from .release import await_release, users_of
from .stay import Stay
from .verdict import EXIT_SKIPPED, FAIL, SKIP

_SCRIPT = "/root/use"


def use(attempt: Attempt) -> None:
    """Run the script between load and unload of all; what comes of it is kept."""
    script, leaves = attempt.options.use, attempt.leaves
    if not script:
        return
    if not leaves:
        attempt.give(SKIP, "use", "", "no module could be loaded to be used")
        return
    name, content = script.name, script.read_bytes()

    def run(stay: Stay) -> None:
        stay.vm.write(_SCRIPT, content)
        loads = stay.type(f"modprobe -a {' '.join(leaves)}")
        said = stay.type(f"chmod +x {_SCRIPT}; cd /root; MODULES='{' '.join(attempt.chosen)}' "
                         f"{_SCRIPT}")
        stay.shorten_last(f"./{name}", said.out)
        wrong = attempt.new(stay.trouble())
        if loads.status or wrong or said.status not in (0, EXIT_SKIPPED):
            reason = (loads.words if loads.status else wrong[0] if wrong
                      else f"{name}: {said.words}")
            attempt.give(FAIL, "use", "", reason, stay.take_transcript(), "\n".join(wrong))
            attempt.supply.spoil()
            return
        if said.status == EXIT_SKIPPED:
            attempt.give(SKIP, "use", "", said.last, stay.take_transcript())
            attempt.supply.spoil()
            return
        _unload(attempt, stay, said.last)

    attempt.say(f"used by {name}")
    attempt.inside("use", "", run)


def _unload(attempt: Attempt, stay: Stay, said: str) -> None:
    """Unload all, now that it was used, and see that nothing is left."""
    for leaf in attempt.leaves:
        if leaf in attempt.stuck:
            continue
        done = stay.type(f"modprobe -r {leaf}")
        there = stay.modules()
        if leaf in there and not await_release(stay, leaf):
            attempt.give(FAIL, "use", leaf, f"after its use: {done.words}\n"
                         + users_of(stay, stay.modules(), leaf), stay.take_transcript())
            attempt.supply.spoil()
            return
    stays = stay.clear()
    wrong = attempt.new(stay.trouble())
    left = wrong or ([] if stays else attempt.new(stay.left()))
    transcript = stay.take_transcript()
    if stays:
        attempt.supply.spoil()
    if left:
        attempt.give(FAIL, "use", "", "after its use: " + "\n".join(left[:6]), transcript)
        attempt.supply.spoil()
    else:
        attempt.passed("use", "", said, transcript)
