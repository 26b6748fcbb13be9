# SPDX-License-Identifier: GPL-2.0
"""The guest's program that checks what others read all the time sees each way to be malformed.

It runs on the host here, and reads a file that is as long as it is.
"""

import subprocess
from pathlib import Path

import pytest

from harness.guest import helpers
from harness.kernels import architectures
from harness.observe import taskfiles
from recorded import tsv

COLUMNS = {"tasks": ("PID", "PPID", "STATE", "COMM", "PARENT"),
           "threads": ("PID", "TID", "STATE", "UID", "CGROUP", "LASTRUN", "COMM")}
TASKS = ("PID\tPPID\tSTATE\tCOMM\tPARENT\n"
         "1\t0\tS\tinit\tswapper/0\n"
         "2\t0\tS\tkthreadd\tswapper/0\n"
         "7\t2\tI\tkworker/0:0\tkthreadd\n"
         "30\t1\tR\ta b\\134\\012\\377\tinit\n"
         "31\t30\tZ\t\tabcdefghijklmno\n")
REPORT = ("STATE                PROCESSES   THREADS\n"
          "TASK_RUNNING                 1         2\n"
          "TASK_INTERRUPTIBLE           3         5\n"
          "TASK_UNINTERRUPTIBLE         0         0\n"
          "TASK_STOPPED                 0         0\n"
          "TASK_TRACED                  0         0\n"
          "EXIT_DEAD                    0         0\n"
          "EXIT_ZOMBIE                  1         1\n"
          "TASK_PARKED                  0         0\n"
          "TASK_IDLE                    0         0\n"
          "TOTAL                        5         8\n")
THREADS = ("PID\tTID\tSTATE\tUID\tCGROUP\tLASTRUN\tCOMM\n"
           "1\t1\tS\t0\t1\t20\tinit\n"
           "2\t2\tS\t0\t1\t9000000000\tkthreadd\n"
           "30\t30\tR\t4294967294\t9223372036854775807\t0\ta b\\134\\377\n"
           "30\t31\tR\t1000\t0\t-\t\n")
WHOLE = {"tasks": TASKS, "threads": THREADS, "report": REPORT}
LASTING = ("1", "2", "30")

LINE = THREAD = "not a line of this file"
HEADER, ROW = "not the header", "not the row that is due"
# What of the file becomes what, and what is said of it.
MALFORMED = {
    "tasks": (
        (TASKS, "", HEADER), ("STATE\tCOMM", "STATE COMM", HEADER),
        ("abcdefghijklmno\n", "abcdefghijklmno", LINE), ("abcdefghijklmno\n", "abc", LINE),
        ("abcdefghijklmno", "abcdefghijklmnop", LINE), ("7\t2", "7 2", LINE),
        ("\tI\t", "\ti\t", LINE), ("\tI\t", "\tII\t", LINE), ("\tI\t", "\t\t", LINE),
        ("swapper/0\n7", "swapper/0\n\n7", LINE), ("7\t", "x\t", LINE), ("\n7", "\n-7", LINE),
        ("\\134", "\\", LINE), ("\\012", "\\12", LINE), ("\\012", "\\018", LINE),
        ("\\377", "\\477", LINE),
        ("\\377", "\\000", LINE), ("\\377", "\\141", LINE), ("\\377", "\x7f", LINE),
        ("\tinit\n", "\tinit\tinit\n", LINE), ("\tinit\n", "\n", LINE),
        ("\n7\t", "\n2\t", "not a greater number"), ("\n31\t", "\n4\t", "not a greater number"),
        ("\n1\t", "\n0\t", "not a parent"),
        ("\n31\t", "\n4294967328\t", "not a greater number"),
        ("31\t30", "31\t0", "not a parent"), ("1\t0\tS", "1\t7\tS", "not a parent"),
        ("kthreadd\tswapper/0", "kthreadd\t-", "not a parent"),
        ("\n30\t", "\n29\t", "one that lives on"), ("\n2\t", "\n3\t", "not a parent"),
        ("init\tswapper", "in\0it\tswapper", "a NUL"),
    ),
    "threads": (
        (THREADS, "", HEADER), ("LASTRUN", "BLOCKED", HEADER),
        ("\t20\t", "\t-1\t", THREAD), ("\t20\t", "\t\t", THREAD), ("\t-\t", "\t--\t", THREAD),
        ("\tR\t4", "\tr\t4", THREAD), ("\t1000\t0", "\t1000", THREAD),
        ("30\t31", "0\t31", "not a process"),
        ("1000", "root", THREAD), ("\\377", "\\477", THREAD), ("\t\n", "\t", THREAD),
        ("init\n", "init\tinit\n", THREAD), ("\t1\t20", "\t01\t20", THREAD),
        ("30\t31", "30\t30", "not a greater number"), ("30\t30", "30\t29", "one that lives on"),
    ),
    "report": (
        (REPORT, "", HEADER), ("STATE  ", "STATES ", HEADER),
        ("EXIT_DEAD                    0         0\n", "", ROW),
        ("TASK_STOPPED", "TASK_TRACED ", ROW), ("TASK_IDLE   ", "TASK_IDLE  ", ROW),
        ("         3 ", "         03", "not the row"), ("5         8\n", "5         8", ROW),
        ("         8\n", "\n", "not a row"), ("8\n", "8\nTOTAL\n", "something follows"),
        ("3         5", "4         5", "does not add up"), ("8\n", "9\n", "does not add up"),
        (REPORT, REPORT.replace("3         5", "3         1").replace("8\n", "4\n"), "too few"),
        (REPORT, REPORT.replace("3    ", "0    ").replace("TOTAL                        5",
                                                          "TOTAL                        2"),
         "too few"),
    ),
}


