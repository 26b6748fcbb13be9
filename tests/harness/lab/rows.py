# SPDX-License-Identifier: GPL-2.0
"""What the page types for a behaviour: of the rows, those that a lone guest's shell can show."""

import re
from collections.abc import Mapping

from ..guest.places import FIXTURES_DIR
from ..rows.row import Row
from ..rows.steps import Await, Call, Cmd, Events, Loaded, Note, Step

_SHOWN = (Await, Cmd, Events, Loaded, Note)
_INSTALLED = "/lib/modules/$(uname -r)/updates"
# Programs that the test bench alone has.
_ABSENT = re.compile(r"(?:^|[;&|(] *|coproc )(?:crowd|churn|tasks|readfile|family|failnth|newborn"
                     r"|names|openssl) ")


def page(rows: Mapping[str, Row]) -> dict[str, dict[str, object]]:
    """Return the page's rows by their ids: title, what they teach, and commands."""
    return {row.id: {"title": row.title, "teaches": row.teaches, "commands": commands(row)}
            for row in rows.values() if can_be_shown(row)}


def can_be_shown(row: Row) -> bool:
    """Return whether the lab can show it: nothing but typed commands, and no guest of its own."""
    return (row.guest is None and not row.needs and bool(commands(row))
            and all(map(_is_shown, row.steps))
            and not any(_ABSENT.search(command) for command in commands(row)))


def _is_shown(step: Step) -> bool:
    # A call that fails changes nothing for what is typed after it.
    return isinstance(step, _SHOWN) or isinstance(step, Call) and step.errno != "0"


def commands(row: Row) -> list[str]:
    """Return what is typed, without what only other kernels are asked.

    Modules that the test bench would install come first.
    """
    files = " ".join(f"{FIXTURES_DIR}/{name}.ko" for name in row.installs)
    install = [f"cp {files} {_INSTALLED}; depmod"] if files else []
    return install + [step.command for step in row.steps
                      if isinstance(step, Cmd) and not step.when]
