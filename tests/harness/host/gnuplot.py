# SPDX-License-Identifier: GPL-2.0
"""Pictures, drawn by gnuplot."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from .run import run


def draw(svg: Path, size: str, script: Iterable[str]) -> None:
    """Draw what the lines of a script say, as an SVG of that size ("WIDTH,HEIGHT").

    Raises HarnessError where gnuplot is not there, or fails.
    """
    lines = [f"set terminal svg size {size} font 'sans-serif,13' background rgb 'white'",
             f"set output '{svg}'", *script]
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".gnuplot") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        run(["gnuplot", file.name], f"draw {svg.name}")
