# SPDX-License-Identifier: GPL-2.0
"""What of the modules no test runs, and why: the data of make coverage."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why a line never runs, or not every branch of it is taken.

    It is told by its file, function and text, so that it is found wherever it moves.
    """

    file: str
    function: str
    text: str
    why: str


REASONS: tuple[Reason, ...] = (
)
