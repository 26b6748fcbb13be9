# SPDX-License-Identifier: GPL-2.0
"""The exercise as one writes it first (examples/list_tasks): what it does, and its six faults.

In each row the plain module shows the fault, and then walker_mod does the same.
"""

from harness.rows.row import Guest, Row
from harness.rows.steps import Await, Cmd, Host, Loaded, Note, Send, Step

from .common import FIXTURES

SOURCES = ("examples/list_tasks",)
# How many processes there are besides a guest's own: their lines take 7 s at 115,200 baud.
MANY = 1500
BUILT: tuple[Step, ...] = (
    Host("make -C list_tasks", shows=("LD \\[M\\] .*list_tasks.ko",)),
    Send(("list_tasks/list_tasks.ko",)))
CROWD: tuple[Step, ...] = (
    Note(f"{MANY} processes that sleep, by the test bench's program crowd, and a console that is "
         "as slow as a serial line of 115,200 baud: an emulated one takes no time."),
    Cmd(f"coproc crowd {MANY}; while read -ru ${{COPROC[0]}} line && [ \"$line\" != ready ]; "
        "do :; done"),
    Cmd(f"insmod {FIXTURES}/slow_console.ko"))
DISPERSED = Cmd("rmmod slow_console; exec {COPROC[1]}>&-; wait $COPROC_PID")
STALL = "rcu: INFO: rcu_\\w+ (self-)?detected stall"
# On an emulated processor that is busy these lines may take longer than Debian's 21 s.
NO_STALL = Cmd("echo 300 > /sys/module/rcupdate/parameters/rcu_cpu_stall_timeout")
LAST_LINE = r"^list_tasks: \d+ in state I$"
WRITTEN = "dmesg | grep -c 'walker_mod: .* comm=crowd '"
SUITE_GONE = Cmd("modprobe -r walker_mod")
# A program that is stopped keeps a processor busy: not the one that serves interrupts.
ASIDE = "taskset 2"
# A parent that has nothing to do but to wait for its child.
FAMILY = Cmd("{ printf mother > /proc/$BASHPID/comm; sleep 1000; true; } & mother=$!; disown; "
             "until read -r child < /proc/$mother/task/$mother/children; "
             "grep -qsx sleep /proc/$child/comm; do :; done")

