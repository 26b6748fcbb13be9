# SPDX-License-Identifier: GPL-2.0
"""What the modules mark as a race is one: without its mark KCSAN reports it."""

import re

import pytest

from harness.guest.recipe import Parts
from harness.guest.vm import VM
from harness.host.paths import TOP
from harness.kernels import build
from harness.observe import races, taskfiles
from harness.plugin import Boot

MOUNT = "/tmp/remounted"
# A race is seen sooner or later.
PATIENCE = 60.0
TASKS, HIDE_PID, GID = "tasks come and go", "hidepid=", "gid="
# Each mark: its file, how it is there, how it would be without; what has to change meanwhile, and
# what KCSAN says then. It does not look at the scheduler, so it does not know who wrote there.
MARKS = (
    ("internal.h", "data_race(task_state_index(task))", "task_state_index(task)",
     TASKS, "read of 4 bytes in tcore_count"),
    ("walk.c", "READ_ONCE(parent->group_leader)", "parent->group_leader",
     TASKS, r"in (begin_new_exec|de_thread)\S* / tcore_walk "),
    ("threads.c", "READ_ONCE(task->sched_info.last_arrival)", "task->sched_info.last_arrival",
     TASKS, r"in tcore_walk_threads\+\S+ \[core_mod\]; read of 8 bytes"),
    ("compat.h", "READ_ONCE(task->on_cpu)", "task->on_cpu",
     TASKS, r"in tcore_walk_threads\+\S+ \[core_mod\]; read of 4 bytes"),
    ("file.c", "READ_ONCE(info->hide_pid)", "info->hide_pid",
     HIDE_PID, r"in file_open \[core_mod\] / proc_"),
    ("file.c", "data_race(in_group_p(info->pid_gid))", "in_group_p(info->pid_gid)",
     GID, r"in file_open \[core_mod\] / proc_"),
)
# Not of this kernel: up to 6.13 a name is read under the lock that it is changed under.
ELSEWHERE = {"data_race(memcpy(name, task->comm, TASK_COMM_LEN))"}


@pytest.mark.host
def test_every_mark_is_known() -> None:
    """And so has been seen to be needed."""
    said = "".join((TOP / name).read_text(encoding="utf-8") for name in
                   build.tree_sources(TOP) if name.suffix in (".c", ".h"))
    marks = {mark for _, mark, *_ in MARKS} | ELSEWHERE
    for mark in marks:
        assert mark in said
        said = said.replace(mark, "")
    without_comments = re.sub(r"(?s)/\*.*?\*/", "", said)
    assert re.findall(r"(?:data_race|READ_ONCE|WRITE_ONCE)\(.*", without_comments) == []


def await_all(vm: VM, since: int, wanted: set[str]) -> None:
    """Wait until each of these has been said in a report of a race of core_mod's."""
    while wanted:
        begun = vm.await_log(r"BUG: KCSAN: .*\[core_mod\]", since, PATIENCE)
        for record in races.judged(races.whole(vm, begun.seq)):
            wanted = {says for says in wanted if not re.search(says, record.text)}
            since = record.seq + 1


@pytest.mark.slow
@pytest.mark.needs("CONFIG_KCSAN")
def test_without_its_mark_each_is_reported(boot: Boot, parts: Parts) -> None:
    built = build.suite(parts.kernel, "unmarked", tuple(mark[:3] for mark in MARKS))
    vm = boot(files={f"{parts.suite_dir}/{path.name}": path.read_bytes()
                     for path in built.values()})
    vm.sh("depmod")
    vm.run(*parts.suite.load, check=True)
    vm.sh(f"mkdir {MOUNT}; mount -t proc proc {MOUNT}")
    for changes in (HIDE_PID, GID):
        since = vm.log_end()
        job = vm.start("remount", MOUNT, f"{MOUNT}/taskmods/report", f"{changes}0", f"{changes}1")
        await_all(vm, since, {says for *_, of, says in MARKS if of == changes})
        job.finish()
    since = vm.log_end()
    vm.start("churn", "4")
    for path in (taskfiles.TASKS, taskfiles.THREADS, taskfiles.REPORT):
        vm.start("sh", "-c", f"while :; do cat {path} > /dev/null; done")
    await_all(vm, since, {says for *_, of, says in MARKS if of == TASKS})
