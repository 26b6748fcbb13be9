# SPDX-License-Identifier: GPL-2.0
"""The kernel's module events of a row, judged."""

import collections
from collections.abc import Sequence

from ..observe.expect import expect
from ..observe.tracepoints import Event


def judge(events: Sequence[Event], order: str | None, forced: Sequence[str]) -> None:
    """Expect the order of loads and frees, and that references were taken and given back.

    A module that was loaded and freed gave back each reference that was taken of it, and the one
    that the kernel holds of it while it initializes, unless it was forced out.
    Raises Mismatch.
    """
    signs = {"load": "+", "free": "-"}
    seen = " ".join(signs[event.name] + event.module for event in events
                    if event.name in signs)
    if order is not None:
        expect("order of loads (+) and frees (-)", order.split(), seen.split(),
               order == seen)
    counts = collections.Counter((event.name, event.module) for event in events)
    for name, module in sorted(counts):
        loads = counts["load", module]
        if name == "load" and loads == counts["free", module] and module not in forced:
            taken, given = counts["get", module] + loads, counts["put", module]
            expect(f"references of {module} given back", taken, given, taken == given)
