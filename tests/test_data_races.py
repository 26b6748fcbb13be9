# SPDX-License-Identifier: GPL-2.0
"""What the modules mark as a race is one: without its mark KCSAN reports it."""

import re

import pytest

from harness.guest.recipe import Parts
from harness.host.paths import TOP
from harness.kernels import build
from harness.observe import taskfiles
from harness.plugin import Boot

MOUNT = "/tmp/remounted"
SLOW = 300.0
# Each mark: its file, how it is there, how it would be without, and what KCSAN says then: who of
# the kernel writes, or that it does not know, as it does not look at the scheduler.
MARKS = (
    ("internal.h", "data_race(pid_alive(task))", "pid_alive(task)", "__change_pid / tcore_walk"),
    ("internal.h", "data_race(task_state_index(task))", "task_state_index(task)",
     r"\w+ / tcore_(count|walk)"),
    ("walk.c", "READ_ONCE(parent->group_leader)", "parent->group_leader",
     r"begin_new_exec / tcore_walk"),
    ("threads.c", "READ_ONCE(task->sched_info.last_arrival)", "task->sched_info.last_arrival",
     r"tcore_walk_threads"),
    ("compat.h", "READ_ONCE(task->on_cpu)", "task->on_cpu", r"tcore_walk_threads"),
    ("file.c", "READ_ONCE(info->hide_pid)", "info->hide_pid", r"file_open"),
    ("file.c", "data_race(in_group_p(info->pid_gid))", "in_group_p(info->pid_gid)", r"file_open"),
)
# Not of this kernel: up to 6.13 a name is read under the lock that it is changed under.
ELSEWHERE = {"data_race(memcpy(name, task->comm, TASK_COMM_LEN))"}


@pytest.mark.host
def test_every_mark_is_known() -> None:
    """And so has been seen to be needed."""
    said = "".join((TOP / name).read_text(encoding="utf-8") for name in
                   build.tree_sources(TOP) if name.suffix in (".c", ".h"))
    marks = {mark for _, mark, _, _ in MARKS} | ELSEWHERE
    for mark in marks:
        assert mark in said
        said = said.replace(mark, "")
    without_comments = re.sub(r"(?s)/\*.*?\*/", "", said)
    assert re.findall(r"(?:data_race|READ_ONCE|WRITE_ONCE)\(.*", without_comments) == []


@pytest.mark.slow
@pytest.mark.needs("CONFIG_KCSAN")
def test_without_its_mark_each_is_reported(boot: Boot, parts: Parts) -> None:
    built = build.suite(parts.kernel, "unmarked", tuple(mark[:3] for mark in MARKS))
    vm = boot(files={f"{parts.suite_dir}/{path.name}": path.read_bytes()
                     for path in built.values()})
    since = vm.log_end()
    vm.run(*parts.suite.load, check=True)
    vm.start("churn", "4")
    for path in (taskfiles.TASKS, taskfiles.THREADS, taskfiles.REPORT):
        vm.start("sh", "-c", f"while :; do cat {path} > /dev/null; done")
    vm.sh(f"mkdir {MOUNT}; mount -t proc proc {MOUNT}")
    vm.start("remount", MOUNT, f"{MOUNT}/taskmods/report")
    for *_, says in MARKS:
        vm.await_log(rf"BUG: KCSAN: data-race in {says}", since, SLOW)
