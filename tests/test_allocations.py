# SPDX-License-Identifier: GPL-2.0
"""Whatever allocation fails, at load or while a file is used: an errno, and nothing is left."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from harness.guest.recipe import Parts
from harness.guest.vm import VM
from harness.kernels.suite import OURS
from harness.observe import allocations, kmemleak
from harness.observe.allocations import site
from harness.observe.loaded import State, states
from harness.plugin import Pool, serve

FAIL_FUNCTION = "/sys/kernel/debug/fail_function"
FILES = {"walker_mod": "tasks\nthreads", "report_mod": "report"}
# -EXDEV, as fail_function takes it.
REFUSED = "0xffffffffffffffee"
# The checkers allocate as well, now and then, so that a number is not always the same allocation.
PASSES = 3


@dataclass(frozen=True)
class Trial:
    """A system call of which each allocation fails once.

    `modules` are loaded before, `rest` is what must be so around each try, `sites` are the
    functions of ours whose calls for memory were made to fail, with those that they called.
    """

    words: tuple[str, str, str]
    modules: str
    rest: tuple[str, ...]
    sites: frozenset[str]


_OPEN = "file_open seq_open_private __seq_open_private"
_REGISTER = "tcore_file_register proc_create_data proc_create_reg __proc_create"


def load(module: str, modules: str, parameters: str, rest: tuple[str, ...], *sites: str) -> Trial:
    """A trial of a module's load."""
    return Trial(("load", f"{module}.ko", parameters), modules,
                 (f"/sys/module/{module}/refcnt=", *rest), frozenset(sites))


def use(how: str, file: str, module: str, *sites: str) -> Trial:
    """A trial of a file's use."""
    return Trial((how, f"/proc/taskmods/{file}", ""), module,
                 (f"/sys/module/{module}/refcnt=0",), frozenset(sites))


CORE_FREE = "/sys/module/core_mod/refcnt=0"
TRIALS = {
    "core_mod": load("core_mod", "", "", ("/proc/taskmods=",),
                     "tcore_files_create proc_mkdir __proc_create"),
    "walker_mod": load("walker_mod", "core_mod", "num=1",
                       ("/proc/taskmods/tasks=", "/proc/taskmods/threads=", CORE_FREE),
                       "walker_log_tasks", _REGISTER),
    "report_mod": load("report_mod", "core_mod", "", ("/proc/taskmods/report=", CORE_FREE),
                       _REGISTER),
    "open-tasks": use("open", "tasks", "walker_mod", _OPEN, f"{_OPEN} seq_open"),
    "open-threads": use("open", "threads", "walker_mod", _OPEN, f"{_OPEN} seq_open"),
    "open-report": use("open", "report", "report_mod", "file_open single_open",
                       "file_open single_open seq_open"),
    "read-tasks": use("read", "tasks", "walker_mod"),
    "read-threads": use("read", "threads", "walker_mod"),
    "read-report": use("read", "report", "report_mod"),
}


@pytest.fixture(scope="module")
def pool_of_ours(parts: Parts) -> Iterator[Pool]:
    """A guest for these tests; what the kernel lost in all of them, if anything, is told last."""
    pool = Pool(parts)
    yield pool
    try:
        assert pool.guest is None or kmemleak.found(pool.guest, kmemleak.FIRST) == []
    finally:
        pool.discard()


@pytest.fixture
def guest(pool_of_ours: Pool, request: pytest.FixtureRequest) -> Iterator[VM]:
    """A guest in which any allocation may be made to fail, and logs whose it was.

    The console is too slow for that.
    """
    for vm in serve(pool_of_ours, request):
        allocations.prepare(vm)
        yield vm


STACK = [" dump_stack_lvl+0x51/0x66", " should_failslab+0x9/0x20", " kmem_cache_alloc+0x48/0x280",
         " seq_open+0x30/0xa0", " file_open+0x97/0x1c0 [core_mod]", " proc_reg_open+0x1c9/0x520"]


