# SPDX-License-Identifier: GPL-2.0
"""make explain MSG="...": what a line of a tool's or of the kernel log means, and what to do."""

import os
import textwrap

from behaviours.messages import MESSAGES

from . import messages, pages
from .errors import HarnessError


def main() -> int:
    """Explain the environment's MSG; return 0.

    Raises HarnessError where there is none, or where no message is known that it holds.
    """
    line = os.environ.get("MSG", "").strip()
    if not line:
        raise HarnessError('explain needs a message: make explain MSG="Unknown symbol in module"')
    found = messages.find(line, MESSAGES)
    if not found:
        close = "\n  ".join(message.text for message in messages.nearest(line, MESSAGES))
        raise HarnessError(f"no message like this is known: {line}\nThe nearest are:\n  {close}")
    page = pages.BEHAVIOURS.read_text(encoding="utf-8")
    rows = pages.messages_proofs(page)[found]
    print(found.text)
    for name, text in (("means", found.means), ("do", found.do)):
        print(textwrap.fill(f"{name + ':':7}{text}", 90, subsequent_indent=" " * 7))
    print(f"shown: make test T={rows[0]}; docs/behaviours.md#{rows[0]}" if rows else "")
    return 0
