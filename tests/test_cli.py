# SPDX-License-Identifier: GPL-2.0
"""taskmods shows the files as tables, TSV and JSON, of the rows that are asked for."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from harness.commands import deb
from harness.host import cli
from harness.host.run import run
from harness.observe.taskfiles import TASKS_COLUMNS, TASKS_HEADER
from recorded import Tree, tsv

pytestmark = pytest.mark.host

# Names with all that could break a table, a terminal or JSON.
TASKS = (
    (1, 0, "S", "systemd", "swapper/0"),
    (2, 0, "S", "kthreadd", "swapper/0"),
    (3, 2, "I", "rcu_gp", "kthreadd"),
    (40, 1, "D", "tab\\011\\134", "systemd"),
    (41, 40, "R", "", "tab\\011\\134"),
    (42, 1, "S", "\\303\\251t\\351", "systemd"),
    (43, 41, "Z", "\\033[31mred\\012", ""),
    (44, 1, "S", '"quoted" [x]*', "systemd"),
)
THREADS = (
    (1, 1, "S", 0, 1, 12, "systemd"),
    (2, 2, "S", 0, 1, 0, "kthreadd"),
    (3, 3, "I", 0, 1, "-", "rcu_gp"),
    (40, 40, "D", 33, 7, 61234, "tab\\011\\134"),
    (41, 41, "R", 1234567, 8, 0, ""),
    (42, 42, "S", 33, 0, 5, "\\303\\251t\\351"),
    (43, 43, "Z", 0, 1, 8, "\\033[31mred\\012"),
    (44, 44, "S", 0, 1, 8, '"quoted" [x]*'),
    (40, 45, "D", 33, 7, 9500, "worker"),
    (44, 46, "D", 1234567, 18446744073709551615, "-", "newborn"),
)
NAMES = {40: "tab\t\\", 41: "", 42: "ét\\351", 43: "\x1b[31mred\n", 44: '"quoted" [x]*'}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path, cli.built())
    made.record(TASKS, THREADS, {"R": (1, 2), "D": (3, 40), "S": (5, 6000)})
    return made


def pids(done: "subprocess.CompletedProcess[str]", column: str = "PID") -> list[int]:
    """Return a column of TSV."""
    header, *rows = (line.split("\t") for line in done.stdout.splitlines())
    return [int(row[header.index(column)]) for row in rows]


@pytest.mark.parametrize("name", ["tasks", "threads"])
def test_tsv_is_the_file_itself(tree: Tree, name: str) -> None:
    done = tree.run(name, "--tsv")
    assert done.stdout == (tree.root / "proc/taskmods" / name).read_text(encoding="ascii")
    assert (done.returncode, done.stderr) == (0, "")


def test_tables_are_aligned_and_names_stay_escaped(tree: Tree) -> None:
    whole = (
        "PID PPID STATE COMM            PARENT\n"
        "  1    0 S     systemd         swapper/0\n"
        "  2    0 S     kthreadd        swapper/0\n"
        "  3    2 I     rcu_gp          kthreadd\n"
        " 40    1 D     tab\\011\\134     systemd\n"
        " 41   40 R                     tab\\011\\134\n"
        " 42    1 S     \\303\\251t\\351   systemd\n"
        " 43   41 Z     \\033[31mred\\012 \n"
        ' 44    1 S     "quoted" [x]*   systemd\n')
    shown = tree.run("tasks").stdout
    assert len(shown.splitlines()) == len(whole.splitlines())
    for line, expected in zip(shown.splitlines(), whole.splitlines()):
        # Columns that are new come last; of this test are these.
        assert re.fullmatch(rf"{re.escape(expected)}(  *(\d+|[A-Z]+))*", line)


def test_report_is_aligned(tree: Tree) -> None:
    lines = tree.run("report").stdout.splitlines()
    assert lines[0] == "STATE                PROCESSES THREADS"
    assert lines[3] == "TASK_UNINTERRUPTIBLE         3      40"
    assert lines[-1] == "TOTAL                        9    6042"
    assert len({len(line) for line in lines}) == 1


def test_json_has_the_characters_that_names_are_of(tree: Tree) -> None:
    """Bytes that are not UTF-8 stay escaped; the whole of the output is ASCII or UTF-8."""
    done = tree.run("tasks", "--json")
    done.stdout.encode()
    found = {row["pid"]: row for row in json.loads(done.stdout)}
    assert {pid: found[pid]["comm"] for pid in NAMES} == NAMES
    known = {"pid": 41, "ppid": 40, "state": "R", "comm": "", "parent": "tab\t\\"}
    assert {key: found[41][key] for key in known} == known
    assert list(found[41]) == [title.lower() for title in TASKS_COLUMNS]


# Bytes, and whether they are a character of UTF-8.
CHARACTERS = (
    (b"\x7f", True), (b"\xc2\x80", True), (b"\xdf\xbf", True), (b"\xe0\xa0\x80", True),
    (b"\xed\x9f\xbf", True), (b"\xee\x80\x80", True), (b"\xef\xbf\xbf", True),
    (b"\xf0\x90\x80\x80", True), (b"\xf4\x8f\xbf\xbf", True), (b"\x80", False),
    (b"\xc1\xbf", False), (b"\xe0\x9f\xbf", False), (b"\xed\xa0\x80", False),
    (b"\xf0\x8f\xbf\xbf", False), (b"\xf4\x90\x80\x80", False), (b"\xf5\x80\x80\x80", False),
    (b"\xff", False), (b"\xc3", False), (b"\xe2\x82", False), (b"\xf0\x9f\x98", False),
)


def test_what_is_a_character(tree: Tree) -> None:
    """Neither overlong forms nor surrogates are, nor what is cut off where a name ends."""
    tree.record([(pid, 0, "S", "".join(f"\\{byte:03o}" for byte in name), "x")
                 for pid, (name, _) in enumerate(CHARACTERS, 1)])
    found = [row["comm"] for row in json.loads(tree.run("tasks", "--json").stdout)]
    assert found == [name.decode() if good else "".join(f"\\{byte:03o}" for byte in name)
                     for name, good in CHARACTERS]


def test_json_numbers(tree: Tree) -> None:
    found = {row["tid"]: row for row in json.loads(tree.run("threads", "--json").stdout)}
    assert found[46] == {"pid": 44, "tid": 46, "state": "D", "uid": 1234567,
                         "cgroup": 18446744073709551615, "lastrun": None, "comm": "newborn"}
    counts = json.loads(tree.run("report", "--json").stdout)
    assert counts[1] == {"state": "TASK_INTERRUPTIBLE", "processes": 5, "threads": 6000}


# Options, and the pids of the tasks that match.
FILTERS: tuple[tuple[tuple[str, ...], list[int]], ...] = (
    (("--state", "S,D"), [1, 2, 40, 42, 44]),
    (("--state", "SD"), [1, 2, 40, 42, 44]),
    (("--state", "Z", "--state", "I"), [3, 43]),
    (("--name", "systemd"), [1]),
    (("--name", "system"), []),
    (("--name", "*d"), [1, 2]),
    (("--name", ""), [41]),
    (("--name", "tab\t\\\\"), [40]),
    (("--name", "*\n"), [43]),
    (("--name", '"quoted" \\[x]\\*'), [44]),
    (("--name", "ét?"), [42]),
    (("--parent", "1"), [40, 42, 44]),
    (("--parent", "0"), [1, 2]),
    (("--parent", "system*"), [40, 42, 44]),
    (("--parent", "kthreadd", "--parent", "40"), [3, 41]),
    (("--user", "33"), [40, 42]),
    (("--user", "www-data"), [40, 42]),
    (("--user", "1234567"), [41]),
    (("--user", "33", "--state", "D"), [40]),
    (("--user", "33", "--parent", "systemd", "--name", "t*"), [40]),
    (("--state", "T"), []),
)


@pytest.mark.parametrize("options,expected", FILTERS)
def test_filters_of_tasks(tree: Tree, options: tuple[str, ...], expected: list[int]) -> None:
    """Where nothing matches there is a header, and status 1 as pgrep's."""
    done = tree.run("tasks", "--tsv", *options)
    assert (pids(done), done.returncode, done.stderr) == (expected, 0 if expected else 1, "")


