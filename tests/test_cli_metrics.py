# SPDX-License-Identifier: GPL-2.0
"""taskmods metrics: Prometheus's text format, and a file that is replaced whole or not at all."""

import os
import re
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from harness.host import cli
from harness.host.run import run
from harness.observe import taskfiles
from harness.observe.metrics import samples
from recorded import Tree

pytestmark = pytest.mark.host

OLD = "# the old ones\n"
HOLD = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define HOLD(type, name, params, args) type name params \\
{ \\
    type (*real) params = dlsym(RTLD_NEXT, #name); \\
    if (!strcmp(getenv("HOLD"), #name)) \\
        raise(SIGSTOP); \\
    return real args; \\
}

HOLD(ssize_t, write, (int fd, const void *data, size_t n), (fd, data, n))
HOLD(int, fsync, (int fd), (fd))
HOLD(int, rename, (const char *old, const char *new), (old, new))
"""


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path / "root", cli.built())
    made.root.mkdir()
    made.record(threads=[(1, 1, "S", 0, 0, 7, "x")], counts={"R": (1, 2), "D": (3, 40)})
    return made


@pytest.fixture
def textfile(tmp_path: Path) -> Path:
    """The file that is written, in a directory of its own, with what is there from before."""
    place = tmp_path / "textfiles/taskmods.prom"
    place.parent.mkdir()
    place.write_text(OLD, encoding="ascii")
    return place


def written(tree: Tree, *options: str) -> dict[tuple[str, ...], float]:
    done = tree.run("metrics", *options)
    assert (done.returncode, done.stderr) == (0, "")
    done.stdout.encode()
    return samples(done.stdout)


def test_every_state_is_always_there(tree: Tree) -> None:
    found = written(tree)
    for name, counts in (("processes", {"R": 1, "D": 3}), ("threads", {"R": 2, "D": 40})):
        assert {letter: found["taskmods_" + name, letter] for letter in taskfiles.REPORT_ROWS} == {
            letter: counts.get(letter, 0) for letter in taskfiles.REPORT_ROWS}


@pytest.mark.parametrize("threads,age", (
    ([(1, "S", 99000)], 0), ([(1, "D", 1500), (2, "D", 61234), (3, "R", 99999)], 61.234),
    ([(1, "D", "-"), (2, "D", 3)], 0.003), ([(1, "D", "-"), (2, "S", "-")], None),
))
def test_the_longest_that_one_has_not_run(tree: Tree, threads: list[tuple[int, str, object]],
                                          age: float | None) -> None:
    """Where the kernel keeps no times it is left out: there would be no right number."""
    tree.record(threads=[(tid, tid, state, 0, 0, ms, "x") for tid, state, ms in threads])
    assert written(tree).get(("taskmods_blocked_lastrun_max_seconds",)) == age


def test_users(tree: Tree) -> None:
    tree.record(threads=[(n, n, "D" if n % 3 else "S", 0 if n < 5 else 1234567, 0, 1, "x")
                         for n in range(1, 10)])
    found = written(tree)
    assert found["taskmods_user_threads", "0", "root"] == 4
    assert found["taskmods_user_threads", "1234567", "1234567"] == 5
    assert found["taskmods_user_blocked_threads", "0", "root"] == 3
    assert found["taskmods_user_blocked_threads", "1234567", "1234567"] == 3


def test_rows_are_bounded_and_the_rest_is_counted(tree: Tree) -> None:
    """Those with the most threads have rows."""
    threads = [(uid, uid * 1000 + n, "S", uid, 0, 1, "x")
               for uid in range(100, 180) for n in range(uid - 99)]
    tree.record(threads=threads)
    found = written(tree)
    shown = {int(key[1]) for key in found if key[0] == "taskmods_user_threads"}
    assert shown == set(range(130, 180))
    assert found["taskmods_dropped_users",] == 30
    assert found["taskmods_dropped_user_threads",] == sum(range(1, 31))
    few = written(tree, "--top", "2")
    assert {key[1] for key in few if key[0] == "taskmods_user_threads"} == {"178", "179"}
    assert few["taskmods_dropped_users",] == 78


def test_each_of_many_users_is_counted(tree: Tree) -> None:
    """Also where none has the user of its neighbour, and numbers are up to the largest there are.

    An overlong one, which no kernel writes, is the largest.
    """
    uids = [*range(0, 300 * 4096, 4096), 2**32 - 1, 2**64 - 1]
    rows = [uid for n in range(3) for uid in uids[n * 100:]]
    tree.record(threads=[(n, n, "D" if n % 2 else "S", uid, 0, 1, "x") for n, uid in
                         enumerate([*rows, 10**20], 1)])
    found = written(tree, "--top", "1000")
    assert {int(key[1]): value for key, value in found.items()
            if key[0] == "taskmods_user_threads"} == {
        uid: rows.count(uid) + (uid == uids[-1]) for uid in uids}
    assert sum(value for key, value in found.items()
               if key[0] == "taskmods_user_blocked_threads") == (len(rows) + 1) // 2 + (
        len(rows) + 1) % 2


def test_control_groups_by_path(tree: Tree) -> None:
    """One for which no path is found has no label of its own: ids would be more and more."""
    names = ("system.slice/a.service", 'q"uo\\te', "\u00e9 caf\udce9", "deep/er/and/deeper")
    groups = []
    for name in names:
        place = tree.root / "sys/fs/cgroup" / name
        place.mkdir(parents=True)
        groups.append(place.stat().st_ino)
    tree.record(threads=[(n, n, "D" if n % 2 else "S", 0, group, 1, "x") for n, group in
                         enumerate(groups * 3 + [0, 999999998, 999999999], 1)])
    found = written(tree)
    assert {key[1:]: value for key, value in found.items()
            if key[0] == "taskmods_cgroup_threads"} == {
        ("/system.slice/a.service",): 3, ('/q\\"uo\\\\te',): 3, ("/\u00e9 caf\\\\351",): 3,
        ("/deep/er/and/deeper",): 3, ("unknown",): 3}
    assert found["taskmods_cgroup_blocked_threads", "unknown"] == 2
    assert found["taskmods_dropped_cgroups",] == 0


def test_no_two_rows_have_one_label(tree: Tree) -> None:
    """What is no UTF-8 is written as another group's name may be; Prometheus would take one."""
    groups = []
    for name in ("a\udcff", r"a\377"):
        place = tree.root / "sys/fs/cgroup" / name
        place.mkdir(parents=True)
        groups.append(place.stat().st_ino)
    tree.record(threads=[(n, n, "D", 0, group, 1, "x") for n, group in enumerate(groups, 1)])
    said = tree.run("metrics").stdout
    assert said.count("taskmods_cgroup_threads{") == 1
    assert samples(said)["taskmods_cgroup_threads", r"/a\\377"] == 2
    assert samples(said)["taskmods_cgroup_blocked_threads", r"/a\\377"] == 2


def test_version_2_beside_version_1(tree: Tree) -> None:
    place = tree.root / "sys/fs/cgroup/unified/group"
    place.mkdir(parents=True)
    tree.record(threads=[(1, 1, "S", 0, place.stat().st_ino, 1, "x")])
    assert written(tree)["taskmods_cgroup_threads", "/group"] == 1


def test_no_label_names_a_task(tree: Tree) -> None:
    assert set(re.findall(r'[{,](\w+)="', tree.run("metrics").stdout)) == {
        "state", "uid", "user", "cgroup", "file", "component", "version"}


def test_cost_and_versions(tree: Tree) -> None:
    tree.write("sys/module/walker_mod/version", "0.9.0\n")
    found = written(tree)
    assert 0 < found["taskmods_read_seconds", "report"] < 1
    assert 0 < found["taskmods_read_seconds", "threads"] < 1
    assert found["taskmods_version_info", "walker_mod", "0.9.0"] == 1
    assert {key[1] for key in found if key[0] == "taskmods_version_info"} == {
        "taskmods", "core_mod", "walker_mod", "report_mod"}


def test_brief_reads_the_report_alone(tree: Tree) -> None:
    (tree.root / "proc/taskmods/threads").unlink()
    found = written(tree, "--brief")
    assert {key[0] for key in found} == {"taskmods_processes", "taskmods_threads",
                                         "taskmods_read_seconds", "taskmods_version_info"}


def test_the_textfile_is_what_would_be_written_out(tree: Tree, textfile: Path) -> None:
    """All may read it, whatever the umask, and nothing else is left there."""
    done = tree.run("metrics", "--textfile", str(textfile), umask=0o077)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert samples(textfile.read_text(encoding="ascii")).keys() == written(tree).keys()
    assert textfile.stat().st_mode & 0o777 == 0o644
    assert list(textfile.parent.iterdir()) == [textfile]


def test_in_the_current_directory(tree: Tree, textfile: Path) -> None:
    done = tree.run("metrics", "--textfile", "new.prom", cwd=textfile.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert samples((textfile.parent / "new.prom").read_text(encoding="ascii"))


def test_a_module_that_is_not_loaded_leaves_the_old_file(tree: Tree, textfile: Path) -> None:
    (tree.root / "proc/taskmods/report").unlink()
    done = tree.run("metrics", "--textfile", str(textfile))
    assert done.returncode == 3 and done.stderr.count("\n") == 1
    assert textfile.read_text(encoding="ascii") == OLD


def test_a_directory_that_is_not_there(tree: Tree, tmp_path: Path) -> None:
    done = tree.run("metrics", "--textfile", str(tmp_path / "none/x.prom"))
    assert (done.returncode, done.stderr) == (
        3, f"taskmods: cannot make a file in {tmp_path}/none: No such file or directory: "
        "what was there is unchanged\n")


def test_a_file_size_limit_leaves_the_old_file(tree: Tree, textfile: Path) -> None:
    """The kernel ends the writer by a signal."""
    done = tree.run("metrics", "--textfile", str(textfile), preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (100, 100)))
    assert done.returncode == -signal.SIGXFSZ
    assert textfile.read_text(encoding="ascii") == OLD
    assert list(textfile.parent.iterdir()) == [textfile]


@pytest.fixture(scope="session")
def holder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that stops a program before the system call that HOLD names."""
    place = tmp_path_factory.mktemp("holder")
    (place / "hold.c").write_text(HOLD, encoding="ascii")
    run(["gcc", "-shared", "-fPIC", "-o", place / "hold.so", place / "hold.c"],
        "build what stops a program")
    return place / "hold.so"


def held_at(call: str, tree: Tree, textfile: Path, holder: Path) -> "subprocess.Popen[bytes]":
    """Start a writer that stops before a system call; return once it has.

    Whoever runs the tests may ignore interrupts, as a shell does for what runs in the background.
    """
    writer = subprocess.Popen(tree.argv("metrics", "--textfile", str(textfile)),
                              env={"LD_PRELOAD": str(holder), "HOLD": call},
                              preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    assert os.WIFSTOPPED(os.waitpid(writer.pid, os.WUNTRACED)[1])
    return writer


@pytest.mark.parametrize("number", (signal.SIGKILL, signal.SIGTERM, signal.SIGINT))
@pytest.mark.parametrize("call", ("write", "fsync", "rename"))
def test_a_killed_writer_leaves_the_old_file(tree: Tree, textfile: Path, holder: Path, call: str,
                                             number: signal.Signals) -> None:
    """It tidies up if it can; else what it has left beside the file goes with the next writing."""
    writer = held_at(call, tree, textfile, holder)
    writer.send_signal(number)
    writer.send_signal(signal.SIGCONT)
    assert writer.wait() == -number
    assert textfile.read_text(encoding="ascii") == OLD
    left = set(textfile.parent.iterdir()) - {textfile}
    assert len(left) == (1 if number == signal.SIGKILL else 0)
    assert tree.run("metrics", "--textfile", str(textfile)).returncode == 0
    assert samples(textfile.read_text(encoding="ascii"))
    assert list(textfile.parent.iterdir()) == [textfile]


def test_writers_at_once_do_not_hinder_each_other(tree: Tree, textfile: Path, holder: Path
                                                  ) -> None:
    """What a living one has begun is not taken for left behind."""
    writer = held_at("rename", tree, textfile, holder)
    assert tree.run("metrics", "--textfile", str(textfile)).returncode == 0
    second = textfile.stat().st_ino
    writer.send_signal(signal.SIGCONT)
    assert writer.wait() == 0
    assert textfile.stat().st_ino != second
    assert list(textfile.parent.iterdir()) == [textfile]


def test_a_file_system_without_locks(tree: Tree, textfile: Path, tmp_path: Path) -> None:
    subprocess.run(["strace", "-o", tmp_path / "traced", "-e", "inject=flock:error=ENOLCK",
                    *tree.argv("metrics", "--textfile", str(textfile))], check=True)
    assert "ENOLCK" in (tmp_path / "traced").read_text(encoding="ascii")
    assert samples(textfile.read_text(encoding="ascii"))
    assert list(textfile.parent.iterdir()) == [textfile]


def test_a_signal_that_is_ignored_does_not_end_it(tree: Tree, textfile: Path, tmp_path: Path
                                                  ) -> None:
    """As with nohup."""
    subprocess.run(["strace", "-o", tmp_path / "traced", "-e", "inject=fsync:signal=HUP",
                    "sh", "-c", 'trap "" HUP; exec "$@"', "sh",
                    *tree.argv("metrics", "--textfile", str(textfile))], check=True)
    assert "SIGHUP" in (tmp_path / "traced").read_text(encoding="ascii")
    assert samples(textfile.read_text(encoding="ascii"))


def test_many_writers_leave_one_whole_file(tree: Tree, textfile: Path) -> None:
    writers = [subprocess.Popen(tree.argv("metrics", "--textfile", str(textfile)))
               for _ in range(24)]
    assert [writer.wait() for writer in writers] == [0] * len(writers)
    assert samples(textfile.read_text(encoding="ascii"))
    assert list(textfile.parent.iterdir()) == [textfile]


def test_a_link_in_the_place_of_the_unfinished_file_is_not_followed(tree: Tree, textfile: Path,
                                                                    tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious", encoding="ascii")
    link = textfile.parent / ".taskmods.prom.taskmods-abcdef"
    link.symlink_to(victim)
    assert tree.run("metrics", "--textfile", str(textfile)).returncode == 0
    assert link.is_symlink()
    assert victim.read_text(encoding="ascii") == "precious"
