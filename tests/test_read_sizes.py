# SPDX-License-Identifier: GPL-2.0
"""However a file is read, by whatever sizes, the whole is the same; and it can only be read.

What is compared byte for byte is read on the /proc of a pid namespace in which nothing runs but
what is held still: no kernel thread is in there, and the reader is not either.
"""

import re

import pytest

from harness.guest.vm import VM
from harness.observe import holders, taskfiles

SIZES = (1, 2, 3, 7, 64, 511, 4096, 65536)
WAYS = ("read", "pread", "backwards", "again", "sendfile")
FILES = ("tasks", "threads", "report")
# What of a thread's line goes on meanwhile: the time since it ran. As that gets longer, bytes
# move, and no reading that begins anew for each piece can fit together.
MOVING = ("backwards",)
LASTRUN = re.compile(r"\t(\d+|-)(?=\t[^\t]*$)", re.MULTILINE)
USER = ("as", "1000", "1000")
# Long lines, more of them than one page takes, than are copied at once, and than pids are looked
# at in one go.
MANY = (("M24", b"\xff" * taskfiles.COMM_BYTES), ("S16", b"\n" * taskfiles.COMM_BYTES),
        ("T", b"stopped"), ("Z", b""), ("S2", b" "))
HOLDER = b"\\" * taskfiles.COMM_BYTES


def differing(vm: VM, path: str) -> list[tuple[str, int]]:
    """Return the ways and sizes by which a file reads otherwise than by one big read."""
    moves = path.endswith("threads")

    def fixed(text: str) -> str:
        return LASTRUN.sub("", text) if moves else text

    whole = fixed(vm.read(path))
    return [(way, size) for way in WAYS for size in SIZES if not (moves and way in MOVING)
            and fixed(vm.run("readfile", way, str(size), path, check=True).out) != whole]


def test_every_way_and_size_gives_the_same_whole(suite: VM) -> None:
    """And that is all that is held, and long enough."""
    with holders.held(suite, HOLDER, *MANY, own_namespace=True) as still:
        text = suite.read(f"{still.proc}/taskmods/tasks")
        report = taskfiles.read_report(suite, still.proc)
        different = {file: differing(suite, f"{still.proc}/taskmods/{file}") for file in FILES}
    listed = taskfiles.parse_tasks(text)
    assert list(listed) == [1, *still.pids]
    assert {listed[pid].parent for pid in still.pids} == {HOLDER}
    assert len(text) > 4096 and len(listed) > 32 and max(listed) > 128
    assert report["TOTAL"].processes == len(listed)
    assert different == {file: [] for file in FILES}


@pytest.mark.parametrize("size", [1, 65536])
def test_lseek_to_the_start_shows_who_is_there_now(suite: VM, size: int) -> None:
    with holders.held(suite, b"stays", ("S", b"stays")) as stays:
        with holders.held(suite, b"goes", ("T", b"goes")) as goes:
            reader = suite.start("readfile", "fresh", str(size), taskfiles.TASKS)
            reader.expect("goes\tgoes[\t\n]")
        with holders.held(suite, b"comes", ("S", b"comes")) as comes:
            reader.send(b"\n")
            out = reader.wait().out
    first, second = map(taskfiles.parse_tasks,
                        taskfiles.split_readings(out, taskfiles.TASKS_HEADER))
    assert {stays.pid, *stays.pids, goes.pid, *goes.pids} <= set(first)
    assert {stays.pid, *stays.pids, comes.pid, *comes.pids} <= set(second)
    assert {goes.pid, *goes.pids} & set(second) == set()


@pytest.mark.parametrize("size", [1, 65536])
def test_lseek_to_the_start_counts_anew(suite: VM, size: int) -> None:
    """Stopped tasks are what nothing else in the guest is."""
    with holders.held(suite, b"goes", ("T7", b"goes")):
        reader = suite.start("readfile", "fresh", str(size), taskfiles.REPORT)
        reader.expect("TOTAL")
    with holders.held(suite, b"comes", ("T5", b"comes")):
        reader.send(b"\n")
        out = reader.wait().out
    readings = map(taskfiles.parse_report, taskfiles.split_readings(out, "STATE "))
    assert [reading["TASK_STOPPED"].processes for reading in readings] == [7, 5]


def test_is_roots_and_open_to_all_to_read_and_to_none_to_write(suite: VM) -> None:
    """To root, who may open anything for writing, the write itself fails."""
    for file in (taskfiles.TASKS, taskfiles.THREADS, taskfiles.REPORT):
        write = ("sh", "-c", f"echo x > {file}")
        assert suite.run("stat", "-c", "%a %u %g %F", file).out == "444 0 0 regular empty file\n"
        assert suite.run(*USER, "cat", file, check=True).out.startswith(("PID", "STATE"))
        user, root = suite.run(*USER, *write), suite.run(*write)
        assert user.status and "Permission denied" in user.err
        assert root.status and "write error" in root.err