def test_the_user_of_a_process_is_its_first_threads(tree: Tree) -> None:
    """Which may differ: each thread has its own."""
    tree.record([(1, 0, "S", "x", "y")], [(1, 1, "S", 5, 0, 0, "x")] + [
        (1, tid, "S", 7, 0, 0, "x") for tid in range(2, 50)])
    assert pids(tree.run("tasks", "--tsv", "--user", "5")) == [1]
    assert tree.run("tasks", "--user", "7").returncode == 1


@pytest.mark.parametrize("options,expected", (
    (("--state", "D"), [40, 45, 46]),
    (("--user", "1234567"), [41, 46]),
    (("--parent", "systemd"), [40, 42, 44, 45, 46]),
    (("--parent", "40"), [41]),
    (("--name", "w*"), [45]),
))
def test_filters_of_threads(tree: Tree, options: tuple[str, ...], expected: list[int]) -> None:
    """A thread's parent is its process's, of which the other file tells."""
    assert pids(tree.run("threads", "--tsv", *options), "TID") == expected


def test_report_of_some_states(tree: Tree) -> None:
    lines = tree.run("report", "--tsv", "--state", "D,R").stdout.splitlines()
    assert [line.split("\t") for line in lines[1:]] == [
        ["TASK_RUNNING", "1", "2"], ["TASK_UNINTERRUPTIBLE", "3", "40"]]


