# SPDX-License-Identifier: GPL-2.0
"""The messages that the rows provoke: every complaint of a tool or of the kernel."""

from harness.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message("Module {name} is in use by: {modules}",
            "The modules named use symbols of this one; the kernel counts a reference for each.",
            "Unload them first, in the order of lsmod's lines; or modprobe -r the topmost one."),
    Message("Module {name} is in use.",
            "Something holds a reference: modules that lsmod names, or an open file.",
            "Look at lsmod's last column; if it names nobody, find who has a file of it open."),
    Message("Module {name} is in use",
            "Something without a name holds a reference, such as an open file of the module's.",
            "Find who has a file of it open (lsof, fuser), end that, and try again."),
)
