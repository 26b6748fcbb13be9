# SPDX-License-Identifier: GPL-2.0
"""A kernel that is built here has what its configuration asks for, or is not built."""

import re
from pathlib import Path

import pytest
from kernels import SOURCE, Entry

from harness.host.errors import HarnessError
from harness.kernels import fromsource

WANTED = ["CONFIG_KASAN=y", "CONFIG_NR_CPUS=2", "# CONFIG_AUTO is not set"]
GOT = "CONFIG_KASAN=y\nCONFIG_NR_CPUS=2\n# CONFIG_AUTO is not set\nCONFIG_MORE=y\n"


@pytest.mark.parametrize("line, instead", [
    ("CONFIG_KASAN=y", ""), ("CONFIG_KASAN=y", "# CONFIG_KASAN is not set\n"),
    ("CONFIG_NR_CPUS=2", "CONFIG_NR_CPUS=64\n"),
    ("# CONFIG_AUTO is not set", "CONFIG_AUTO=y\n")])
def test_what_got_lost_is_named(line: str, instead: str) -> None:
    fromsource.judge(WANTED, GOT, "a.config")
    with pytest.raises(HarnessError, match=f": {re.escape(line)}$"):
        fromsource.judge(WANTED, GOT.replace(f"{line}\n", instead), "a.config")


def test_what_is_not_there_at_all_is_not_set() -> None:
    fromsource.judge(["# CONFIG_AUTO is not set"], "", "a.config")


def test_of_two_files_the_later_has_the_last_word(tmp_path: Path) -> None:
    first, second = (tmp_path / name for name in ("first.config", "second.config"))
    first.write_text("# CONFIG_WORD of a comment\nCONFIG_KASAN=y\nCONFIG_NR_CPUS=2\n",
                     encoding="ascii")
    second.write_text("# CONFIG_KASAN is not set\nCONFIG_KCSAN_STRICT=y\n", encoding="ascii")
    entry = Entry("", SOURCE, "", "", configuration=(str(first), str(second)), checkers=("KCSAN",))
    assert fromsource.wanted(entry) == ["# CONFIG_KASAN is not set", "CONFIG_NR_CPUS=2",
                                        "CONFIG_KCSAN_STRICT=y", "CONFIG_KCSAN=y"]