def test_nothing_that_matches_is_no_row(tree: Tree) -> None:
    done = tree.run("tasks", "--json", "--name", "no such")
    assert (json.loads(done.stdout), done.returncode) == ([], 1)


def test_tree(tree: Tree) -> None:
    assert tree.run("tree").stdout == (
        "PID STATE COMM\n"
        "  1 S     systemd\n"
        " 40 D     |-- tab\\011\\134\n"
        " 41 R     |   `-- \n"
        " 43 Z     |       `-- \\033[31mred\\012\n"
        " 42 S     |-- \\303\\251t\\351\n"
        ' 44 S     `-- "quoted" [x]*\n'
        "  2 S     kthreadd\n"
        "  3 I     `-- rcu_gp\n")


def test_tree_of_some_has_what_leads_to_them(tree: Tree) -> None:
    assert tree.run("tree", "--state", "R").stdout == (
        "PID STATE COMM\n"
        "  1 S     systemd\n"
        " 40 D     `-- tab\\011\\134\n"
        " 41 R         `-- \n")


def test_tree_has_every_process_once_whatever_the_parents(tree: Tree) -> None:
    """Pids are used anew while the file is read: parents may be later, missing, or in a circle."""
    parents = {1: 0, 5: 9, 6: 777, 7: 8, 8: 7, 9: 1, 10: 10, 11: 8}
    tree.record([(pid, ppid, "S", f"p{pid}", "x") for pid, ppid in parents.items()])
    lines = tree.run("tree").stdout.splitlines()[1:]
    assert sorted(int(line.split()[0]) for line in lines) == sorted(parents)
    assert lines[0].endswith(" p1") and lines[1].endswith("`-- p9") and lines[2].endswith(
        "    `-- p5")


def test_a_deep_tree(tree: Tree) -> None:
    tree.record([(pid, pid - 1, "S", "deep", "deep") for pid in range(1, 3001)])
    lines = tree.run("tree").stdout.splitlines()
    assert len(lines) == 3001
    assert lines[-1].endswith(" " * 4 * 2998 + "`-- deep")


def test_stuck_has_the_longest_first(tree: Tree) -> None:
    """And last those whose time is not known."""
    assert tree.run("stuck").stdout.splitlines()[0].split() == [
        "PID", "TID", "SECONDS", "USER", "CGROUP", "COMM"]
    done = tree.run("stuck", "--json")
    assert json.loads(done.stdout) == [
        {"pid": 40, "tid": 40, "seconds": 61.2, "user": "www-data", "cgroup": None,
         "comm": "tab\t\\"},
        {"pid": 40, "tid": 45, "seconds": 9.5, "user": "www-data", "cgroup": None,
         "comm": "worker"},
        {"pid": 44, "tid": 46, "seconds": None, "user": "1234567", "cgroup": None,
         "comm": "newborn"}]


@pytest.mark.parametrize("options,expected", (
    (("--min", "9.5"), [40, 45]), (("--min", "9.501"), [40]), (("--min", "62"), []),
    (("--min", "0"), [40, 45, 46]), (("--user", "1234567"), [46]), (("--name", "w*"), [45]),
))
def test_stuck_for_at_least(tree: Tree, options: tuple[str, ...], expected: list[int]) -> None:
    done = tree.run("stuck", "--tsv", *options)
    assert (pids(done, "TID"), done.returncode) == (expected, 0 if expected else 1)


def test_stuck_names_control_groups(tree: Tree) -> None:
    """Their ids are the inode numbers of their directories."""
    groups = {}
    for path in ("a.slice/b.service", "odd\x1b\n", r"dev-\x2d.device"):
        place = tree.root / "sys/fs/cgroup" / path
        place.mkdir(parents=True)
        groups[path] = place.stat().st_ino
    top = (tree.root / "sys/fs/cgroup").stat().st_ino
    tree.record(threads=[(number, number, "D", 0, group, 100 - number, "x") for number, group
                         in enumerate([*groups.values(), top, groups["odd\x1b\n"]], 1)])
    done = tree.run("stuck", "--tsv")
    assert [line.split("\t")[4] for line in done.stdout.splitlines()[1:]] == [
        "/a.slice/b.service", "/odd\\033\\012", r"/dev-\134x2d.device", "/", "/odd\\033\\012"]
    assert json.loads(tree.run("stuck", "--json").stdout)[2]["cgroup"] == r"/dev-\x2d.device"


