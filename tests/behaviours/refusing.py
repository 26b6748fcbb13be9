# SPDX-License-Identifier: GPL-2.0
"""Refusing to unload: what holds a module, and what is said of it."""

from harness.row import Row
from harness.steps import Call, Cmd, Events, Loaded

SUITE_LOADED = Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 0", "report_mod 0")

ROWS = (
    Row("busy-dependants", "A module that others need stays",
        "The kernel counts a reference for each module that uses another's symbols, and refuses to "
        "unload what is referenced. It answers EAGAIN, which is also called EWOULDBLOCK.",
        (Cmd("modprobe report_mod"),
         Cmd("rmmod core_mod", 1, says="Module core_mod is in use by: walker_mod report_mod"),
         Cmd("modprobe -r core_mod", 1, says="Module core_mod is in use."),
         Call("delete_module", ("core_mod", "0"), errno="EAGAIN"),
         SUITE_LOADED,
         Cmd("modprobe -r report_mod walker_mod"),
         Loaded()),
        order="+core_mod +walker_mod +report_mod -report_mod -walker_mod -core_mod"),
    Row("busy-open-file", "An open file holds its module",
        "While a file of a module's is open the module is in use. lsmod counts that reference, but "
        "has no name for who holds it.",
        (Cmd("modprobe walker_mod"),
         Cmd("exec 3< /proc/taskmods/tasks"),
         Cmd("rmmod walker_mod", 1, says="Module walker_mod is in use"),
         Call("delete_module", ("walker_mod", "0"), errno="EAGAIN"),
         Loaded("core_mod 1 walker_mod", "walker_mod 1"),
         Cmd("exec 3<&-"),
         Cmd("rmmod walker_mod"),
         Cmd("rmmod core_mod"),
         Events("load core_mod", "put core_mod 1", "get core_mod 2", "load walker_mod",
                "put walker_mod 1", "get walker_mod 2", "put walker_mod 1", "free walker_mod",
                "put core_mod 1", "free core_mod"),
         Loaded()),
        order="+core_mod +walker_mod -walker_mod -core_mod"),
)