LOG = (
    Row("list-tasks", "The exercise: every process in the log, and how many are in each state",
        "A module's init function can walk the list of all processes. This module is as short as "
        "a first solution: num limits the lines, and the counts are of all processes. The six "
        "behaviours after this one show what is wrong with it.",
        (*BUILT,
         Cmd("insmod list_tasks.ko num=2",
             log=(r"^list_tasks: agent pid=1 state=S parent=swapper/0$",
                  r"^list_tasks: kthreadd pid=2 state=S parent=swapper/0$",
                  r"^list_tasks: [1-9]\d* in state R$", r"^list_tasks: [1-9]\d* in state S$",
                  r"^list_tasks: \d+ in state I$")),
         Cmd("dmesg | grep -c 'list_tasks: .* pid='", shows=("^2$",)),
         Cmd("rmmod list_tasks"),
         Loaded()),
        order="+list_tasks -list_tasks", sources=SOURCES),
    Row("list-tasks-rcu", "RCU is held while a console prints thousands of lines",
        "While a program is in an RCU read-side section, the kernel cannot free what others have "
        "given up. The plain module stays in one until the console has printed all of its lines. "
        "Whatever waits for RCU, here rmmod of another module, waits that long, and the kernel "
        "reports a stall. walker_mod copies a few tasks at a time, and leaves RCU before it prints "
        f"them. Here a stall is 3 s instead of Debian's 21 s, so that {MANY} processes are enough.",
        (*BUILT, *CROWD,
         Cmd("echo 3 > /sys/module/rcupdate/parameters/rcu_cpu_stall_timeout"),
         Cmd(f"insmod {FIXTURES}/bare.ko; insmod list_tasks.ko &"),
         Await("list_tasks: crowd "),
         Cmd("rmmod bare", log=(STALL, LAST_LINE)),
         Cmd("wait $!; rmmod list_tasks"),
         Note("walker_mod, with the same processes and the same console: rmmod is done before all "
              "is written."),
         Cmd(f"insmod {FIXTURES}/bare.ko; dmesg -c > /dev/null; modprobe walker_mod num=0 &"),
         Await("walker_mod: .* comm=crowd "),
         Cmd(f"rmmod bare; [ $({WRITTEN}) -lt {MANY} ]"),
         Cmd("wait $!"),
         Cmd(WRITTEN, shows=(f"^{MANY + 1}$",)),
         Cmd("dmesg | grep -c 'detected stall'", 1, says="0"),
         SUITE_GONE, DISPERSED,
         Loaded()),
        order="+slow_console +bare +list_tasks -bare -list_tasks +bare +core_mod +walker_mod -bare "
        "-walker_mod -core_mod -slow_console", sources=SOURCES,
        needs=("!CONFIG_PREEMPT_RT", "console"), guest=Guest(trouble=True)),
    Row("list-tasks-forged", "A process name with a newline forges a line in the log",
        "The name of a process may have any byte but NUL, newlines too. In the log the part after "
        "a newline looks like a line of its own, with a time before it. walker_mod writes every "
        "byte of a name that is not a plain character as a backslash and three octal digits.",
        (*BUILT,
         Note("The name of a process is the name of its program's file."),
         Cmd("file=$'./\\nusb 1-1: gone\\n'; printf '#!/bin/sh\\nsleep 1000; true\\n' > \"$file\"; "
             "chmod +x \"$file\""),
         Cmd("\"$file\" & until grep -q gone /proc/$!/comm; do :; done"),
         Cmd("insmod list_tasks.ko"),
         Cmd("dmesg | grep -C 1 usb",
             shows=(r"^\[ *\d+\.\d+\] list_tasks: \n\[ *\d+\.\d+\] usb 1-1: gone\n"
                    r"\[ *\d+\.\d+\]  pid=\d+ state=S parent=bash$",)),
         Cmd("dmesg -c > /dev/null; modprobe walker_mod num=0"),
         Cmd("dmesg | grep usb",
             shows=(r"\A\[ *\d+\.\d+\] walker_mod: pid=\d+ comm=\\012usb\\0401-1:\\040gone\\012 "
                    r"state=S parent=bash\n\[.*\\012usb.*\n\Z",)),
         Cmd("rmmod list_tasks"), SUITE_GONE,
         Loaded()),
        order="+list_tasks +core_mod +walker_mod -list_tasks -walker_mod -core_mod",
        sources=SOURCES),
    Row("list-tasks-killed", "A load that SIGKILL does not end",
        "A process that is inside the kernel does not die before it comes back from there. The "
        "plain module's init does not check for signals, so it writes all of its lines; then the "
        "module is loaded, although insmod was killed. walker_mod checks before each line, undoes "
        "what it has done, and is not loaded.",
        (*BUILT, *CROWD, NO_STALL,
         Cmd("insmod list_tasks.ko &"),
         Await("list_tasks: crowd "),
         Cmd("kill -KILL $!; dmesg | grep -c 'list_tasks: .* in state'", 1, says="0"),
         Cmd("wait $!", 137),
         Cmd("dmesg | grep -c 'list_tasks: crowd '", shows=(f"^{MANY + 1}$",)),
         Loaded("list_tasks 0", "slow_console 0"),
         Cmd("rmmod list_tasks; modprobe core_mod"),
         Note("walker_mod:"),
         Cmd("modprobe walker_mod num=0 &"),
         Await("walker_mod: .* comm=crowd "),
         Cmd("kill -KILL $!; wait $!", 137),
         Cmd(f"[ $({WRITTEN}) -lt {MANY} ]"),
         Loaded("core_mod 0", "slow_console 0"),
         Cmd("rmmod core_mod"), DISPERSED,
         Loaded()),
        order="+slow_console +list_tasks -list_tasks +core_mod +walker_mod -walker_mod -core_mod "
        "-slow_console", sources=SOURCES, needs=("!CONFIG_PREEMPT_RT", "console"), guest=Guest()),
)

