# SPDX-License-Identifier: GPL-2.0
"""make explain MSG="...": what a line of a tool's or of the kernel log means, and what to do."""

import sys
import textwrap

from behaviours.messages import MESSAGES

from ..host.errors import HarnessError
from ..rows import messages, page
from ..rows.messages import Message
from . import told


def main() -> int:
    """Explain the environment's MSG, or else what standard input has; return 0.

    A part of messages explains all that hold it.

    Raises HarnessError where there is nothing, or where no message is known that it holds.
    """
    line = told.text("MSG") or _read().strip()
    if not line:
        raise HarnessError('explain needs a message: make explain MSG="Unknown symbol in module"')
    whole = messages.find(line, MESSAGES)
    found = [whole] if whole else messages.holding(line, MESSAGES)
    if not found:
        close = [message.text for message in messages.nearest(line, MESSAGES)]
        nearest = "\n  ".join(["The nearest are:", *close]) if close else "None comes near it."
        raise HarnessError(f"no message like this is known: {line}\n{nearest}")
    proofs = page.messages_proofs(page.BEHAVIOURS.read_text(encoding="utf-8"), MESSAGES)
    print("\n".join(_explained(message, proofs[message]) for message in found), end="")
    return 0


def _explained(message: Message, rows: list[str]) -> str:
    lines = [message.text]
    for name, text in (("means", message.means), ("do", message.do)):
        lines.append(textwrap.fill(f"{name + ':':7}{text}", 90, subsequent_indent=" " * 7))
    if rows:
        lines.append(f"shown: make test T={rows[0]}; docs/behaviours.md#{rows[0]}")
    return "\n".join(lines) + "\n"


def _read() -> str:
    """A shell takes quotes and backquotes on its command line for its own."""
    if sys.stdin.isatty():
        print("Paste the message, then Ctrl-D:", file=sys.stderr)
    return sys.stdin.read()
