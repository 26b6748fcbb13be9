# SPDX-License-Identifier: GPL-2.0
"""README.zh.md is README.md in Chinese: the same sections, with the same in each."""

import re
from collections import Counter

import pytest

from harness.host.paths import TOP

pytestmark = pytest.mark.host

# What commands write into README.md is there only.
WRITTEN = re.compile(r"<!--.*?-->\n.*?<!-- end -->\n", re.DOTALL)
HEADING = re.compile(r"^(#+) .*$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```$|(?<=\n\n)(?: {4}[^\n]*\n)+", re.MULTILINE | re.DOTALL)
# A command ends where its description begins, after two blanks.
COMMAND = re.compile(r"^ {4}((?:\$ |make |sudo |taskmods ).*?)(?: {2}.*)?$", re.MULTILINE)
# Where links lead, and code, have numbers of their own.
NAMES = re.compile(r"\]\([^)]*\)|`[^`]*`")
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def sections(text: str) -> list[tuple[str, str]]:
    """The headings' marks, each with its section's text."""
    parts = HEADING.split(WRITTEN.sub("", text))[1:]
    return list(zip(parts[::2], parts[1::2]))


def held(text: str) -> dict[str, object]:
    """What is the same in any language of a section's text."""
    words = CODE.sub("", text)
    links = Counter(re.findall(r"\]\(([^)\s]+)\)", words))
    return {
        "commands": COMMAND.findall(text),
        "blocks": [block.count("\n") for block in CODE.findall(text)],
        "code": Counter(re.findall(r"`([^`]+)`", words)),
        "links": +Counter({target: number for target, number in links.items()
                           if not target.startswith(("README", "docs/guide"))}),
        "numbers": Counter(NUMBER.findall(NAMES.sub("", words))),
        "rows of tables": len(re.findall(r"^\|", words, re.MULTILINE)),
    }


def differences(english: str, chinese: str) -> list[str]:
    """What the two do not have in common, a line each."""
    one, other = sections(english), sections(chinese)
    if [mark for mark, _ in one] != [mark for mark, _ in other]:
        return [f"headings: {[mark for mark, _ in one]}, {[mark for mark, _ in other]}"]
    return [f"section {number}, {what}: {ours[what]}, {theirs[what]}"
            for number, (ours, theirs) in enumerate(
                zip((held(text) for _, text in one), (held(text) for _, text in other)))
            for what in ours if ours[what] != theirs[what]]


def test_it_has_what_the_readme_has() -> None:
    english, chinese = ((TOP / name).read_text(encoding="utf-8")
                        for name in ("README.md", "README.zh.md"))
    assert differences(english, chinese) == []


TEXT = "# A\n\nGet 5 of `x`, [there](b.md).\n\n    make demo       look\n\n## B\n\n| c |\n"


@pytest.mark.parametrize("old, new, what", [
    ("## B", "# B", "headings"), ("make demo", "make dem", "commands"), ("`x`", "`y`", "code"),
    ("b.md", "c.md", "links"), (" 5 ", " 6 ", "numbers"), ("| c |", "c", "rows of tables"),
    ("look\n", "look\n    more\n", "blocks")])
def test_what_is_missing_is_seen(old: str, new: str, what: str) -> None:
    assert differences(TEXT, TEXT.replace("look", "看").replace("Get", "取")) == []
    (found,) = differences(TEXT, TEXT.replace(old, new))
    assert what in found
