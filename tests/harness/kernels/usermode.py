# SPDX-License-Identifier: GPL-2.0
"""User-mode Linux: a kernel that is a program of this host's, so that the real processor runs it.

It is no guest's, and so in no table: there is no machine around it, and it is asked for by nobody
but who measures by the clock.
"""

from . import fromsource
from .kernel import Kernel
from .table import SOURCE, USER_MODE, Entry

NAME = "um"
_ENTRY = Entry("", SOURCE, "", "", USER_MODE, configuration=("tests/um.config",))
# It takes it that a processor's registers are no larger than it has room for, where the host would
# tell it so: those of AMX are. Then it finds that out only when it has no way back.
_EDITS = (("arch/x86/um/os-Linux/registers.c",
           "if (ptrace(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &iov) == 0)",
           "if (ptrace(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &iov) == 0 &&"
           " ptrace(PTRACE_SETREGSET, pid, NT_X86_XSTATE, &iov) == 0)"),)


def get() -> Kernel:
    """Return it, built at first; later runs work offline.

    Raises HarnessError where its source cannot be had, or it does not become what its configuration
    says.
    """
    return fromsource.get(NAME, _ENTRY, _EDITS)
