# SPDX-License-Identifier: GPL-2.0
"""make try, in guests: a suite that fails in one way gets that verdict, and no other.

The suites are in suites/, a folder each. All are tried in one go, as guests are what takes time:
each module that spoils its guest takes but itself along.
"""

import functools
import re
from collections.abc import Iterator

import pytest

from harness.guest.recipe import Parts
from harness.kernels import build
from harness.suites import modinfo, trial
from harness.suites.built import Built
from harness.suites.options import Options
from harness.suites.verdict import FAIL, PASS, SKIP, OnKernel

# One worker tries them, once.
pytestmark = [pytest.mark.xdist_group("try"), pytest.mark.slow]
# What hangs is waited for so long, in seconds; what does not has ended long before.
PATIENCE = 8.0
# A slab may have room for what four cycles lose, where pages have 64 KiB.
CYCLES = 24
# By case: what fails or is skipped, as check and module, and why. All else passes.
CASES: dict[str, dict[tuple[str, str], tuple[str, str]]] = {
    "init_fails": {
        ("loads", "init_fails"): (FAIL, r"'init_fails': Invalid argument"),
        ("loads", "init_fails_user"): (SKIP, "needs init_fails, which does not load")},
    "no_device": {("loads", "no_device"): (SKIP, "no such device: .*No such device")},
    "no_device_warns": {
        ("loads", "no_device_warns"): (FAIL, r"No such device \(ENODEV\)"),
        ("log", "no_device_warns"): (FAIL, "at its load: no_device_warns: looks for")},
    "exit_forgets": {
        ("left", "exit_forgets"): (FAIL, "/sys/devices/exit_forgets is left"),
        # Newer kernels make EBUSY of it.
        ("reloads", "exit_forgets"): (FAIL, "does not load again: (its init returns EEXIST|"
                                      ".*Device or resource busy)"),
        ("log", "exit_forgets"): (FAIL, "loaded again: sysfs: cannot create duplicate filename")},
    "proc_left": {
        ("left", "proc_left"): (FAIL, r"\A/proc/proc_left_too is left\Z"),
        ("reloads", "proc_left"): (FAIL, "does not load again: .*Cannot allocate memory"),
        ("log", "proc_left"): (FAIL, "when it was loaded again: proc_dir_entry")},
    "cache_left": {
        ("log", "cache_left"): (FAIL, "at its unload: (.*\n)*.*cache_left"),
        ("left", "cache_left"): (FAIL, "the slab cache cache_left is left")},
    "warns": {("log", "warns"): (FAIL, "at its load: warns: registered a cache")},
    "bug_at_reload": {
        ("left", "bug_at_reload"): (FAIL, "/sys/devices/bug_at_reload is left"),
        ("reloads", "bug_at_reload"): (FAIL, "does not load again"),
        ("log", "bug_at_reload"): (FAIL, "loaded again: (.*\n)*kernel BUG at .*bug_at_reload.c")},
    "held_for_ever": {
        ("removes", "held_for_ever"): (FAIL, "in use.\n1 reference without a holder: nothing")},
    "stays": {("left", "stays_asks"): (FAIL, "stays_asked of the suite stays loaded")},
    "order": {},
    "asks_alias": {},
    "hangs": {("loads", "hangs"): (FAIL, r"hangs in its init, in hangs_init\(\)")},
    "panics": {("loads", "panics"): (FAIL, "ends the kernel: .*the controller is on fire")},
    "floods": {("log", "floods"): (FAIL, r"at its load: floods the log: \d+ records")},
    "no_exit": {
        ("removes", "no_exit"): (SKIP, "has no exit function"),
        ("left", "no_exit_user"): (SKIP, "cannot be told: no_exit stays loaded")},
}
# What kernels from a version on do not show: a slab cache is on no list, with objects or not.
UNTIL = {("left", "cache_left"): (6, 12)}
# A BUG() of riscv ends the kernel: nothing comes to light after it.
NEEDS = {"bug_at_reload": ["!CONFIG_RISCV"]}
# What cannot be told of a module of which this failed: it went no further.
_ENDS = {"loads", "removes"}
# Each that loads at all is looked at in these ways.
_EACH = ("indexed", "loads", "log", "removes", "left", "reloads")


def tried(parts: Parts, cases: list[str], options: Options) -> OnKernel:
    """What comes of some cases as one suite."""
    kernel = parts.kernel
    return trial.tried("cases", {kernel.name: suite_of(parts, "cases", cases)}, options).kernels[0]


def suite_of(parts: Parts, name: str, cases: list[str]) -> Built:
    built = build.cases(parts.kernel)
    paths = [path for case in cases for path in built[case]]
    return Built(name, parts.kernel, tuple(map(modinfo.read, paths)))


@functools.cache
def came(parts: Parts) -> OnKernel:
    """What came of all the cases."""
    return tried(parts, list(CASES), Options(cycles=0, patience=PATIENCE))


