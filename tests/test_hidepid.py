# SPDX-License-Identifier: GPL-2.0
"""On a mount with hidepid the files open only for whom that option exempts.

The kernel's own judgement stands beside each expectation: who is exempt may read, on the same
mount, a file of process 1's, which is root's and has all capabilities.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from harness.guest.vm import VM
from harness.observe import taskfiles

MOUNT = "/tmp/hidepid"
GROUP = 4321
CAP_SYS_PTRACE = 19
CAP_SYS_ADMIN = 21

ROOT = ("as", "0", "0")
ROOT_UNTRACING = ("as", f"-{CAP_SYS_PTRACE}", "0", "0")
# Root's first group, 0, is the group of a mount without gid=.
ROOT_UNTRACING_ELSEWHERE = ("as", f"-{CAP_SYS_PTRACE}", "0", "7")
ROOT_UNTRACING_MEMBER = ("as", f"-{CAP_SYS_PTRACE}", "0", f"7,{GROUP}")
USER = ("as", "1000", "1000")
USER_PRIMARY = ("as", "1000", str(GROUP))
USER_MEMBER = ("as", "1000", f"1000,{GROUP}")
USER_TRACING = ("as", f"+{CAP_SYS_PTRACE}", "1000", "1000")
USER_ADMIN = ("as", f"+{CAP_SYS_ADMIN}", "1000", "1000")
EVERYBODY = (ROOT, ROOT_UNTRACING, ROOT_UNTRACING_ELSEWHERE, ROOT_UNTRACING_MEMBER, USER,
             USER_PRIMARY, USER_MEMBER, USER_TRACING, USER_ADMIN)

TRACING = (ROOT, USER_TRACING)
OF_GROUP = (ROOT_UNTRACING_MEMBER, USER_PRIMARY, USER_MEMBER)
OF_GROUP_0 = (ROOT_UNTRACING,)
# The mount's options, and for whom the files open there.
MOUNTS = {
    "": EVERYBODY,
    f"gid={GROUP}": EVERYBODY,
    "hidepid=1": TRACING + OF_GROUP_0,
    "hidepid=2": TRACING + OF_GROUP_0,
    f"hidepid=1,gid={GROUP}": TRACING + OF_GROUP,
    f"hidepid=2,gid={GROUP}": TRACING + OF_GROUP,
    # Here no group helps.
    "hidepid=4": TRACING,
    f"hidepid=ptraceable,gid={GROUP}": TRACING,
}
# What a refusal says, of ours and of process 1's.
REFUSALS = {
    "taskmods/tasks": ("Permission denied",),
    "taskmods/threads": ("Permission denied",),
    "taskmods/report": ("Permission denied",),
    "1/stat": ("No such file or directory", "Operation not permitted"),
}


@contextmanager
def mounted(vm: VM, options: str) -> Iterator[None]:
    """A context with a /proc at MOUNT."""
    wanted = ["-o", options] if options else []
    vm.run("mkdir", "-p", MOUNT, check=True)
    vm.run("mount", "-t", "proc", *wanted, "proc", MOUNT, check=True)
    try:
        yield
    finally:
        vm.run("umount", MOUNT, check=True)


def answers(vm: VM) -> dict[str, list[tuple[str, ...]]]:
    """Return who can read each file; a refusal must be EACCES, or what hides process 1."""
    paths = " ".join(f"{MOUNT}/{path}" for path in REFUSALS)
    script = " echo --;".join(f"{' '.join(who)} cat {paths} 2>&1 > /dev/null || true;"
                              for who in EVERYBODY)
    found: dict[str, list[tuple[str, ...]]] = {path: [] for path in REFUSALS}
    for who, said in zip(EVERYBODY, vm.sh(script).split("--\n"), strict=True):
        for path, reasons in REFUSALS.items():
            lines = [line for line in said.splitlines() if f"{MOUNT}/{path}" in line]
            if not lines:
                found[path].append(who)
            else:
                assert lines[0].endswith(reasons), (who, said)
    return found


def test_files_open_for_the_exempt_alone(suite: VM) -> None:
    found, expected = {}, {}
    for options, exempt in MOUNTS.items():
        with mounted(suite, options):
            found[options] = answers(suite)
        expected[options] = {path: [who for who in EVERYBODY if who in exempt]
                             for path in REFUSALS}
    assert found == expected


def test_another_mount_is_as_open_as_before(suite: VM) -> None:
    with mounted(suite, "hidepid=2"):
        for file in (taskfiles.TASKS, taskfiles.THREADS, taskfiles.REPORT):
            assert suite.run(*USER, "cat", file).status == 0
            assert suite.run(*USER, "cat", f"{MOUNT}{file.removeprefix('/proc')}").status


def test_a_file_that_is_open_stays_readable(suite: VM) -> None:
    """Who may open is asked when it is opened, as with any file."""
    user = " ".join(USER)
    script = f"exec 3< {MOUNT}/taskmods/tasks; {user} cat /proc/self/fd/3 || true; {user} cat <&3"
    with mounted(suite, "hidepid=2"):
        opened_anew_then_inherited = suite.run("sh", "-c", script)
    assert "Permission denied" in opened_anew_then_inherited.err
    assert opened_anew_then_inherited.status == 0
    assert 1 in taskfiles.parse_tasks(opened_anew_then_inherited.out)


def test_who_owns_the_namespace_is_exempt_there(suite: VM) -> None:
    """An ordinary user is root of a user namespace, and so over its pid namespace's tasks."""
    script = ("mount -t proc -o hidepid=2 proc /proc && cat /proc/taskmods/tasks && "
              "exec cat /proc/taskmods/report")
    result = suite.run(*USER, "unshare", "-U", "-r", "-p", "-f", "-m", "sh", "-c", script)
    text, report = result.out.split("STATE  ")
    assert [(process.name, process.parent) for process in taskfiles.parse_tasks(text).values()] == [
        (b"sh", b"-"), (b"cat", b"sh")]
    assert taskfiles.parse_report("STATE  " + report)["TOTAL"].processes == 1