# What is wrong with the command line, and the end of what is said.
MISTAKES = (
    ((), "no command is given"),
    (("sleep",), "unknown command 'sleep'"),
    (("tasks", "threads"), "unexpected argument 'threads'"),
    (("tasks", "--no-such"), "unknown or ambiguous option --no-such"),
    (("tasks", "--s", "R"), "unknown or ambiguous option --s"),
    (("tasks", "-xj"), "unknown option -x"),
    (("-xj", "tasks"), "unknown option -x"),
    (("tasks", "--sysroot=r", "-xj"), "unknown option -x"),
    (("tasks", "-jx", "--tsv"), "unknown option -x"),
    (("tasks", "--json=yes"), "--json=yes: this option takes no value"),
    (("tasks", "--state"), "--state needs a value"),
    (("tasks", "--state", "S,q"), "--state: q is not a state: use some of RSDTtXZPI"),
    (("tasks", "--state", ","), "--state is empty: use some of RSDTtXZPI"),
    (("tasks", "--user", "no.such"), "--user no.such: no such user"),
    (("tasks", "--user", "4294967296"), "--user 4294967296: no such user"),
    (("tasks", "--user", ""), "--user is empty"),
    (("tasks", "--json", "--tsv"), "use either --json or --tsv"),
    (("tasks", "--watch", "0"), "--watch 0: not a number from 0.1 to 1000000"),
    (("tasks", "--watch", "nan"), "--watch nan: not a number from 0.1 to 1000000"),
    (("tasks", "--watch", "1s"), "--watch 1s: not a number from 0.1 to 1000000"),
    (("report", "--name", "x"), "report takes no --name"),
    (("report", "-u", "x", "-n", "y"), "report takes no --user"),
    (("stuck", "-s", "R"), "stuck takes no --state"),
    (("tree", "--json"), "tree takes no --json"),
    (("tasks", "--textfile", "x.prom"), "tasks takes no --textfile"),
    (("metrics", "--top", "0"), "--top 0: not a number from 1 to 1000"),
    (("metrics", "--top", "1.5"), "--top 1.5: not a whole number"),
    (("metrics", "--textfile", ""), "--textfile is empty"),
    (("metrics", "--textfile", "x.txt"), "--textfile x.txt: the name must end in .prom"),
    (("doctor", "--min", "3"), "doctor takes no --min"),
)


@pytest.mark.parametrize("arguments,said", MISTAKES)
def test_a_wrong_command_line_is_said_in_one_line(tree: Tree, arguments: tuple[str, ...],
                                                  said: str) -> None:
    done = subprocess.run([tree.program, *arguments], text=True, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        2, "", f"taskmods: {said}: see taskmods --help\n")


@pytest.mark.parametrize("name,module", (
    ("tasks", "walker_mod"), ("threads", "walker_mod"), ("report", "report_mod")))
def test_a_module_that_is_not_loaded_is_named(tmp_path: Path, name: str, module: str) -> None:
    (tmp_path / "proc").mkdir()
    done = Tree(tmp_path, cli.built()).run(name)
    assert (done.returncode, done.stdout, done.stderr) == (
        3, "", f"taskmods: {tmp_path}/proc/taskmods/{name} is not there: {module} is not loaded: "
        f"load it: modprobe {module}\n")


def test_where_there_is_no_proc_it_says_so(tmp_path: Path) -> None:
    done = Tree(tmp_path, cli.built()).run("tasks")
    assert (done.returncode, done.stdout, done.stderr) == (
        3, "", f"taskmods: there is no {tmp_path}/proc: mount /proc, or say where it is\n")


def test_a_module_without_that_file_is_of_another_version(tree: Tree) -> None:
    (tree.root / "proc/taskmods/threads").unlink()
    done = tree.run("threads")
    assert done.returncode == 3
    assert "though walker_mod is loaded: load one of this version: modprobe -r" in done.stderr


