# SPDX-License-Identifier: GPL-2.0
"""walker_mod's num limits what is logged at load, and nothing else."""

import signal
from dataclasses import dataclass

import pytest

from harness.guest.vm import VM
from harness.observe import holders, kernelstat, loaded, taskfiles
from harness.observe.kernelstat import Stat
from harness.observe.loaded import State, states
from harness.observe.taskfiles import Logged

MANY = 2000
# With it each record takes so many milliseconds, and those of all that run in a guest some seconds.
PRINTK_DELAY = "/proc/sys/kernel/printk_delay"
DELAY = 100
PARAMETER = "/sys/module/walker_mod/parameters/num"
# modprobe.d/taskmods.conf sets it.
BY_MODPROBE = 10
INT_MAX, INT_MIN = 2**31 - 1, -2**31
NO_LIMITS = (0, -1, INT_MIN)
# The last is one more than is copied at once.
BELOW_ALL = (1, 3, 33)
ABOVE_ALL = (1000000,)
SHOWN = {"": "0", "num=-1": "-1", "num=3": "3", "num=0x10": "16", "num=1 num=2": "2",
         f"num={INT_MAX}": str(INT_MAX), f"num={INT_MIN}": str(INT_MIN)}
REFUSED = {"num=abc": "EINVAL", "num=": "EINVAL", "num": "EINVAL", "num=1x": "EINVAL",
           "num=1 num=abc": "EINVAL", "num=0x": "EINVAL",
           f"num={INT_MAX + 1}": "ERANGE", f"num={INT_MIN - 1}": "ERANGE",
           f"num={2**64}": "ERANGE"}


def walker(vm: VM) -> str:
    """Return where the module's file is."""
    return f"{vm.parts.suite_dir}/walker_mod.ko"


@dataclass(frozen=True)
class Load:
    """What was logged at load, and the processes that were there before and after."""

    logged: list[Logged]
    before: dict[int, Stat]
    after: dict[int, Stat]

    @property
    def pids(self) -> list[int]:
        """Of whom there is a line, in the order of the lines."""
        return [line.pid for line in self.logged]

    @property
    def lived(self) -> list[int]:
        """Who lived through the load, ascending."""
        return sorted(kernelstat.lived_through(self.before, self.after))

    def is_of_all(self) -> bool:
        """Return whether there is one line each of those who lived through, and of the loader."""
        passing = set(self.before) ^ set(self.after)
        loader = set(self.pids) - set(self.before) - set(self.after)
        return (self.pids == sorted(set(self.pids)) and len(loader) == 1
                and set(self.lived) <= set(self.pids) <= set(self.lived) | passing | loader)


def load(vm: VM, *command: str) -> Load:
    """Load walker_mod by a command, with all that it needs loaded before; and unload it again."""
    vm.run("modprobe", "core_mod", check=True)
    mark = vm.log_end()
    before = kernelstat.read_stats(vm)
    vm.run(*command, check=True)
    after = kernelstat.read_stats(vm)
    logged = taskfiles.logged_tasks(vm.log(mark))
    vm.run("modprobe", "-r", "walker_mod", check=True)
    return Load(logged, before, after)


@pytest.mark.parametrize("num", [None, *NO_LIMITS, *ABOVE_ALL])
def test_all_are_logged_without_a_limit_that_matters(vm: VM, num: int | None) -> None:
    arguments = [] if num is None else [f"num={num}"]
    assert load(vm, "insmod", walker(vm), *arguments).is_of_all()


@pytest.mark.parametrize("num", BELOW_ALL)
def test_as_many_are_logged_as_num_says_lowest_pids_first(vm: VM, num: int) -> None:
    loaded = load(vm, "insmod", walker(vm), f"num={num}")
    assert loaded.pids == loaded.lived[:num]
    assert len(loaded.pids) == num


def test_modprobe_takes_num_from_its_configuration(vm: VM) -> None:
    loaded = load(vm, "modprobe", "walker_mod")
    assert loaded.pids == loaded.lived[:BY_MODPROBE]


