# SPDX-License-Identifier: GPL-2.0
"""What the page of messages is told: the table of taskmods explain, and which row shows which."""

from dataclasses import asdict
from typing import Any

from ..rows import messages, page


def data() -> list[dict[str, Any]]:
    """Return all messages, in the table's order; what is empty is left out.

    Raises HarnessError where the command, which has the table, cannot be built.
    """
    proofs = page.messages_proofs(page.behaviours())
    return [{name: value for name, value in {**asdict(message),
                                             "rows": proofs.get(message.id, [])}.items() if value}
            for message in messages.table()]
