# SPDX-License-Identifier: GPL-2.0
"""What rows and tests may ask of a kernel and of kmod, and what is said where it is not met."""

import re

import pytest
from behaviours import ROWS

from harness.host.paths import TOP
from harness.kernels import choice, table
from harness.observe.facts import Facts

pytestmark = pytest.mark.host

FACTS = Facts("some", {"linux": (6, 1), "kmod": (30,)}, frozenset({"CONFIG_MODULES"}),
              frozenset({"XZ"}), lacks=frozenset({"firmware"}))


@pytest.mark.parametrize("requirement, reason", [
    ("", ""),
    ("linux >= 6.1", ""),
    ("kmod < 31 and CONFIG_MODULES", ""),
    ("linux >= 6.13", "needs linux >= 6.13, this is linux 6.1"),
    ("CONFIG_MODULES and kmod < 30", "needs kmod < 30, this is kmod 30"),
    ("CONFIG_KASAN", "needs a kernel with CONFIG_KASAN"),
    ("!CONFIG_MODULES", "needs a kernel without CONFIG_MODULES"),
    ("+XZ and -ZLIB", ""),
    ("+ZLIB", "needs a kmod with ZLIB"),
    ("-XZ", "needs a kmod without XZ"),
    ("debian and host and fast", ""),
    ("firmware", "needs UEFI firmware that is known for the guest's processor"),
])
def test_a_requirement_that_is_not_met_says_why(requirement: str, reason: str) -> None:
    assert FACTS.unmet(requirement) == reason


def test_what_is_no_requirement_is_refused() -> None:
    with pytest.raises(ValueError, match="not a requirement: 'linux > 6'"):
        FACTS.unmet("linux > 6")


OPTION = re.compile(r"\bCONFIG_\w+")
# What the host's usual kernel may be too old for, or too new, or of another processor.
ELSEWHERE = {"CONFIG_ARM64_16K_PAGES", "CONFIG_MODULE_DECOMPRESS", "CONFIG_PREEMPT_RT",
             "CONFIG_CPU_BIG_ENDIAN", "CONFIG_PPC64", "CONFIG_RISCV", "CONFIG_S390",
             "CONFIG_X86", "CONFIG_X86_32", "CONFIG_X86_64", "CONFIG_X86_KERNEL_IBT"}


def test_every_option_that_is_asked_for_is_one() -> None:
    """What asks for one that no kernel has would be skipped on each, and nobody would know."""
    asked = {part for row in ROWS.values()
             for part in (*row.needs, *(step.when for step in row.steps))}
    asked |= {part for path in (TOP / "tests").glob("test_*.py") for part in
              re.findall(r'\bneeds\(([^()]*)\)', path.read_text(encoding="utf-8"))}
    kernel = choice.get(table.default_name())
    known = ELSEWHERE.union(*(OPTION.findall(path.read_text(encoding="utf-8")) for path in (
        kernel.root / f"boot/config-{kernel.release}", *(TOP / "tests").glob("*.config"))))
    assert set(OPTION.findall(" ".join(asked))) - known == set()
