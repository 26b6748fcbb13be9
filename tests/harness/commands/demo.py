# SPDX-License-Identifier: GPL-2.0
"""make demo: the tour, a table of steps that are typed into a guest's shell and looked at."""

import shutil
import sys
import textwrap

from ..guest.session import Session
from ..guest.vm import VM
from ..host.errors import HarnessError
from ..host.progress import has_colours, is_terminal
from ..observe import taskfiles
from ..observe.expect import Mismatch
from ..rows.play import judge
from ..rows.steps import Cmd
from . import chosen

# What is said, and then typed and judged.
STEPS = (
    ("Three modules are installed for the kernel that runs. None is loaded.",
     Cmd("ls /lib/modules/$(uname -r)/updates/taskmods",
         shows=("core_mod.ko", "report_mod.ko", "walker_mod.ko"))),
    ("depmod reads which symbols each module exports and needs, and writes the result to "
     "modules.dep: which module needs which.",
     Cmd("depmod && grep taskmods /lib/modules/$(uname -r)/modules.dep | sort",
         shows=("core_mod.ko:\n", "report_mod.ko: updates/taskmods/core_mod.ko",
                "walker_mod.ko: updates/taskmods/core_mod.ko"))),
    ("These are the symbols of core_mod that the other two need.",
     Cmd("grep tcore_ /lib/modules/$(uname -r)/modules.symbols",
         shows=("alias symbol:tcore_\\w+ core_mod",))),
    ("report_mod calls nothing in walker_mod. A softdep line in modprobe.d makes modprobe load "
     "walker_mod first.",
     Cmd("cat /etc/modprobe.d/taskmods.conf",
         shows=("softdep report_mod pre: walker_mod", "options walker_mod num=10"))),
    ("This is what modprobe would do for report_mod. (It is a dry run: core_mod does not get "
     "loaded, so it is listed twice, once for each module that needs it.)",
     Cmd("modprobe --dry-run --verbose report_mod",
         shows=("insmod .*/core_mod.ko *\ninsmod .*/walker_mod.ko num=10 *\n"
                "insmod .*/report_mod.ko *\n",))),
    ("Let the kernel record which modules it really loads.",
     Cmd("echo 1 > /sys/kernel/tracing/events/module/module_load/enable")),
    ("Now for real.",
     Cmd("modprobe report_mod")),
    ("The kernel recorded this: core_mod first, then the modules that need it.",
     Cmd("grep -o 'module_load: [a-z_]*' /sys/kernel/tracing/trace",
         shows=("module_load: core_mod\nmodule_load: walker_mod\nmodule_load: report_mod",))),
    ("lsmod shows which module is used by which: core_mod is used by two.",
     Cmd("lsmod",
         shows=("report_mod +\\d+ +0", "walker_mod +\\d+ +0",
                "core_mod +\\d+ +2 +(walker_mod,report_mod|report_mod,walker_mod)"))),
    ("walker_mod lists every process: pid, parent's pid, state, name, parent's name.",
     Cmd("head -n 5 /proc/taskmods/tasks",
         shows=(f"{taskfiles.TASKS_HEADER}\n1\t0\t[RS]\tagent\tswapper/0",))),
    ("report_mod counts the processes and threads in each state.",
     Cmd("cat /proc/taskmods/report",
         shows=("STATE +PROCESSES +THREADS", "TASK_RUNNING +[1-9]", "TOTAL +[1-9]"))),
    ("Both wrote to the kernel log when they were loaded. The parameter num=10 limited walker_mod "
     "to ten lines.",
     Cmd("dmesg | grep -E 'walker_mod:|report_mod:'",
         shows=("walker_mod: pid=1 comm=agent state=[RS] parent=swapper/0", "report_mod: TOTAL"))),
    ("core_mod cannot be unloaded while others use it. The kernel refuses, and rmmod says why.",
     Cmd("rmmod core_mod", 1,
         shows=("Module core_mod is in use by: (walker_mod report_mod|report_mod walker_mod)",))),
    ("An open file also keeps a module in use. This shell now opens walker_mod's file.",
     Cmd("exec 3< /proc/taskmods/tasks")),
    ("lsmod counts it (1), but shows no name: no module uses walker_mod.",
     Cmd("lsmod", shows=("walker_mod +\\d+ +1 *\n",))),
    ("So walker_mod cannot be unloaded.",
     Cmd("rmmod walker_mod", 1, shows=("Module walker_mod is in use",))),
    ("Close the file.",
     Cmd("exec 3<&-")),
    ("Now unload them, in the opposite order: report_mod first.",
     Cmd("rmmod report_mod")),
    ("core_mod is now used by walker_mod only.",
     Cmd("lsmod", shows=("core_mod +\\d+ +1 +walker_mod",), hides="report_mod")),
    ("Then walker_mod.",
     Cmd("rmmod walker_mod")),
    ("Now nothing uses core_mod.",
     Cmd("lsmod", shows=("core_mod +\\d+ +0 *\n",), hides="walker_mod")),
    ("So core_mod can be unloaded, too.",
     Cmd("rmmod core_mod")),
    ("Nothing is left.",
     Cmd("lsmod; ls /proc/taskmods", 1,
         shows=("Module +Size +Used by\n", "No such file or directory"), hides="_mod")),
    ("insmod loads one file and nothing else. Without core_mod, report_mod cannot be loaded: the "
     "functions that it calls are missing.",
     Cmd("insmod /lib/modules/$(uname -r)/updates/taskmods/report_mod.ko", 1,
         shows=("Unknown symbol in module",))),
    ("The kernel log names each missing symbol; err -2 is ENOENT, \"no such file or entry\".",
     Cmd("dmesg | grep 'Unknown symbol'",
         shows=("report_mod: Unknown symbol tcore_\\w+ \\(err -2\\)",))),
)


class _Style:
    """How it looks: colour on a terminal, plain elsewhere."""

    def __init__(self) -> None:
        terminal = is_terminal(sys.stdout)
        # Some terminals, serial ones among them, do not know their size.
        self.width = min(100, shutil.get_terminal_size().columns or 100) if terminal else 100
        self.words, self.typed, self.good, self.bad, self.end = (
            ("\033[36m", "\033[1m", "\033[32m", "\033[33m", "\033[0m")
            if has_colours(sys.stdout) else ("",) * 5)


def main() -> int:
    """Boot a guest and take the tour; return 0 once every step did what it says.

    Raises HarnessError at the first step that did not.
    """
    parts = chosen.parts(fixtures=False)
    style = _Style()
    print(f"Booting Linux {parts.kernel.release} in a VM (QEMU, {parts.accelerator}) ...",
          flush=True)
    with VM(parts) as guest:
        print(f"It is up after {guest.boot_seconds:.1f} s. What follows is typed in there.")
        shell = Session(guest)
        for number, (words, step) in enumerate(STEPS, start=1):
            print("\n" + style.words + textwrap.fill(words, style.width) + style.end)
            _take(shell, number, step, style)
    print(f"\n{style.good}All {len(STEPS)} steps did what they say.{style.end} "
          "Try it yourself: make shell")
    return 0


def _take(shell: Session, number: int, step: Cmd, style: _Style) -> None:
    print(f"{style.typed}# {step.command}{style.end}", flush=True)
    out, status = shell.type(step.command, step.timeout)
    print(out, end="")
    colour = style.good if status == 0 else style.bad
    print(f"{colour}[exit status {status}]{style.end}", flush=True)
    try:
        judge(step, out, status)
    except Mismatch as wrong:
        raise HarnessError(f"step {number} of the tour did not do what it says: {wrong}"
                           ) from wrong
