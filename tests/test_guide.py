# SPDX-License-Identifier: GPL-2.0
"""The guide: both languages type the same and say the same, and each step can be done."""

import re
from collections import Counter
from pathlib import Path

import pytest

import guidebook
from guidebook import CHINESE, ENGLISH
from harness.host.paths import TOP

NAMES = [path.name for path in guidebook.chapters(ENGLISH)]
# An inline link's target, in a text without its blocks.
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.host
def test_both_languages_have_the_same_chapters() -> None:
    assert NAMES and [path.name for path in guidebook.chapters(CHINESE)] == NAMES


@pytest.mark.host
@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_the_same(name: str) -> None:
    """Step by step: commands, what is seen, checks, and where links lead."""
    english, chinese = ENGLISH / name, CHINESE / name
    pairs = list(zip(guidebook.steps(english), guidebook.steps(chinese), strict=True))
    for one, other in pairs:
        assert (one.number, one.commands, one.checks, one.host) \
            == (other.number, other.commands, other.checks, other.host)
    assert links(english) == links(chinese)


@pytest.mark.host
@pytest.mark.parametrize("name", NAMES)
def test_steps_are_numbered_and_each_can_be_done(name: str) -> None:
    """By chapter and place; each has a command and a check, or is for the reader's own machine."""
    chapter = int(name[:2])
    for place, step in enumerate(guidebook.steps(ENGLISH / name), start=1):
        assert step.number == f"{chapter}.{place}"
        assert step.host or (step.commands and len(step.checks) == 1), step.number
        assert all("\n" not in check for check in step.checks), step.number


@pytest.mark.host
def test_what_the_host_is_to_make_is_there() -> None:
    makefile = (TOP / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
    targets = set(re.findall(r"^\.PHONY:(.*)$", makefile, re.MULTILINE)[0].split())
    blocks = [block for path in guidebook.chapters(ENGLISH) for step in guidebook.steps(path)
              for block in step.host]
    lines = [line.split() for block in blocks for line in block.splitlines()]
    made = [words for words in lines if words[0] == "make"]
    assert made
    for words in made:
        if words[1] == "-C":
            assert (TOP / words[2] / "Makefile").exists(), words
        else:
            assert words[1] in targets, words


@pytest.mark.host
@pytest.mark.parametrize("told, seen, same", [
    (["core_mod   16384  2 a,b"], "core_mod 20480  12  a,b\n", True),
    (["core_mod   16384  2 a,b"], "core_mod 20480  12  a\n", False),
    (["[   12.5] one"], "[12345.678] one\n", True),
    (["f7c4a640 t walk"], "ffffffffc057f060 t walk\n", True),
    (["f7c4a640 t walk"], "ffffffffc057f060 T walk\n", False),
    (["insmod /lib/modules/6.1.0-50-686/a.ko"], "insmod /lib/modules/6.9-x/a.ko \n", True),
    (["insmod /lib/modules/6.1.0-50-686/a.ko"], "insmod /lib/modules/6.8-x/a.ko\n", False),
    (["bash: x: denied"], "bash: line 12: x: denied\n", True),
    (["one", "...", "four"], "one\ntwo\nthree\nfour\n", True),
    (["one", "...", "four"], "one\ntwo\nthree\n", False),
    (["one"], "one\ntwo\n", False), ([], "", True), ([], "one\n", False), (["one"], "", False)])
def test_what_may_differ(told: list[str], seen: str, same: bool) -> None:
    assert (not guidebook.differs(told, seen, "6.9-x")) == same


def links(path: Path) -> "Counter[str]":
    """Where the links of a page lead; the Chinese pages are taken for the English ones."""
    text = re.sub(r"(?ms)^```.*?^```$", "", path.read_text(encoding="utf-8"))
    return Counter(target.replace(".zh", "") for target in LINK.findall(text))


def broken(text: str) -> list[str]:
    """The lines of a text after which its paragraph goes on: a reader sees a blank there."""
    words = re.sub(r"(?ms)^```.*?^```$|^ {4}.*$", "", text)
    return re.findall(r"^(?![#|>-]|\d+\. ).+(?=\n(?![#|>-]|\d+\. ).)", words, re.MULTILINE)


@pytest.mark.host
@pytest.mark.parametrize("path", [TOP / "README.zh.md", *sorted(CHINESE.glob("*.md"))],
                         ids=lambda path: str(path.name))
def test_a_chinese_paragraph_is_one_line(path: Path) -> None:
    assert broken(path.read_text(encoding="utf-8")) == []


@pytest.mark.host
def test_a_broken_paragraph_is_seen() -> None:
    text = "# 一\n\n二，\n三\n\n```\n四\n五\n```\n\n- 六\n- 七\n\n    八\n    九\n\n| 十 |\n| 百 |\n"
    assert broken(text) == ["二，"]
