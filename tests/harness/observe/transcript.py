# SPDX-License-Identifier: GPL-2.0
"""What a person would have seen of what was done, in parts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A part of the transcript: a command of the "guest" or "host" with what came of it, files that
    were "send", a system "call", a record of the "log", events of the "trace", or a "note".
    """

    kind: str
    text: str
    output: str = ""
    status: int = 0

    def lines(self) -> list[str]:
        """Return it as a terminal would have shown it."""
        prompt = {"guest": "# ", "host": "$ ", "call": "call> "}.get(self.kind, "")
        typed = [prompt + self.text.replace("\n", "\n> ")] if self.text else []
        return [*typed, *self.output.expandtabs().splitlines(),
                *([f"[exit status {self.status}]"] if self.status else [])]
