# SPDX-License-Identifier: GPL-2.0
"""Loads where memory runs out, down to the kernel's OOM killer: each works, or fails as a whole.

That is beside a process that takes all memory until it is killed, again and again.
"""

from collections import Counter
from dataclasses import dataclass

from ..guest.vm import VM
from ..host.errors import GuestError
from ..kernels.kernel import Kernel
from ..observe import health
from .memory import kernel_kb

# Little memory is soon taken. It is all the guest's; its root is a part of it. Large pages are
# soon used up.
_MEMORY, _LARGE_PAGES = "256M", "512M"
# What fails or is killed for lack of memory, as a shell's status tells it.
WORKED, KILLED, FAILED = "worked", "killed", "no memory"
# Whatever else runs is never killed; and a program may ask for more than there is.
_SET = ("for pid in /proc/[0-9]*; do echo -1000 > $pid/oom_score_adj || true; done;"
        " echo 1 > /proc/sys/vm/overcommit_memory")
_VICTIM = "echo 1000 > /proc/self/oom_score_adj; exec"
_TIMEOUT = 60.0
# The OOM killer comes within some loads. After so many for each kill it is not waited for any more.
_LOADS_A_KILL = 200
_END = "/tmp/pressure.end"
# More than there is, and as much as a program of 32 bits can ask for, too.
_EATER = (f"until [ -e {_END} ]; do ({_VICTIM} dd if=/dev/zero of=/dev/null bs=1G count=1);"
          " done > /dev/null 2>&1")
_LOAD = f"{_VICTIM} modprobe report_mod"
# In the order in which they can be; each that is there must be whole.
_UNLOAD = """\
if grep -v ' Live ' /proc/modules >&2; then exit 1; fi
for name in report_mod walker_mod core_mod; do
    if grep -q "^$name " /proc/modules; then rmmod $name; fi
done
if grep . /proc/modules >&2; then exit 1; fi
"""


@dataclass
class Pressure:
    """How often a load ended in which way, how often the OOM killer came, and growth in KB."""

    ends: Counter[str]
    kills: int
    grown: int


class _Guest:
    """A guest whose memory is to run out."""

    def __init__(self, guest: VM) -> None:
        self.vm = guest
        guest.sh(f"depmod; {_SET}")
        # What the first load fills, stays.
        guest.sh("modprobe report_mod; modprobe -r report_mod walker_mod")
        self._before, self._mark = health.look(guest), guest.log_end()
        self._kb = kernel_kb(guest)
        self._kills = self._count()
        self.ends: Counter[str] = Counter()

    def _count(self) -> int:
        return int(self.vm.sh("awk '$1 == \"oom_kill\" { print $2 }' /proc/vmstat"))

    @property
    def kills(self) -> int:
        """How often the OOM killer has come."""
        return self._count() - self._kills

    def load(self) -> None:
        """Try a load; it works, or it fails for lack of memory."""
        result = self.vm.run("sh", "-c", _LOAD, timeout=_TIMEOUT)
        if not result.status:
            self.ends[WORKED] += 1
        elif result.status == -9:
            self.ends[KILLED] += 1
        elif "Cannot allocate memory" in result.err:
            self.ends[FAILED] += 1
        else:
            raise GuestError(f"modprobe, without memory: status {result.status}: {result.err}"
                             f"\n{self.vm.qemu.tail()}")

    def unload(self) -> None:
        """Unload what is there, each of which must be whole."""
        self.vm.sh(_UNLOAD, _TIMEOUT)

    def result(self) -> Pressure:
        """See that a load works again and nothing is left; return what was counted."""
        self.vm.sh("modprobe report_mod; cat /proc/taskmods/* > /dev/null", _TIMEOUT)
        self.unload()
        left = health.problems(self.vm, self._mark, self._before)
        if left:
            raise GuestError("after memory ran out: " + "\n".join(left))
        return Pressure(self.ends, self.kills, kernel_kb(self.vm) - self._kb)


def memory(kernel: Kernel) -> str:
    """Return how much memory a guest has that is to run out of it."""
    return _LARGE_PAGES if "CONFIG_PAGE_SIZE_64KB" in kernel.options else _MEMORY


def beside_an_eater(guest: VM, loads: int, kills: int) -> Pressure:
    """Load and unload until it was done so often, and the OOM killer came so often.

    Raises GuestError where one ends in another way than it may, or something is left;
    HarnessError where what was loaded cannot be unloaded.
    """
    pressed = _Guest(guest)
    guest.sh(f"rm -f {_END}")
    eater = guest.start("sh", "-c", _EATER)
    while pressed.ends.total() < loads or pressed.kills < kills:
        pressed.load()
        pressed.unload()
        if pressed.ends.total() > loads + kills * _LOADS_A_KILL:
            raise GuestError(f"the OOM killer came {pressed.kills} times beside "
                             f"{pressed.ends.total()} loads, and must come {kills} times")
    guest.sh(f"touch {_END}")
    eater.wait(_TIMEOUT)
    guest.sh(f"rm {_END}")
    return pressed.result()