TASKS = (
    Row("list-tasks-half-name", "A name that is read half old, half new",
        "Up to Linux 6.13 the name of a process is changed under task_lock(), and a reader "
        "without that lock may get the beginning of one name and the end of another. This is "
        "rare, so the test module half_name makes it happen: it changes a name as the kernel "
        "does, and stops half-way. walker_mod takes the lock, and waits. From Linux 6.14 on "
        "nothing locks a name, and every reader may see such a name, the kernel's own "
        "/proc/PID/comm too.",
        (*BUILT,
         Note("The holder of that lock keeps a processor busy, so all else runs on the other one."),
         Cmd("taskset -p 1 1; taskset -p 1 $$", shows=("new affinity mask: 1$",) * 2),
         Cmd("{ printf nginx-worker > /proc/$BASHPID/comm; sleep 1000; true; } & pid=$!; "
             "until grep -q nginx /proc/$pid/comm; do :; done"),
         Cmd(f"{ASIDE} insmod {FIXTURES}/half_name.ko pid=$pid name=backup-agent &",
             when="linux < 6.14"),
         Cmd(f"{ASIDE} insmod {FIXTURES}/half_name.ko pid=$pid name=backup-agent lock=0 &",
             when="linux >= 6.14"),
         Await("half_name: \\d+ is half called backup-agent"),
         Cmd("insmod list_tasks.ko"),
         Cmd("cat /proc/$pid/comm", says="backup-arker", when="linux >= 6.14"),
         Cmd("echo 1 > /sys/module/half_name/parameters/go; wait $!"),
         Cmd("dmesg | grep \"list_tasks: .* pid=$pid \"",
             shows=(r" list_tasks: backup-arker pid=\d+ state=S parent=bash$",)),
         Cmd("rmmod half_name list_tasks"),
         Cmd("modprobe walker_mod", when="linux < 6.14"),
         Cmd(f"{ASIDE} insmod {FIXTURES}/half_name.ko pid=$pid name=nginx-worker &",
             when="linux < 6.14"),
         Await("half_name: \\d+ is half called nginx-worker", when="linux < 6.14"),
         Cmd("grep ^$pid /proc/taskmods/tasks | cut -f-5", when="linux < 6.14",
             shows=(r"\A\d+\t\d+\tS\tnginx-worker\tbash\n\Z",)),
         Cmd("wait $!; rmmod half_name", when="linux < 6.14"),
         Cmd("modprobe -r walker_mod", when="linux < 6.14"),
         Loaded()),
        order=None, sources=SOURCES, guest=Guest()),
    Row("list-tasks-reaped", "The name of a parent that has ended is still shown",
        "RCU keeps the task_struct of a process that has ended in memory, so reading it does no "
        "harm; but what it says is out of date. Between reading real_parent and using it, the "
        "parent may exit and be reaped, and its children get another parent. The test module "
        "hold_at makes this happen: it stops the reader until the parent is reaped. walker_mod "
        "notices that the parent has no pid any more, and looks again.",
        (*BUILT,
         Note("Who looks keeps a processor busy, so all else runs on the other one."),
         Cmd("taskset -p 1 1; taskset -p 1 $$", shows=("new affinity mask: 1$",) * 2),
         FAMILY,
         Note("The plain module is stopped where it calls printk(); the fourth value is the "
              "address of the parent's name."),
         *(Cmd(f"insmod {FIXTURES}/hold_at.ko who=insmod at={printk} argument={number} "
               "parent=$mother", when=f"{when} and {size}")
           for printk, when in (("_printk", "linux >= 5.15"), ("printk", "linux < 5.15"))
           # Where all values are on the stack, those that would be in registers are skipped.
           for number, size in ((4, "CONFIG_64BIT"), (7, "!CONFIG_64BIT"))),
         Cmd("{ read -r < /sys/module/hold_at/parameters/held; kill -KILL $mother; } &"),
         Cmd(f"{ASIDE} insmod list_tasks.ko",
             log=(r"^hold_at: held insmod until \d+ was reaped$",
                  r"^list_tasks: sleep pid=\d+ state=S parent=mother$")),
         Cmd("grep PPid /proc/$child/status", says="1"),
         Cmd("kill $child; rmmod list_tasks hold_at"),
         FAMILY,
         Note("walker_mod is stopped where it asks for the parent's pid."),
         Cmd("modprobe walker_mod"),
         Cmd(f"insmod {FIXTURES}/hold_at.ko who=grep at=__task_pid_nr_ns parent=$mother"),
         Cmd("{ read -r < /sys/module/hold_at/parameters/held; kill -KILL $mother; } &"),
         Cmd(f"{ASIDE} grep ^$child /proc/taskmods/tasks | cut -f-5",
             shows=(r"\A\d+\t1\tS\tsleep\tagent\n\Z",),
             log=(r"^hold_at: held grep until \d+ was reaped$",)),
         Cmd("rmmod hold_at"), SUITE_GONE,
         Loaded()),
        order="+hold_at +list_tasks -list_tasks -hold_at +core_mod +walker_mod +hold_at -hold_at "
        "-walker_mod -core_mod", needs=("CONFIG_KPROBES",), sources=SOURCES),
    Row("list-tasks-namespace", "In a pid namespace it shows all processes, by wrong numbers",
        "In a pid namespace of its own a process has another number, and sees no process outside. "
        "The plain module shows it all processes, by the numbers of the initial namespace. "
        "walker_mod's file shows the same processes, by the same numbers, as the /proc that it is "
        "read from.",
        (*BUILT,
         Cmd("unshare -p -f --mount-proc sh -c 'echo I am $$; insmod list_tasks.ko; "
             "dmesg | grep -E \"list_tasks: (sh|agent) \"'",
             shows=(r"\AI am 1\n", r"list_tasks: agent pid=1 state=S parent=swapper/0$",
                    r"list_tasks: sh pid=(?!1 )\d+ state=S parent=unshare$")),
         Cmd("rmmod list_tasks; modprobe walker_mod"),
         Cmd("unshare -p -f --mount-proc sh -c 'cut -f-5 /proc/taskmods/tasks; true'",
             shows=(r"\APID\tPPID\tSTATE\tCOMM\tPARENT\n1\t0\t[RS]\tsh\t-\n2\t1\tR\tcut\tsh\n\Z",)),
         SUITE_GONE,
         Loaded()),
        order="+list_tasks -list_tasks +core_mod +walker_mod -walker_mod -core_mod",
        sources=SOURCES),
)
ROWS = LOG + TASKS
