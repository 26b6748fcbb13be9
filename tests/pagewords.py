# SPDX-License-Identifier: GPL-2.0
"""What a page of the site itself says, by its file of words, and what its parts ask for."""

import re
from pathlib import Path


def words(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the words in English and in Chinese, by their names."""
    english, chinese = (dict(re.findall(r'\b([\w-]+)"?: "((?:[^"\\]|\\.)*)"', part))
                        for part in path.read_text(encoding="utf-8").split("\tzh: {"))
    return english, chinese


def differing(text: str) -> list[str]:
    """Return the marks for what differs in a text."""
    return sorted(re.findall(r"%\d", text))


def asked_by(page: Path) -> set[str]:
    """Return the names that a page's elements ask for."""
    return set(re.findall(r'data-(?:words|label|title)="([\w-]+)"',
                          page.read_text(encoding="utf-8")))