def test_the_command_line_wins_over_the_configuration(vm: VM) -> None:
    assert len(load(vm, "modprobe", "walker_mod", "num=4").pids) == 4
    assert load(vm, "modprobe", "walker_mod", "num=0").is_of_all()


def test_sysfs_shows_num_to_all_and_lets_none_change_it(vm: VM) -> None:
    vm.run("modprobe", "core_mod", check=True)
    found = {}
    for words in SHOWN:
        vm.run("insmod", walker(vm), *words.split(), check=True)
        found[words] = vm.sh(f"echo 5 2> /dev/null > {PARAMETER} && echo written;"
                             f"cat {PARAMETER}; stat -c %a {PARAMETER}").split()
        vm.run("rmmod", "walker_mod", check=True)
    vm.run("rmmod", "core_mod", check=True)
    assert found == {words: [value, "444"] for words, value in SHOWN.items()}


def test_what_is_no_number_is_refused_and_leaves_nothing(vm: VM) -> None:
    """By the kernel itself, before the module runs: nothing is logged of any process."""
    vm.run("modprobe", "core_mod", check=True)
    mark = vm.log_end()
    answers = {words: vm.call("finit_module", walker(vm), "0", words) for words in REFUSED}
    there = set(loaded.modules(vm))
    left = vm.run("sh", "-c", "ls -d /proc/taskmods/* /sys/module/walker_mod").out
    records = [taskfiles.log_text(record) for record in vm.log(mark)]
    vm.run("modprobe", "-r", "core_mod", check=True)
    assert answers == REFUSED
    assert there == {"core_mod"} and left == ""
    assert [text for text in records if "pid=" in text] == []


def test_the_file_does_not_depend_on_num(vm: VM) -> None:
    vm.run("modprobe", "core_mod", check=True)
    vm.run("insmod", walker(vm), "num=1", check=True)
    before = kernelstat.read_stats(vm)
    listed = taskfiles.read_tasks(vm)
    lived = kernelstat.lived_through(before, kernelstat.read_stats(vm))
    vm.run("modprobe", "-r", "walker_mod", check=True)
    assert set(lived) <= set(listed) and len(lived) > 1


def test_thousands_are_logged_without_a_stall(vm: VM) -> None:
    """What the kernel would say of a stall fails the test, as anything else it complains of."""
    with holders.crowd(vm, MANY) as tasks:
        mark = vm.log_end()
        vm.run("modprobe", "walker_mod", "num=0", check=True)
        records = vm.log(mark)
        vm.run("modprobe", "-r", "walker_mod", check=True)
    logged = {line.pid: line for line in taskfiles.logged_tasks(records)}
    assert len(set(tasks.pids)) == MANY
    assert [(logged[pid].name, logged[pid].parent) for pid in tasks.pids if pid in logged] == [
        (b"crowd", b"crowd")] * MANY


def test_a_load_that_writes_many_lines_can_be_killed(vm: VM) -> None:
    """On a console that takes DELAY milliseconds for each; it ends within a second."""
    vm.run("modprobe", "core_mod", check=True)
    vm.sh(f"echo {DELAY} > {PRINTK_DELAY}")
    try:
        mark = vm.log_end()
        loading = vm.start("insmod", walker(vm))
        vm.await_log("walker_mod: pid=", mark)
        writing = vm.log_end()
        killed = vm.qemu.clock()
        loading.kill()
        status = loading.wait().status
        took = vm.qemu.clock() - killed
    finally:
        vm.sh(f"echo 0 > {PRINTK_DELAY}")
    assert status == -signal.SIGKILL
    # To free the module takes the kernel seconds on an emulated riscv64; lines end in any case.
    assert took < 1 or "CONFIG_RISCV" in vm.parts.kernel.options
    assert len(taskfiles.logged_tasks(vm.log(writing))) < 1000 / DELAY
    assert len(taskfiles.logged_tasks(vm.log(mark))) < len(kernelstat.read_stats(vm))
    assert states(vm) == {"core_mod": State(0)}
    assert vm.sh("ls /proc/taskmods") == ""
    vm.run("modprobe", "-r", "core_mod", check=True)
