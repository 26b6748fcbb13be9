# SPDX-License-Identifier: GPL-2.0
"""Any calls with anything on the files, as root and as nobody: what is read stays right.

../guest/fuzzfiles.c makes the calls, and says what is checked.
"""

import time

import pytest

from harness.guest.vm import VM
from harness.kernels.suite import OURS

CALLS = 10_000
# What is called in one go at night, by a seed of that night.
MANY_CALLS = 100_000
USERS = [pytest.param(0, id="root"), pytest.param(65534, id="nobody")]


def fuzz(vm: VM, seed: int, calls: int, user: int) -> None:
    """Make calls by a seed in a guest with the suite loaded; nothing may be wrong."""
    paths = [vm.sh(f"modinfo -F filename {name}").strip() for name in OURS.modules]
    done = vm.run("fuzzfiles", str(seed), str(calls), str(user), *paths)
    assert done.status == 0, f"seed {seed}, user {user}: {done.err}"
    counts = dict(line.rsplit(" ", 1) for line in done.out.splitlines())
    assert all(int(count) for kind, count in counts.items()), counts
    assert sum(map(int, counts.values())) > calls * 0.9


@pytest.mark.slow
@pytest.mark.parametrize("user", USERS)
def test_files_stay_right_whatever_is_called(suite: VM, user: int) -> None:
    fuzz(suite, 1, CALLS, user)


@pytest.mark.nightly
@pytest.mark.needs("CONFIG_KASAN")
@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("part", range(5))
def test_files_stay_right_for_a_night(suite: VM, user: int, part: int) -> None:
    fuzz(suite, int(time.time()) + part, MANY_CALLS, user)
