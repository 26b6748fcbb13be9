# SPDX-License-Identifier: GPL-2.0
"""First steps: the modules in examples/, built and loaded."""

from harness.row import Row
from harness.steps import Cmd, Host, Loaded, Send

ROWS = (
    Row("hello", "The smallest module comes and goes",
        "A module needs no more than an init function, which runs when it is loaded, and an exit "
        "function, which runs when it is unloaded.",
        (Host("make -C hello_mod modules", shows=("LD \\[M\\] .*hello_mod.ko",)),
         Send(("hello_mod/hello_mod.ko",)),
         Cmd("insmod hello_mod.ko", log=("^hello_mod: hello$",)),
         Loaded("hello_mod 0"),
         Cmd("rmmod hello_mod", log=("^hello_mod: goodbye$",)),
         Loaded()),
        order="+hello_mod -hello_mod", sources=("examples/hello_mod",)),
)
