# SPDX-License-Identifier: GPL-2.0
"""What taskmods explain has to say of the words of a tool or of the kernel."""

from ..host import cli


def advice(words: str, log: str = "") -> str:
    """Return what the words mean and what to do, a line each, or nothing where nobody knows.

    What the kernel's `log` says of it comes first, where that is known: it is nearer to the cause.
    Raises HarnessError where the command cannot be built.
    """
    answers = cli.answers(f"{log}\n{words}\n")
    if not answers:
        return ""
    best = answers[0]
    either = [f"Either: {cause}" for cause in (best["either"] or "").splitlines()]
    return "\n".join(filter(None, (best["means"], *either, best["do"])))
