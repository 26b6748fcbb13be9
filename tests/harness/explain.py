# SPDX-License-Identifier: GPL-2.0
"""make explain MSG="...": what a line of a tool's or of the kernel log means, and what to do."""

import os
import sys
import textwrap

from behaviours.messages import MESSAGES

from . import messages, pages
from .errors import HarnessError


def main() -> int:
    """Explain the environment's MSG, or else what standard input has; return 0.

    Raises HarnessError where there is nothing, or where no message is known that it holds.
    """
    line = os.environ.get("MSG", "").strip() or _read().strip()
    if not line:
        raise HarnessError('explain needs a message: make explain MSG="Unknown symbol in module"')
    found = messages.find(line, MESSAGES)
    if not found:
        close = [message.text for message in messages.nearest(line, MESSAGES)]
        nearest = "\n  ".join(["The nearest are:", *close]) if close else "None comes near it."
        raise HarnessError(f"no message like this is known: {line}\n{nearest}")
    page = pages.BEHAVIOURS.read_text(encoding="utf-8")
    rows = pages.messages_proofs(page)[found]
    print(found.text)
    for name, text in (("means", found.means), ("do", found.do)):
        print(textwrap.fill(f"{name + ':':7}{text}", 90, subsequent_indent=" " * 7))
    print(f"shown: make test T={rows[0]}; docs/behaviours.md#{rows[0]}" if rows else "")
    return 0


def _read() -> str:
    """A shell takes quotes and backquotes on its command line for its own."""
    if sys.stdin.isatty():
        print("Paste the message, then Ctrl-D:", file=sys.stderr)
    return sys.stdin.read()