# What a file may hold that is not of its form, and what is said of it.
MALFORMED = (
    ("", "ends in the middle of line 1"), ("\n", "line 1 has an unknown format"),
    ("PID\tPPID\n", "line 1 has an unknown format"),
    (f"{TASKS_HEADER}\tMORE\n", "line 1 has an unknown format"),
    (f"{TASKS_HEADER}\n1\t0\tS\ta\n", "line 2 has an unknown format"),
    (tsv(TASKS_HEADER, [(1, 0, "S", *"abcdefgh")]), "line 2 has an unknown format"),
    (tsv(TASKS_HEADER, [("x", 0, "S", "a", "b")]), "line 2 has an unknown format"),
    (f"{TASKS_HEADER}\n1\t\tS\ta\tb\n", "line 2 has an unknown format"),
    (f"{TASKS_HEADER}\n1\t-1\tS\ta\tb\n", "line 2 has an unknown format"),
    (f"{TASKS_HEADER}\n1\t0\tS\ta\tb\t\n", "line 2 has an unknown format"),
    (f"{TASKS_HEADER}\n1\t0\tS\ta\n2\t0\tS\ta\tb\n", "line 2 has an unknown format"),
    (f"{TASKS_HEADER}\n1\t0\tS\ta", "ends in the middle of line 2"),
    (f"{TASKS_HEADER}\n1\t0\tS\ta\tb", "ends in the middle of line 2"),
    (f"{TASKS_HEADER}\n1\t0\tS\ta\tb\n2", "ends in the middle of line 3"),
    (TASKS_HEADER, "ends in the middle of line 1"),
)


@pytest.mark.parametrize("content,said", MALFORMED)
def test_a_file_that_is_not_of_its_form(tree: Tree, content: str, said: str) -> None:
    tree.write("proc/taskmods/tasks", content)
    done = tree.run("tasks")
    assert (done.returncode, done.stdout) == (3, "")
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_another_mount_of_proc(tree: Tree, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    (tree.root / "proc").rename(other)
    assert pids(tree.run("tasks", "--tsv", "--proc", str(other)))[0] == 1


@pytest.mark.parametrize("arguments", (("tasks",), ("metrics",), ("--help",), ("tasks", "--json")))
def test_a_full_disk_is_an_error(tree: Tree, arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "w", encoding="ascii") as full:
        done = tree.run(*arguments, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (
        3, "taskmods: cannot write to standard output: No space left on device\n")


def test_help_and_version(tree: Tree) -> None:
    """What help names is what there is, in both its forms, and takes a value where help says so."""
    assert tree.run("--version").stdout == f"taskmods {deb.version()}\n"
    said = tree.run("--help").stdout
    assert tree.run("help").stdout == said
    assert max(map(len, said.splitlines())) <= 90
    options = re.findall(r"^  (?:(-\w),|   ) --(\w+)(=[A-Z]+)?  +\w", said, re.MULTILINE)
    assert len(options) == said.count(" --") > 10
    for letter, name, argument in options:
        expected = {"needs a value"} if argument else {"", "no command is given"}
        for form in filter(None, (letter, f"--{name}")):
            done = subprocess.run([tree.program, form], text=True, capture_output=True, check=False)
            complaint = done.stderr.removeprefix("taskmods: ").partition(": see")[0]
            assert complaint.removeprefix(f"{form} ") in expected


def test_thousands_of_threads(tree: Tree) -> None:
    """The file is larger than what is read at first, and than a pipe."""
    rows = [(pid, pid, "S", pid % 7, pid % 50, pid, f"name{pid}") for pid in range(1, 30001)]
    tree.record(threads=rows)
    assert len(pids(tree.run("threads", "--tsv", "--user", "3"))) == len(
        [row for row in rows if row[3] == 3])


def test_it_opens_nothing_of_a_process(tree: Tree, tmp_path: Path) -> None:
    """Nor does it make a system call for each task."""
    traced = tmp_path / "trace"
    tree.record(TASKS, [(pid, pid, "D", 0, 1, pid, "x") for pid in range(1, 2001)])
    for arguments in (("tasks", "--user", "root"), ("tree",), ("threads", "--parent", "1"),
                      ("report",), ("stuck",), ("metrics",)):
        argv = tree.argv(*arguments)
        run(["strace", "-f", "-o", traced, *argv, "--json"] if arguments[0] == "stuck" else
            ["strace", "-f", "-o", traced, *argv], f"trace taskmods {arguments[0]}")
        calls = traced.read_text(encoding="utf-8")
        assert "/proc/taskmods" in calls
        for word in ("/proc/self", *(f"/proc/{digit}" for digit in range(10))):
            assert word not in calls, (arguments, word)
        reads = [line for line in calls.splitlines() if "write(1" not in line]
        assert len(reads) < 200, arguments
