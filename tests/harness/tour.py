# SPDX-License-Identifier: GPL-2.0
"""make demo: the tour, a table of steps that are typed into a guest's shell and looked at."""

import os
import re
import shutil
import sys
import textwrap
from dataclasses import dataclass

from . import vm
from .errors import HarnessError
from .progress import is_terminal
from .session import Session


@dataclass(frozen=True)
class Step:
    """What is said, what is typed, and what must come of it.

    `shows` are regular expressions that the output must hold, `hides` one that it must not hold.
    """

    words: str
    command: str
    status: int = 0
    shows: tuple[str, ...] = ()
    hides: str = ""


STEPS = (
    Step("Three modules are installed for the kernel that runs. None is loaded.",
         "ls /lib/modules/$(uname -r)/updates/taskmods",
         shows=("core_mod.ko", "report_mod.ko", "walker_mod.ko")),
    Step("depmod reads which symbols each module exports and needs, and writes down who needs "
         "whom.",
         "depmod && grep taskmods /lib/modules/$(uname -r)/modules.dep",
         shows=("core_mod.ko:\n", "report_mod.ko: updates/taskmods/core_mod.ko",
                "walker_mod.ko: updates/taskmods/core_mod.ko")),
    Step("These are the symbols of core_mod that the other two need.",
         "grep tcore_ /lib/modules/$(uname -r)/modules.symbols",
         shows=("alias symbol:tcore_\\w+ core_mod",)),
    Step("What no symbol says stands in modprobe.d: report_mod wants walker_mod loaded before it.",
         "cat /etc/modprobe.d/taskmods.conf",
         shows=("softdep report_mod pre: walker_mod", "options walker_mod num=10")),
    Step("Asked for report_mod, modprobe would do this. (A dry run leaves core_mod unloaded, so it "
         "comes up for both that need it.)",
         "modprobe --dry-run --verbose report_mod",
         shows=("insmod .*/core_mod.ko *\ninsmod .*/walker_mod.ko num=10 *\n"
                "insmod .*/report_mod.ko *\n",)),
    Step("The kernel shall record what it really loads.",
         "echo 1 > /sys/kernel/tracing/events/module/module_load/enable"),
    Step("Now for real.",
         "modprobe report_mod"),
    Step("So says the kernel itself: the core first, then those that need it.",
         "grep -o 'module_load: [a-z_]*' /sys/kernel/tracing/trace",
         shows=("module_load: core_mod\nmodule_load: walker_mod\nmodule_load: report_mod",)),
    Step("lsmod shows who uses whom: core_mod has two users.",
         "lsmod",
         shows=("report_mod +\\d+ +0", "walker_mod +\\d+ +0",
                "core_mod +\\d+ +2 +(walker_mod,report_mod|report_mod,walker_mod)")),
    Step("walker_mod lists every process: its number, its parent's, its state, both names.",
         "head -n 5 /proc/taskmods/tasks",
         shows=("PID\tPPID\tSTATE\tCOMM\tPARENT\n1\t0\t[RS]\tagent\tswapper/0",)),
    Step("report_mod counts them by state.",
         "cat /proc/taskmods/report",
         shows=("STATE +PROCESSES +THREADS", "TASK_RUNNING +[1-9]", "TOTAL +[1-9]")),
    Step("Both wrote to the kernel log when they were loaded; num=10 kept walker_mod short.",
         "dmesg | grep -E 'walker_mod:|report_mod:'",
         shows=("walker_mod: pid=1 comm=agent state=[RS] parent=swapper/0",
                "report_mod: TOTAL")),
    Step("The core cannot go while others use it. The kernel refuses, and rmmod says why.",
         "rmmod core_mod", status=1,
         shows=("Module core_mod is in use by: (walker_mod report_mod|report_mod walker_mod)",)),
    Step("A reader holds a module too. This shell now has walker_mod's file open,",
         "exec 3< /proc/taskmods/tasks"),
    Step("which lsmod counts, though it has no name for it,",
         "lsmod",
         shows=("walker_mod +\\d+ +1 *\n",)),
    Step("and so walker_mod is not let go.",
         "rmmod walker_mod", status=1,
         shows=("Module walker_mod is in use",)),
    Step("Close it.",
         "exec 3<&-"),
    Step("In the order of loading reversed, each goes without a word: report_mod,",
         "rmmod report_mod"),
    Step("(core_mod has one user left)",
         "lsmod",
         shows=("core_mod +\\d+ +1 +walker_mod",), hides="report_mod"),
    Step("walker_mod,",
         "rmmod walker_mod"),
    Step("(and now none)",
         "lsmod",
         shows=("core_mod +\\d+ +0 *\n",), hides="walker_mod"),
    Step("and the core.",
         "rmmod core_mod"),
    Step("Nothing is left.",
         "lsmod; ls /proc/taskmods", status=1,
         shows=("Module +Size +Used by\n", "No such file or directory"), hides="_mod"),
    Step("insmod loads just the file it is given. report_mod alone lacks what core_mod exports:",
         "insmod /lib/modules/$(uname -r)/updates/taskmods/report_mod.ko", status=1,
         shows=("Unknown symbol in module",)),
    Step("The kernel log names each symbol that is missing; err -2 is \"no such thing\".",
         "dmesg | grep 'Unknown symbol'",
         shows=("report_mod: Unknown symbol tcore_\\w+ \\(err -2\\)",)),
)


class _Style:
    """How it looks: colour on a terminal, plain elsewhere."""

    def __init__(self) -> None:
        terminal = is_terminal(sys.stdout)
        # Some terminals, serial ones among them, do not know their size.
        self.width = min(100, shutil.get_terminal_size().columns or 100) if terminal else 100
        colour = terminal and "NO_COLOR" not in os.environ
        self.words, self.typed, self.good, self.bad, self.end = (
            ("\033[36m", "\033[1m", "\033[32m", "\033[33m", "\033[0m") if colour else ("",) * 5)


def main() -> int:
    """Boot a guest and take the tour; return 0 once every step did what it says.

    Raises HarnessError at the first step that did not.
    """
    parts = vm.parts(fixtures=False)
    style = _Style()
    print(f"Booting Linux {parts.kernel.release} in a VM (QEMU, {parts.accelerator}) ...",
          flush=True)
    with vm.VM(parts) as guest:
        print(f"It is up after {guest.boot_seconds:.1f} s. What follows is typed in there.")
        shell = Session(guest)
        for number, step in enumerate(STEPS, start=1):
            _take(shell, number, step, style)
    print(f"\n{style.good}All {len(STEPS)} steps did what they say.{style.end} "
          "Try it yourself: make shell")
    return 0


def _take(shell: Session, number: int, step: Step, style: _Style) -> None:
    print()
    print(style.words + textwrap.fill(step.words, style.width) + style.end)
    print(f"{style.typed}# {step.command}{style.end}", flush=True)
    out, status = shell.type(step.command, vm.COMMAND_TIMEOUT)
    print(out, end="")
    colour = style.good if status == 0 else style.bad
    print(f"{colour}[exit status {status}]{style.end}", flush=True)
    wrong = _judge(step, out, status)
    if wrong:
        raise HarnessError(f"step {number} of the tour did not do what it says: {wrong}")


def _judge(step: Step, out: str, status: int) -> str:
    """Return what is wrong with what came of a step, or nothing."""
    if status != step.status:
        return f"exit status {status} instead of {step.status}"
    for pattern in step.shows:
        if not re.search(pattern, out):
            return f"its output does not show {pattern!r}"
    if step.hides and re.search(step.hides, out):
        return f"its output shows {step.hides!r}"
    return ""
