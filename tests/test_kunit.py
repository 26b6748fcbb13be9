# SPDX-License-Identifier: GPL-2.0
"""core_mod's functions, called from inside the kernel: the cases of modules/core_kunit."""

import re

import pytest

from harness.guest.places import FIXTURES_DIR
from harness.guest.vm import VM
from harness.host.paths import TOP
from harness.observe import holders
from harness.plugin import Boot

MODULE = "core_kunit"
TIMEOUT = 120
TEST_TAINT = 1 << 18
# A line of KTAP: how deep it stands, the verdict, its number and its name, and a reason to skip.
_VERDICT = re.compile(r"( *)(not ok|ok) \d+ (.*?)(?: # (SKIP.*))?")


def declared() -> set[str]:
    """The cases that the module's source lists."""
    source = TOP / f"tests/modules/{MODULE}/{MODULE}.c"
    return set(re.findall(r"KUNIT_CASE(?:_PARAM)?\((\w+)", source.read_text(encoding="utf-8")))


def complaints(lines: list[str]) -> tuple[set[str], list[str]]:
    """Return the cases that passed, and of each that did not its name and what was said in it.

    The log has it one below the suite; deeper stand the parameters of a case.
    """
    passed, failed = set(), []
    since: list[str] = []
    for line in lines:
        verdict = _VERDICT.fullmatch(line)
        if verdict is None or len(verdict[1]) != 4:
            since.append(line)
            continue
        if verdict[2] == "ok" and not verdict[4]:
            passed.add(verdict[3])
        else:
            said = [text for text in since if not _VERDICT.fullmatch(text) or "not ok" in text]
            failed.append("\n".join([f"{verdict[3]}: {verdict[4] or 'failed'}", *said]))
        since = []
    return passed, failed


def load(vm: VM) -> list[str]:
    """Load the module, which runs its cases; return what was logged. Some need threads to count."""
    mark = vm.log_end()
    with holders.held(vm, b"threads", ("M", b"many")):
        vm.run("insmod", f"{FIXTURES_DIR}/{MODULE}.ko", timeout=TIMEOUT, check=True)
    return [record.text for record in vm.log(mark)]


@pytest.mark.needs("CONFIG_KUNIT")
def test_every_case_passes(boot: Boot) -> None:
    """In a guest of its own, as KUnit taints the kernel."""
    vm = boot()
    vm.run("depmod", check=True)
    vm.run("modprobe", "core_mod", check=True)
    passed, failed = complaints(load(vm))
    assert not failed, "\n".join(failed)
    assert passed == declared()
    assert int(vm.read("/proc/sys/kernel/tainted")) & TEST_TAINT
    vm.run("rmmod", MODULE, "core_mod", check=True)


def test_a_case_that_failed_or_did_not_run_is_told() -> None:
    """As the kernel writes it."""
    passed, failed = complaints([
        "    KTAP version 1", "    # Subtest: core_mod", "    1..4",
        "    ok 1 good",
        "    # bad: EXPECTATION FAILED at core_kunit.c:61", "    Expected 1 == 2",
        "        not ok 2 max 31", "        ok 3 max 32", "    not ok 2 bad",
        "    ok 3 absent # SKIP no threads",
        "        ok 1 max 1", "    ok 4 fair",
        "not ok 1 core_mod"])
    assert passed == {"good", "fair"}
    assert failed == ["bad: failed\n    # bad: EXPECTATION FAILED at core_kunit.c:61\n"
                      "    Expected 1 == 2\n        not ok 2 max 31",
                      "absent: SKIP no threads"]
