# SPDX-License-Identifier: GPL-2.0
"""taskmods explain knows what loaders other than kmod's really say: busybox', and systemd's."""

import pytest

from harness.guest import distro
from harness.guest.recipe import Parts
from harness.guest.vm import VM
from harness.host import cli
from harness.plugin import Boot

pytestmark = pytest.mark.slow

# What is typed, with the modules' directory as $suite; the record that explains what busybox says.
BUSYBOX = (
    ("busybox modprobe no_such_module", "not-found"),
    ("busybox insmod /no/such.ko", "load-file-missing"),
    ("busybox insmod $suite/report_mod.ko", "load-unknown-symbol"),
    ("busybox insmod $suite/core_mod.ko; busybox insmod $suite/core_mod.ko; rmmod core_mod",
     "load-exists"),
    ("busybox insmod /etc/modprobe.d/taskmods.conf", "load-exec-format"),
    ("modprobe core_mod; busybox insmod $suite/walker_mod.ko num=abc; rmmod core_mod",
     "load-invalid"),
    ("busybox rmmod core_mod", "remove-gone"),
    ("modprobe report_mod; busybox rmmod core_mod; modprobe -r report_mod walker_mod",
     "remove-again"),
    ("as 65534 65534 busybox insmod $suite/core_mod.ko", "load-not-permitted"),
    ("busybox modinfo no_such_module", "modinfo-not-found"),
    ("busybox rmmod --none core_mod", "kmod-option"),
)


@pytest.mark.parametrize("typed, record", BUSYBOX)
def test_what_busybox_says_is_explained(vm: VM, typed: str, record: str) -> None:
    said = vm.run("sh", "-c", f"suite={vm.parts.suite_dir}; exec 2>&1; {typed}").out
    assert record in [answer["id"] for answer in cli.answers(said)], said


# What modules-load.d names, and what explains it.
NAMED = {"no_such_module": "modules-load-not-found", "denied": "modules-load-denylisted",
         "walker_mod": "load-invalid"}


@pytest.mark.host
@pytest.mark.needs("debian")
def test_what_systemd_says_is_explained(boot: Boot, parts: Parts) -> None:
    """Of a module that is not there, one that is denied, and one whose init fails."""
    vm = boot(distro.parts(parts), files={
        "/etc/modules-load.d/test.conf": "\n".join(NAMED).encode(),
        "/etc/modprobe.d/test.conf": b"alias denied report_mod\nblacklist report_mod\n"
                                     b"options walker_mod num=abc\n"})
    said = vm.run("sh", "-c", "systemctl restart systemd-modules-load;"
                  "journalctl -u systemd-modules-load; modprobe -r core_mod").out
    assert {*NAMED.values(), "modules-load-failed"} <= {
        answer["id"] for answer in cli.answers(said)}, said
