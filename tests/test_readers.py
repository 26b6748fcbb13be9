# SPDX-License-Identifier: GPL-2.0
"""What is read to measure, made comparable: peers must show the tasks that ours do."""

import struct

import pytest

from harness.cost import meter, readers
from harness.cost.meter import Figure, Sample
from harness.cost.readers import BY_ID, FLOOR, REPORT
from harness.host.errors import HarnessError

# What the meter wrote.
LINES = "1500 0 3\n1400 1390 2\n"
LISTING = (
    "PID\tPPID\tSTATE\tCOMM\tPARENT\n1\t0\tS\tinit\tswapper/0\n2\t0\tS\tkthreadd\tswapper/0\n"
    "7\t2\tI\tkworker/0:0\tkthreadd\n9\t1\tS\ttmux: server\tinit\n12\t1\tR\tmeter\tinit\n")
# A name's end may be followed by what was there before.
RECORDS = "".join(struct.pack("<ii16s16sc", pid, ppid, comm, parent, b"S").decode("latin-1")
                  for pid, ppid, comm, parent in (
                      (1, 0, b"init\0old", b"swapper/0"), (2, 0, b"kthreadd", b"swapper/0"),
                      (7, 2, b"kworker/0:0", b"kthreadd"), (9, 1, b"tmux: server", b"init")))
# What peers show: by whose columns, and what is said where it is not what ours shows.
SHOWN = {
    "same": ("scan", "1\t0\tS\tinit\n2\t0\tS\tkthreadd\n7\t2\tI\tkworker/0:0-mm\n"
             "9\t1\tS\ttmux: server\n15\t1\tR\tmeter\n", ""),
    "columns": ("ps", "    PID    PPID STAT COMMAND\n      1       0 Ss   init\n"
                "      2       0 S    kthreadd\n      7       2 I<   kworker/0:0\n"
                "      9       1 S    tmux: server <defunct>\n     16       1 R    ps\n", ""),
    "records": ("bpf-records", RECORDS, ""),
    "a record less": ("bpf-records", RECORDS[41:], "it lacks 1/0/init/swapper/0"),
    "one less": ("scan", "1\t0\tS\tinit\n2\t0\tS\tkthreadd\n9\t1\tS\ttmux: server\n",
                 "it lacks 7/2"),
    "another parent": ("scan", "1\t0\tS\tinit\n2\t0\tS\tkthreadd\n7\t2\tI\tx\n"
                       "9\t2\tS\ttmux: server\n",
                       "it lacks 9/1/tmux: server, it has 9/2"),
    "another parent's name": ("bpf-tasks", LISTING.replace("server\tinit", "server\tlogin"),
                              "it lacks 9/1/tmux: server/init, it has 9/1/tmux: server/login"),
}


@pytest.mark.host
def test_what_the_meter_writes() -> None:
    assert meter.samples(LINES) == [Sample(1500, 0, 3), Sample(1400, 1390, 2)]
    for text in ("1500 0\n", "1500 0 many\n", "1 2 3 4\n"):
        with pytest.raises(HarnessError, match="the meter wrote what is no measurement: '"):
            meter.samples(text)


@pytest.mark.host
def test_a_figure_is_a_median_and_the_middle_half() -> None:
    assert meter.figure([10, 30, 20, 1000, 25]) == Figure(25, 0.4, 5, 10, 1000)
    assert meter.figure([7]) == Figure(7, 0, 1, 7, 7)
    assert meter.figure([4, 4, 4]).spread == 0


@pytest.mark.host
@pytest.mark.parametrize("case", SHOWN)
def test_a_peer_must_show_what_ours_does(case: str) -> None:
    peer, text, says = SHOWN[case]
    ours = BY_ID["tasks-64k"].seen(LISTING)
    assert readers.compare(ours, BY_ID[peer].seen(text)) == says


@pytest.mark.host
def test_counts_are_compared_by_state() -> None:
    """But for those that the kernel's workers go between, which are one."""
    ours = REPORT.seen("STATE PROCESSES THREADS\nTASK_RUNNING 1 1\nTASK_INTERRUPTIBLE 4 6\n"
                       "TASK_STOPPED 2 2\nTOTAL 7 9\n")
    assert readers.compare(ours, FLOOR.seen("ns 170\nR 2 2\nS 3 5\nT 2 2\n")) == ""
    assert readers.compare(ours, FLOOR.seen("ns 170\nR 1 1\nS 4 5\nT 2 2\n")) == (
        "it lacks RSDI/5/7, it has RSDI/5/6")
    assert readers.compare(ours, FLOOR.seen("ns 170\nR 1 1\nS 4 6\nT 2 3\n")) == (
        "it lacks T/2/2, it has T/2/3")


@pytest.mark.host
def test_threads_are_compared_by_process_number_and_user() -> None:
    ours = BY_ID["threads"].seen("PID\tTID\tSTATE\tUID\tCGROUP\tLASTRUN\tCOMM\n"
                                 "7\t7\tS\t0\t1\t20\ta b\n7\t8\tR\t1000\t1\t-\ta b\n"
                                 "9\t9\tR\t0\t1\t0\tmeter\n")
    theirs = "    PID     TID STAT   UID COMMAND\n      7       7 S        0 a b\n"
    row = "      7       8 R     1000 a b\n"
    assert readers.compare(ours, BY_ID["ps-threads"].seen(theirs + row)) == ""
    assert readers.compare(ours, BY_ID["ps-threads"].seen(theirs + row.replace("1000", "   0"))
                           ) == "it lacks 7/8/1000, it has 7/8/0"
