# SPDX-License-Identifier: GPL-2.0
"""At boot: modules that a whole distribution loads by itself, in a guest with systemd and udev."""

from harness.rows.row import Guest, Row
from harness.rows.steps import BootInto, Cmd

from .common import SUITE_COMES, SUITE_LOADED

_INITRAMFS = "/etc/initramfs-tools"

ROWS = (
    Row("modules-load", "systemd loads modules at boot",
        "systemd-modules-load.service loads the modules that the files in modules-load.d name, "
        "one on each line, early at boot. It uses libkmod, so dependencies and softdeps work as "
        "with modprobe.",
        (Cmd("cat /etc/modules-load.d/taskmods.conf", shows=("^report_mod$",)),
         Cmd("systemctl show -p ActiveState -p Result systemd-modules-load",
             shows=("^Result=success$", "^ActiveState=active$")),
         SUITE_LOADED),
        order=SUITE_COMES,
        guest=Guest(full=True, from_boot=True,
                    files=(("/etc/modules-load.d/taskmods.conf", "report_mod\n"),))),
    Row("initramfs", "An initramfs loads modules before there is a root file system",
        "The modules that initramfs-tools' file modules names go into the initramfs, with all "
        "that they need, and with the files of modprobe.d. Its init loads them before it looks "
        "for the root file system.",
        (Cmd(f"echo report_mod >> {_INITRAMFS}/modules"),
         Cmd(f"echo MODULES=list > {_INITRAMFS}/conf.d/few; "
             f"echo COMPRESS=gzip COMPRESSLEVEL=1 > {_INITRAMFS}/conf.d/quick"),
         Cmd("update-initramfs -c -k $(uname -r)", timeout=240),
         Cmd("lsinitramfs /boot/initrd.img-$(uname -r) | grep -e taskmods -e '_mod.ko'",
             shows=("etc/modprobe.d/taskmods.conf", "core_mod.ko", "report_mod.ko",
                    "walker_mod.ko")),
         BootInto("/boot/initrd.img-$(uname -r)"),
         Cmd("cat /conf/modules", shows=(r"^report_mod\s*$",)),
         Cmd("while read -r name size count users rest; do echo $name $count $users; done "
             "< /proc/modules",
             shows=("^report_mod 0 -$", "^walker_mod 0 -$", "^core_mod 2 report_mod,walker_mod,$")),
         Cmd("cat /proc/taskmods/report", shows=("^TOTAL ",))),
        order=SUITE_COMES, guest=Guest(full=True, from_boot=True)),
)