def test_an_allocation_is_known_by_who_asked_for_it() -> None:
    assert site(STACK, OURS.modules) == "file_open seq_open"
    assert site([line.replace(" [core_mod]", "") for line in STACK], OURS.modules) == ""
    assert site([line.replace("file_open", "_sub_I_00100_0") for line in STACK], OURS.modules) == ""


def one_pass(vm: VM, words: tuple[str, str, str], rest: tuple[str, ...]) -> set[str]:
    """Make the allocations fail; assert what comes of it; return which of ours were among them."""
    since = vm.log_end()
    out = vm.run("failnth", *words, *rest, timeout=allocations.TIMEOUT, check=True).out
    tries, end = allocations.tries(out)
    assert end == "0"
    hit = {number: site(stack, OURS.modules)
           for number, stack in allocations.stacks(vm, since).items()}
    for one in tries:
        assert one.left == (), f"{one}: {hit.get(one.number)}"
        # The kernel does without some allocations, we do not.
        assert one.errno == "ENOMEM" or one.errno == "0" and not hit.get(one.number), one
    return set(hit.values()) - {""}


@pytest.mark.needs("CONFIG_FAILSLAB", "CONFIG_DEBUG_KMEMLEAK")
@pytest.mark.parametrize("name", TRIALS)
def test_each_allocation_may_fail(guest: VM, name: str) -> None:
    trial = TRIALS[name]
    how, path, arguments = trial.words
    if how == "load":
        path = f"{guest.parts.suite_dir}/{path}"
    for module in trial.modules.split():
        guest.run("modprobe", module, check=True)
    hit: set[str] = set()
    for _ in range(PASSES):
        hit |= one_pass(guest, (how, path, arguments), trial.rest)
        if hit >= trial.sites:
            break
    assert hit >= trial.sites
    guest.run("modprobe", "-r", "-a", "walker_mod", "report_mod", "core_mod")


@pytest.mark.needs("CONFIG_FAIL_FUNCTION", "CONFIG_DEBUG_KMEMLEAK")
@pytest.mark.parametrize("function", ["tcore_check_interface", "tcore_file_register"])
@pytest.mark.parametrize("module", FILES)
def test_what_the_core_refuses_ends_a_load(guest: VM, module: str, function: str) -> None:
    """By the very error, one that is never seen otherwise, and with nothing left."""
    guest.run("modprobe", "core_mod", check=True)
    guest.sh(f"cd {FAIL_FUNCTION}; echo {function} > inject; echo {REFUSED} > {function}/retval;"
             "echo 100 > probability; echo 1 > times")
    path = f"{guest.parts.suite_dir}/{module}.ko"
    assert guest.call("finit_module", path, "0", "") == "EXDEV"
    assert states(guest) == {"core_mod": State(0)}
    assert guest.sh("ls /proc/taskmods") == ""
    guest.run("insmod", path, check=True)
    assert guest.sh("ls /proc/taskmods") == f"{FILES[module]}\n"
    guest.run("rmmod", module, check=True)
    guest.sh(f"echo > {FAIL_FUNCTION}/inject")
    guest.run("rmmod", "core_mod", check=True)


@pytest.mark.needs("CONFIG_FAIL_FUNCTION", "CONFIG_DEBUG_KMEMLEAK")
def test_of_two_files_the_first_goes_where_the_second_is_refused(guest: VM) -> None:
    guest.run("modprobe", "core_mod", check=True)
    guest.sh(f"cd {FAIL_FUNCTION}; echo tcore_file_register > inject;"
             f"echo {REFUSED} > tcore_file_register/retval;"
             "echo 100 > probability; echo 2 > interval; echo 1 > times")
    path = f"{guest.parts.suite_dir}/walker_mod.ko"
    assert guest.call("finit_module", path, "0", "") == "EXDEV"
    assert guest.sh("ls /proc/taskmods") == ""
    guest.sh(f"cd {FAIL_FUNCTION}; echo > inject; echo 1 > interval")
    guest.run("rmmod", "core_mod", check=True)
