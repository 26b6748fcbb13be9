# SPDX-License-Identifier: GPL-2.0
"""make times: the README says how long its commands took, on what, and nothing else of time."""

import os
import re

import pytest

from harness.commands import times
from harness.host.errors import HarnessError
from harness.host.paths import TOP

pytestmark = pytest.mark.host

README = (TOP / "README.md").read_text(encoding="utf-8")


def test_the_paragraph_says_what_took_how_long_and_where() -> None:
    text = times.paragraph({"make test": 179.6, "make shell": 8.4}, 2.51, "tcg")
    figures, measured, _ = text.split("\n")
    assert figures == ("Later runs took, with nothing beside them: `make test` 3 min 0 s, "
                       "`make shell` 8 s to its prompt.")
    assert measured.startswith("`make times` measured that on 20")
    assert f"on {len(os.sched_getaffinity(0))} processors (" in text
    assert text.endswith("by QEMU's tcg, where a guest boots in 2.5 s.\n")


def test_it_takes_the_place_of_the_last_one() -> None:
    once = times.replaced(README, "first\n")
    assert times.replaced(once, "second\n") == once.replace("first\n", "second\n")
    assert once.replace("first\n", "").splitlines()[:20] == README.splitlines()[:20]


def test_a_readme_without_a_place_for_it_is_refused() -> None:
    with pytest.raises(HarnessError, match="has not <!-- written by make times -->"):
        times.replaced("# taskmods\n", "text\n")


def test_the_readme_has_times_of_that_command_alone() -> None:
    measured = README.partition("<!-- written by make times -->")[2].partition("<!-- end -->")[0]
    for name in ("demo", "test", "behaviours", "shell"):
        assert re.search(rf"`make {name}[^`]*` (\d+ min )?\d+ s", measured), name
    stale = re.search(r"\d+ (min|s)\b|(two|three|four|five) minutes", README.replace(measured, ""))
    assert stale is None
