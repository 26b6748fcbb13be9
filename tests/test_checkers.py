# SPDX-License-Identifier: GPL-2.0
"""Each of the kernel's checkers sees the mistake that it is there for: so its silence counts."""

import re

import pytest

from harness.guest.places import FIXTURES_DIR
from harness.guest.vm import VM
from harness.observe import health
from harness.plugin import Boot

# The function is another where the compiler has made one of two.
HERE = r"in \w+\S* \[mistakes\]"
# What the module is told to do wrong, the option that makes the kernel look, what it says.
MISTAKES = (
    ("use_after_free", "KASAN", f"BUG: KASAN: (slab-)?use-after-free {HERE}"),
    ("double_free", "KASAN", "BUG: KASAN: (invalid-free|double-free) in"),
    ("slab_out_of_bounds", "KASAN", f"BUG: KASAN: slab-out-of-bounds {HERE}"),
    ("vmalloc_out_of_bounds", "KASAN_VMALLOC", f"BUG: KASAN: vmalloc-out-of-bounds {HERE}"),
    ("stack_out_of_bounds", "KASAN", f"BUG: KASAN: stack-out-of-bounds {HERE}"),
    ("global_out_of_bounds", "KASAN", f"BUG: KASAN: global-out-of-bounds {HERE}"),
    # A BUG() of riscv ends the kernel: Linux takes it there as what interrupts all else.
    ("list_twice", "DEBUG_LIST and !CONFIG_RISCV", "list_del corruption"),
    ("sleep_in_atomic", "DEBUG_ATOMIC_SLEEP", "BUG: sleeping function called from invalid context"),
    ("sleep_in_rcu", "DEBUG_ATOMIC_SLEEP", "BUG: sleeping function called from invalid context"),
    ("unstable_cpu", "DEBUG_PREEMPT", r"BUG: using smp_processor_id\(\) in preemptible"),
    ("lock_order", "PROVE_LOCKING", "WARNING: possible circular locking dependency detected"),
    ("lock_in_irq", "PROVE_LOCKING", "WARNING: inconsistent lock state"),
    ("lock_kept", "PROVE_LOCKING", "WARNING: lock held when returning to user space!"),
    ("rcu_unlocked", "PROVE_RCU", "WARNING: suspicious RCU usage"),
    ("free_timer", "DEBUG_OBJECTS_FREE and CONFIG_DEBUG_OBJECTS_TIMERS",
     "ODEBUG: free active .* object type: timer_list"),
    ("call_rcu_twice", "DEBUG_OBJECTS_RCU_HEAD", "ODEBUG: activate active .* type: rcu_head"),
    ("hang", "DETECT_HUNG_TASK", "task insmod:.* blocked for more than"),
    ("race_plain", "KCSAN", rf"BUG: KCSAN: data-race {HERE} / \w+\S* \[mistakes\]"),
)
# What is no race to it: both accesses marked, or one of them in data_race().
NO_RACES = ("race_marked", "race_excused")


@pytest.mark.parametrize("mistake, says", [
    pytest.param(mistake, says, id=mistake, marks=pytest.mark.needs(f"CONFIG_{option}"))
    for mistake, option, says in MISTAKES])
def test_a_mistake_is_reported(boot: Boot, mistake: str, says: str) -> None:
    """In a guest of its own, that goes on: some checkers see but the first mistake."""
    vm = boot()
    vm.sh("cd /proc/sys/kernel; echo 0 > panic_on_oops; echo 0 > panic_on_warn; "
          "echo 1 > hung_task_timeout_secs")
    since = vm.log_end()
    vm.start("insmod", f"{FIXTURES_DIR}/mistakes.ko", f"mistake={mistake}")
    vm.await_log(says, since)
    assert any(re.search(says, told) for told in health.trouble(vm, since))


@pytest.mark.needs("CONFIG_KCSAN")
@pytest.mark.parametrize("pair", NO_RACES)
def test_a_race_that_is_marked_is_none(vm: VM, pair: str) -> None:
    """The same two tasks as for the one that is reported, as long: so a mark is what silences."""
    vm.run("insmod", f"{FIXTURES_DIR}/mistakes.ko", f"mistake={pair}", check=True)
    vm.run("rmmod", "mistakes", check=True)