@pytest.fixture(scope="module")
def program() -> Path:
    (found,) = [path for path in helpers.built(architectures.host()) if path.name == "proofread"]
    return found


def proofread(program: Path, kind: str, path: Path) -> "subprocess.CompletedProcess[str]":
    """Have one reading checked."""
    words = ",".join(COLUMNS.get(kind, (kind,)))
    return subprocess.run([program, words, path, *LASTING], text=True, capture_output=True,
                          check=False, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_whole_is_good(program: Path, kind: str, tmp_path: Path) -> None:
    """To the harness's own parsers too."""
    file = tmp_path / kind
    file.write_text(WHOLE[kind], encoding="ascii")
    good = proofread(program, kind, file)
    assert (good.returncode, good.stdout, good.stderr) == (0, "1 0\n", "")
    listed = tsv(taskfiles.TASKS_HEADER, [line.split("\t") for line in TASKS.splitlines()[1:]])
    assert taskfiles.parse_tasks(listed)[30].name == b"a b\\\n\xff"
    assert taskfiles.parse_report(REPORT)["TOTAL"] == taskfiles.Counts(5, 8)


@pytest.mark.parametrize("kind", MALFORMED)
def test_each_way_to_be_malformed_is_seen(program: Path, kind: str, tmp_path: Path) -> None:
    """And told with the reading."""
    file = tmp_path / kind
    for old, new, says in MALFORMED[kind]:
        text = WHOLE[kind].replace(old, new, 1)
        assert text != WHOLE[kind], f"{old!r} is not in it"
        file.write_text(text, encoding="ascii")
        bad = proofread(program, kind, file)
        first, _, rest = bad.stderr.partition("\n")
        assert (bad.returncode, bad.stdout) == (1, ""), (old, new)
        assert first.startswith(f"proofread: {file}: reading 1, by 65536 bytes: {says}"), (old, new)
        assert rest == text.partition("\0")[0]


def test_reads_by_any_size_and_tells_how_often(program: Path, tmp_path: Path) -> None:
    """Asked again and again, until it has read by each size; then without the file."""
    file = tmp_path / "tasks"
    file.write_text(TASKS, encoding="ascii")
    words = ",".join(COLUMNS["tasks"])
    with subprocess.Popen([program, words, file, *LASTING], text=True, bufsize=1,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdin and reader.stdout
        counts = [0, 0]
        for which in (0, 1):
            while counts[which] < 7:
                reader.stdin.write("\n")
                before, counts = counts, [int(word) for word in reader.stdout.readline().split()]
                assert counts >= before
            file.unlink(missing_ok=True)
        reader.stdin.close()
        assert [int(word) for word in reader.stdout.read().split()] >= counts
    assert reader.returncode == 0


def test_what_cannot_be_read_is_an_error(program: Path, tmp_path: Path) -> None:
    result = proofread(program, "tasks", tmp_path)
    assert (result.returncode, result.stderr.splitlines()[0]) == (
        1, f"proofread: {tmp_path}: reading 1, by 65536 bytes: read: Is a directory")
    usage = proofread(program, "nothing", tmp_path)
    assert (usage.returncode, usage.stderr) == (
        2, "usage: proofread PID,COLUMN...|report PATH PID...\n")