def modules(parts: Parts, case: str) -> Iterator[str]:
    return (path.stem for path in build.cases(parts.kernel)[case])


@pytest.mark.parametrize("case", [
    pytest.param(case, marks=[pytest.mark.needs(need) for need in NEEDS.get(case, [])])
    for case in CASES])
def test_a_case_gets_its_verdict(parts: Parts, case: str) -> None:
    expected = {of: came_to for of, came_to in CASES[case].items()
                if of not in UNTIL or parts.kernel.version < UNTIL[of]}
    found = came(parts)
    for (check, module), (status, reason) in expected.items():
        verdict = found.of(check, module)
        assert verdict and verdict.status == status, (check, module, verdict)
        assert re.search(reason, verdict.reason), verdict.reason
        assert verdict.transcript or verdict.status == SKIP, (check, module)
    for module in modules(parts, case):
        others = [verdict for verdict in found.verdicts if verdict.module == module
                  and (verdict.check, module) not in expected]
        assert [verdict for verdict in others if verdict.status != PASS] == []
        if not {(check, module) for check in _ENDS} & set(expected):
            assert {verdict.check for verdict in others} | {
                check for check, name in expected if name == module} >= set(_EACH)


def test_what_is_needed_is_seen_and_refused(parts: Parts) -> None:
    """Whatever order modules.order has them in."""
    for check, module, says in (("users", "order_user", "order_core"),
                                ("users", "order_top", "order_user"),
                                ("alone", "order_user", "Unknown symbol in module: order_core_nu"),
                                ("held", "order_core", "is in use by: order_user"),
                                ("loads", "order_user", "order_core, order_user"),
                                ("reloads", "order_user", "rmmod order_user order_core"),
                                ("reloads", "asks_alias",
                                 "rmmod asks_alias asks_alias_has asks_alias_core")):
        verdict = came(parts).of(check, module)
        assert verdict and verdict.status == PASS and says in verdict.reason, verdict


@pytest.mark.needs("CONFIG_CRYPTO_WP512")
def test_what_is_asked_for_by_an_alias_is_there(parts: Parts) -> None:
    found = tried(parts, ["asks_own"], Options(cycles=0))
    assert [verdict for verdict in found.verdicts if verdict.status != PASS] == []


def test_a_script_finds_who_is_in_use_once_it_was_used(parts: Parts) -> None:
    script = build.CASES / "used/use.sh"
    options = Options(cycles=0, patience=PATIENCE, use=script)
    found = tried(parts, ["used"], options)
    assert all(verdict.status == PASS for verdict in found.verdicts if verdict.check != "use")
    verdict = found.of("use", "used")
    assert verdict and verdict.status == FAIL
    assert "1 reference without a holder" in verdict.reason


@pytest.mark.parametrize("before, status, says", [
    ("order", PASS, "from order"),
    # Who cannot unload the version before has to boot.
    ("held_for_ever", FAIL, "Module held_for_ever is in use"),
    ("no_device", SKIP, "the version before does not load: .*No such device"),
    pytest.param("asks_own", PASS, "from asks_own",
                 marks=pytest.mark.needs("CONFIG_CRYPTO_WP512")),
])
def test_a_version_takes_the_place_of_another(parts: Parts, before: str, status: str, says: str
                                              ) -> None:
    options = Options(cycles=0, patience=PATIENCE,
                      before={parts.kernel.name: suite_of(parts, before, [before])})
    verdict = tried(parts, ["order"], options).of("upgrade", "")
    assert verdict and verdict.status == status, verdict
    assert re.search(says, verdict.reason), verdict.reason


@pytest.mark.needs("!CONFIG_KASAN")
def test_memory_that_each_load_loses_is_seen(parts: Parts) -> None:
    found = tried(parts, ["leaks"], Options(cycles=CYCLES, patience=PATIENCE))
    verdict = found.of("cycles", "leaks")
    assert verdict and verdict.status == FAIL
    assert re.search(r"(SUnreclaim|VmallocUsed) grows by 1\d\d\.\d KB with each load",
                     verdict.reason), verdict.reason


@pytest.mark.needs("CONFIG_DEBUG_KMEMLEAK", "CONFIG_FAILSLAB")
def test_what_the_debug_kernel_finds(parts: Parts) -> None:
    found = tried(parts, ["leaks", "no_unwind"], Options(cycles=0))
    lost = found.of("leaks", "leaks")
    assert lost and lost.status == FAIL, lost
    # What was asked for, or what the slab cache gave.
    assert any(re.match("10(00|24) bytes are lost", verdict.reason) for verdict in found.verdicts
               if (verdict.check, verdict.module) == ("leaks", "leaks")), found.verdicts
    failed = found.of("allocations", "no_unwind")
    assert failed and failed.status == FAIL, failed
    assert re.search(r"(?s)after allocation \d+ failed .*nothing made to fail", failed.reason)
