# SPDX-License-Identifier: GPL-2.0
"""What the kernel refuses: the tool's status and words, the raw call's errno, and what is left."""

from pathlib import Path

import pytest

from harness import build, host
from harness.modstate import State, states
from harness.vm import VM, GuestJob

LOADED = {"core_mod": State(2, ("report_mod", "walker_mod")),
          "walker_mod": State(0), "report_mod": State(0)}
FILES = {"walker_mod": "tasks", "report_mod": "report"}


def assert_refused(vm: VM, command: list[str], status: int, says: str) -> None:
    """The tool's message ends with `says`; what stands before differs between versions of kmod."""
    result = vm.run(*command)
    assert (result.status, result.out) == (status, "")
    assert result.err.splitlines()[-1].endswith(says), result.err


def open_and_hold(vm: VM, path: str) -> GuestJob:
    """A reader that has opened the file, and keeps it open until its stdin ends."""
    job = vm.start("sh", "-c", f"exec 3< {path}; echo open; read line")
    job.expect("open\n")
    return job


def test_unload_of_what_two_modules_use(suite: VM) -> None:
    assert_refused(suite, ["rmmod", "core_mod"], 1,
                   "Module core_mod is in use by: walker_mod report_mod")
    assert_refused(suite, ["modprobe", "-r", "core_mod"], 1, "Module core_mod is in use.")
    assert suite.call("delete_module", "core_mod", "0") == "EAGAIN"
    assert states(suite) == LOADED


def test_unload_of_what_one_module_still_uses(suite: VM) -> None:
    suite.run("rmmod", "walker_mod", check=True)
    assert_refused(suite, ["rmmod", "core_mod"], 1, "Module core_mod is in use by: report_mod")
    assert suite.call("delete_module", "core_mod", "0") == "EAGAIN"
    assert states(suite) == {"core_mod": State(1, ("report_mod",)), "report_mod": State(0)}
    suite.run("modprobe", "walker_mod", check=True)


@pytest.mark.parametrize("module", FILES)
def test_unload_while_its_file_is_open(suite: VM, module: str) -> None:
    """Each open counts, a holder has no name, and closing frees it."""
    path = f"/proc/taskmods/{FILES[module]}"
    first, second = open_and_hold(suite, path), open_and_hold(suite, path)
    assert states(suite) == LOADED | {module: State(2)}
    assert_refused(suite, ["rmmod", module], 1, f"Module {module} is in use")
    assert suite.call("delete_module", module, "0") == "EAGAIN"
    assert states(suite) == LOADED | {module: State(2)}
    assert first.finish().status == 1
    assert states(suite) == LOADED | {module: State(1)}
    assert_refused(suite, ["rmmod", module], 1, f"Module {module} is in use")
    second.finish()
    assert states(suite) == LOADED
    assert suite.run("rmmod", module).status == 0
    suite.run("modprobe", module, check=True)


@pytest.mark.parametrize("module", FILES)
def test_a_killed_reader_holds_nothing(suite: VM, module: str) -> None:
    reader = open_and_hold(suite, f"/proc/taskmods/{FILES[module]}")
    assert states(suite) == LOADED | {module: State(1)}
    reader.kill()
    assert reader.wait().status == -9
    assert states(suite) == LOADED


def test_modprobe_r_stops_at_the_module_that_is_read(suite: VM) -> None:
    reader = open_and_hold(suite, "/proc/taskmods/tasks")
    assert_refused(suite, ["modprobe", "-r", "walker_mod"], 1, "Module walker_mod is in use.")
    assert states(suite) == LOADED | {"walker_mod": State(1)}
    reader.finish()


NEEDS = {
    "walker_mod": {"check_interface", "escape", "file_register", "file_unregister", "walk"},
    "report_mod": {"check_interface", "count", "file_register", "file_unregister"},
}


@pytest.mark.parametrize("module", NEEDS)
def test_load_without_the_core(vm: VM, module: str) -> None:
    """The kernel names every symbol that is missing, with err -2, which is ENOENT."""
    since = vm.log_end()
    path = f"{vm.parts.suite_dir}/{module}.ko"
    assert_refused(vm, ["insmod", path], 1, "Unknown symbol in module")
    missing = [record.text for record in vm.log(since) if "Unknown symbol" in record.text]
    assert sorted(missing) == sorted(
        f"{module}: Unknown symbol tcore_{name} (err -2)" for name in NEEDS[module])
    assert vm.call("finit_module", path, "0", "") == "ENOENT"
    assert vm.modules() == {}


def test_load_of_what_is_loaded(suite: VM) -> None:
    """insmod fails; modprobe finds it loaded and succeeds, unless told that it must be first."""
    path = f"{suite.parts.suite_dir}/walker_mod.ko"
    assert_refused(suite, ["insmod", path], 1, "File exists")
    assert suite.call("finit_module", path, "0", "") == "EEXIST"
    assert suite.run("modprobe", "walker_mod").status == 0
    assert_refused(suite, ["modprobe", "--first-time", "walker_mod"], 1,
                   "Module already in kernel")
    assert states(suite) == LOADED


def test_unload_of_what_is_not_loaded(vm: VM) -> None:
    assert_refused(vm, ["rmmod", "core_mod"], 1, "Module core_mod is not currently loaded")
    assert vm.call("delete_module", "core_mod", "0") == "ENOENT"
    assert vm.modules() == {}


def test_load_and_unload_without_privilege(suite: VM) -> None:
    path = f"{suite.parts.suite_dir}/core_mod.ko"
    assert_refused(suite, ["as", "1000", "1000", "insmod", path], 1, "Operation not permitted")
    assert_refused(suite, ["as", "1000", "1000", "rmmod", "report_mod"], 1,
                   "Operation not permitted")
    assert states(suite) == LOADED


def test_load_of_modules_built_for_another_core(vm: VM, tmp_path: Path) -> None:
    """MODVERSIONS does not see it, as no prototype differs; the suite's own check does."""
    variant = build.suite(vm.parts.kernel, "other-interface", (
        ("core_mod/core_mod.h", "#define TCORE_INTERFACE 1\n", "#define TCORE_INTERFACE 7\n"),))
    vm.run("modprobe", "core_mod", check=True)
    for path in variant:
        if path.stem not in FILES:
            continue
        host.run(["strip", "--strip-debug", "-o", tmp_path / path.name, path], "strip a module")
        vm.write("/tmp/other.ko", (tmp_path / path.name).read_bytes())
        since = vm.log_end()
        assert_refused(vm, ["insmod", "/tmp/other.ko"], 1, "Invalid module format")
        assert [record.text for record in vm.log(since)] == [
            f"core_mod: {path.stem} is built for core interface 7, core_mod 1.0.0 has 1: "
            "rebuild it"]
        assert vm.call("finit_module", "/tmp/other.ko", "0", "") == "ENOEXEC"
        assert states(vm) == {"core_mod": State(0)}
        assert vm.sh("ls /proc/taskmods") == ""
    vm.run("rmmod", "core_mod", check=True)
