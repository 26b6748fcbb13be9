# SPDX-License-Identifier: GPL-2.0
"""Telling what takes time, on standard error: a clock on a terminal, plain lines in a pipe."""

import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_QUIET_SECONDS = 1.0


def is_terminal(stream: TextIO) -> bool:
    """Return whether lines of `stream` can be written over and coloured."""
    return stream.isatty() and os.environ.get("TERM") not in (None, "", "dumb")


def has_colours(stream: TextIO) -> bool:
    """Return whether colours are wanted there: on a terminal, unless NO_COLOR is set."""
    return is_terminal(stream) and "NO_COLOR" not in os.environ


def say(line: str) -> None:
    """Show how far something is; on a terminal in the place of what was shown before."""
    if not is_terminal(sys.stderr):
        print(line, file=sys.stderr, flush=True)
        return
    room = (shutil.get_terminal_size().columns or 80) - 1
    print(f"\r\033[K{line[:room]}", end="", file=sys.stderr, flush=True)


def conclude(line: str) -> None:
    """Show how something ended, so that it stays; in the place of how far it was."""
    start = "\r\033[K" if is_terminal(sys.stderr) else ""
    print(f"{start}{line}", file=sys.stderr, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say that `what` is under way, and how long it took once it is done.

    Steps that end within a second say nothing.
    """
    began = time.monotonic()
    ended = threading.Event()
    ticker = threading.Thread(target=_tick, args=(what, began, ended), daemon=True)
    ticker.start()
    outcome = "failed after"
    try:
        yield
        outcome = "done in"
    finally:
        ended.set()
        ticker.join()
        seconds = time.monotonic() - began
        if seconds > _QUIET_SECONDS:
            conclude(f"{what}: {outcome} {seconds:.0f} s")


def _tick(what: str, began: float, ended: threading.Event) -> None:
    if ended.wait(_QUIET_SECONDS):
        return
    if not is_terminal(sys.stderr):
        print(f"{what} ...", file=sys.stderr, flush=True)
        return
    while True:
        # A line that wraps could not be written over.
        room = (shutil.get_terminal_size().columns or 80) - len(" ... 1000 s")
        print(f"\r\033[K{what[:room]} ... {time.monotonic() - began:.0f} s", end="",
              file=sys.stderr, flush=True)
        if ended.wait(1):
            return
