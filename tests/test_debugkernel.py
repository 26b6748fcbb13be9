# SPDX-License-Identifier: GPL-2.0
"""The debug kernel has what its configuration asks for, or is not built."""

import re

import pytest

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
