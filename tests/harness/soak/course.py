# SPDX-License-Identifier: GPL-2.0
"""What a soak consists of, as data: who makes tasks, who reads, how modules come and go."""

import re

from ..guest.places import FIXTURES_DIR
from ..observe import holders, taskfiles

# Memory is compared from the first round's end to the last one's, so there are two at least.
ROUND_SECONDS = 60.0
LOOK_SECONDS = 10.0
# Some kernels are ten times as slow as others.
TIMEOUT = 120.0

# stress-ng's stressors and their options: with few tasks each, for there are few CPUs and little
# memory. A version that lacks one goes without.
STRESSORS = {
    "fork": ("--fork", "2", "--fork-max", "8"),
    "vfork": ("--vfork", "1", "--vfork-max", "8"),
    "clone": ("--clone", "1", "--clone-max", "32"),
    "zombie": ("--zombie", "1", "--zombie-max", "64"),
    "pthread": ("--pthread", "1", "--pthread-max", "32"),
    "prctl": ("--prctl", "1"),
    "exit-group": ("--exit-group", "1"),
    "session": ("--session", "1"),
    "daemon": ("--daemon", "1"),
    "ptrace": ("--ptrace", "1"),
    "wait": ("--wait", "1"),
}
# Those that a processor ends by SIGILL, with the feature in /proc/cpuinfo. A child goes on from
# vfork() by a branch, in glibc 2.41: bti lets that only land where the compiler has marked it, and
# stress-ng calls vfork() by a pointer, whose use the compiler does not know.
WITHOUT = {"vfork": "bti"}
# What makes processes comes after what looks at them. Few pids are soon used again.
NICE = ("sh", "-c", 'renice -n 10 $$ && exec "$@"', "sh")
PID_MAX = 4096

_TASKS, _THREADS = (",".join(columns) for columns in (taskfiles.TASKS_COLUMNS,
                                                      taskfiles.THREADS_COLUMNS))
# Their commands, which end with their standard input. Processes 1 and 2 live on, and so does the
# reader.
IN_NAMESPACE = (*holders.OWN_NAMESPACE, "sh", "-c",
                "sh -c 'renice -n 10 $$; sleep 999999 | churn 1' > /dev/null & exec proofread $*",
                "sh")
READERS = {
    "tasks": ("proofread", _TASKS, taskfiles.TASKS, "1", "2", "self"),
    "threads": ("proofread", _THREADS, taskfiles.THREADS, "1", "2", "self"),
    "report": ("proofread", "report", taskfiles.REPORT, "1", "2", "self"),
    "tasks in a pid namespace": (*IN_NAMESPACE, _TASKS, taskfiles.TASKS, "self"),
    "report in a pid namespace": (*IN_NAMESPACE, "report", taskfiles.REPORT, "self"),
}
# As often as it can: a pid namespace, one reading in it, and its end.
NAMESPACES = "pid namespaces, one reading in each"
END = "/tmp/soak.end"
NAMESPACES_SCRIPT = (f"until [ -e {END} ]; do {' '.join(holders.OWN_NAMESPACE)}"
                     f" proofread {_TASKS} {taskfiles.TASKS} self < /dev/null || exit; done")
# Stops in the middle of the file, and goes on when it is told.
HELD = "a reading that unloading was tried in"
HELD_MODULE = "walker_mod"
PART = "/tmp/soak.part"
HELD_SCRIPT = (f"exec 3< {taskfiles.TASKS}; dd bs=100 count=1 <&3 > {PART} 2> /dev/null; echo held;"
               f" read line; cat <&3 >> {PART}; exec 3<&-; exec proofread {_TASKS} {PART} 1 2")
CHURN = "stress-ng"

IN_USE = re.compile(r"is in use|Resource temporarily unavailable")
LEFT = "cut -d' ' -f1 /proc/modules; ls -d /proc/taskmods 2> /dev/null; true"
# Twice: what is freed after a grace period may give more to free to the next one. That may take
# riscv64 minutes, two seconds for each module; then it is no sign of a fault that insmod waits.
_PATIENT = "/proc/sys/kernel/hung_task_timeout_secs"
SETTLE = " ".join((f"hung=$(cat {_PATIENT}); echo 0 > {_PATIENT};",
                   *2 * [f"echo 3 > /proc/sys/vm/drop_caches; insmod {FIXTURES_DIR}/rcu_settle.ko; "
                         "rmmod rcu_settle;"], f"echo $hung > {_PATIENT}"))
# What a leak of ours would be in, of /proc/meminfo. Free memory says less: the page allocator keeps
# more or less of it aside for each CPU. The two differ by a tenth of this from round to round.
MEMORY = ("SUnreclaim:", "VmallocUsed:")
# By how much more of it may be in use after the last round than after the first.
MEMORY_KB = 2048
