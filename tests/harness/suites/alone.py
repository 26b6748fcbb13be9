# SPDX-License-Identifier: GPL-2.0
"""A module without what it needs: insmod of it is refused, and the kernel names what it misses."""

import re

from .attempt import Attempt
from .stay import Stay
from .verdict import FAIL

_UNKNOWN = re.compile(r"Unknown symbol (\S+)")


def alone(attempt: Attempt, module: str) -> None:
    """Try to load a module where what it needs is not loaded; what comes of it is kept.

    There is nothing to try where all that it needs is a part of the kernel.
    """
    if not attempt.built_needs(module) or module in attempt.hopeless:
        return

    def refused(stay: Stay) -> None:
        said = stay.type(f"insmod {attempt.path(module)}")
        records = [record.text for record in stay.log()]
        symbols = [match[1] for text in records if (match := _UNKNOWN.search(text))]
        loaded = module in stay.modules()
        transcript = stay.take_transcript()
        needs = ", ".join(attempt.built_needs(module))
        if loaded:
            attempt.give(FAIL, "alone", module, f"loads without {needs}, by modules.dep it needs "
                         "that", transcript)
            attempt.supply.spoil()
        elif "Unknown symbol" not in said.out or not symbols:
            attempt.give(FAIL, "alone", module, f"is refused without {needs}, but not for an "
                         f"unknown symbol: {said.words}", transcript, "\n".join(records))
        else:
            attempt.passed("alone", module, f"{said.words}: {symbols[0]}", transcript)

    attempt.inside("alone", module, refused)
