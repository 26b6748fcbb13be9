# SPDX-License-Identifier: GPL-2.0
"""The behaviours: every way that a load or an unload can go, a row each, in sections."""

from harness.rows.row import Row

from . import (booting, configuring, faults, files, first_steps, inside, loading, refusing, seeing,
               signing, tools, trusting)

SECTIONS: dict[str, tuple[Row, ...]] = {
    "First steps": first_steps.ROWS,
    "The exercise, plainly": faults.ROWS,
    "Loading and order": loading.ROWS,
    "Refusing to unload": refusing.ROWS,
    "Seeing it": seeing.ROWS,
    "Inside the kernel": inside.ROWS,
    "Parameters and configuration": configuring.ROWS + booting.ROWS,
    "The tools themselves": tools.ROWS,
    "Symbols, versions, licences, trust": trusting.ROWS + files.ROWS + signing.ROWS,
}
ROWS: dict[str, Row] = {row.id: row for rows in SECTIONS.values() for row in rows}
# Those that `make test` tries too: our own modules' order, and what is refused of them.
BASIC = frozenset((
    "load-chain", "load-by-hand", "load-wrong-order", "load-twice", "load-preview",
    "busy-dependants", "busy-one-left", "busy-open-file", "not-loaded", "no-privilege",
    "remove-chain", "remove-partial", "rmmod-many", "lsmod",
))
