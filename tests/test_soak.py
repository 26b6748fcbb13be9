# SPDX-License-Identifier: GPL-2.0
"""make soak, for seconds: it counts what it does, and ends at what is not as it should be."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from harness.commands import soak as command
from harness.guest.programs import STRESS_NG
from harness.guest.recipe import Parts
from harness.host.errors import GuestError, HarnessError
from harness.kernels import build
from harness.plugin import Boot
from harness.soak import course, soak
from harness.soak.soak import Soak

pytestmark = pytest.mark.slow

SECONDS = 6.0

# What the modules do wrong: edits to their sources, and what the soak then says.
FAULTS = {
    "adds-up-wrong": (
        (("report_mod.c", "sum += counts[i];", "sum += i;"),),
        "report.*: ended with status 1: proofread: .*does not add up: TOTAL"),
    "goes-while-open": (
        (("file.c", "if (!try_module_get(tf->owner))", "if (!tf->owner)"),
         ("file.c", "module_put(tf->owner);", ";")),
        "rmmod walker_mod, its file open: status 0"),
    "leaks": (
        (("walker_mod/log.c", "kfree(batch);", "batch = kmalloc(4 << 20, GFP_KERNEL);"),),
        "memory: the kernel's kilobytes after each round are [0-9]+ [0-9]+"),
}
# What is asked for, and the one line that says that it cannot be.
BAD_MINUTES = ("0", "-1", "ten", "nan", "inf")


@pytest.fixture
def soaked(boot: Boot, parts: Parts) -> Callable[..., Soak]:
    """A function that boots a guest to soak; its arguments are other modules to have in it."""
    program = STRESS_NG.files(parts.kernel.architecture, parts.kernel.userland)

    def make(modules: Mapping[str, Path] = MappingProxyType({})) -> Soak:
        files = {f"{parts.suite_dir}/{path.name}": path.read_bytes() for path in modules.values()}
        return Soak(boot(files={**program, **files}), print)

    return make


def test_a_short_soak_does_all_of_it(soaked: Callable[..., Soak]) -> None:
    soaking = soaked()
    soak.run(soaking, 2 * SECONDS, rounds=2)
    tally = soaking.tally
    assert [name for name in (*course.READERS, course.NAMESPACES, course.HELD)
            if not tally.readings[name]] == []
    assert len(soaking.stressors) > 5 and tally.processes > 100
    assert tally.loads == tally.unloads >= 2
    assert tally.refusals >= tally.readings[course.HELD] >= 4
    assert len(tally.memory) == 2


@pytest.mark.host
@pytest.mark.nightly
@pytest.mark.parametrize("fault", FAULTS)
def test_a_soak_ends_at_a_fault(soaked: Callable[..., Soak], parts: Parts, fault: str) -> None:
    """With what it was, and the console."""
    edits, says = FAULTS[fault]
    soaking = soaked(build.suite(parts.kernel, f"soak-{fault}", edits))
    with pytest.raises(GuestError, match=f"(?s)^{says}.*end of its console"):
        soak.run(soaking, 4, rounds=2)


@pytest.mark.host
@pytest.mark.parametrize("minutes", BAD_MINUTES)
def test_bad_minutes_get_one_clear_line(minutes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINUTES", minutes)
    with pytest.raises(HarnessError, match=f"^MINUTES={minutes} is not how long a soak can be"):
        command.main()
