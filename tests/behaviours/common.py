# SPDX-License-Identifier: GPL-2.0
"""What rows of several sections say: places in the guest, all three modules loaded, an oops."""

from harness.guest.places import FIXTURES_DIR as FIXTURES
from harness.rows.steps import Cmd, Loaded

__all__ = ["FIXTURES", "SUITE", "SUITE_COMES", "SUITE_LOADED", "UPDATES", "oops"]

UPDATES = "/lib/modules/$(uname -r)/updates"
SUITE = f"{UPDATES}/taskmods"
SUITE_LOADED = Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 0", "report_mod 0")
# For a row's order.
SUITE_COMES = "+core_mod +walker_mod +report_mod"


def oops(command: str, number: int, where: str) -> tuple[Cmd, ...]:
    """Return a command's run into an oops, the kernel's so many-th, which ends it.

    On x86 that is by SIGKILL. KASAN looks into memory of its own first; where that faults it is
    another trap, by SIGSEGV, as on other processors.
    """
    return (Cmd(command, 137, when="CONFIG_X86_64 and !CONFIG_KASAN",
                log=("^BUG: kernel NULL pointer dereference, address: 0{16}$",
                     rf"Oops: 0002 \[#{number}\]", rf"^RIP: 0010:{where}$")),
            Cmd(command, 137, when="CONFIG_X86 and !CONFIG_X86_64",
                log=("^BUG: kernel NULL pointer dereference, address: 0{8}$",
                     rf"Oops: 0002 \[#{number}\]", rf"^EIP: {where}$")),
            Cmd(command, 139, when="CONFIG_KASAN",
                log=(rf"^general protection fault, .*: 0000 \[#{number}\] ",
                     "^KASAN: null-ptr-deref in range ", rf"^RIP: 0010:{where}$")),
            Cmd(command, 139, when="!CONFIG_X86",
                log=(r"\b[Kk]ernel .*(pointer dereference|access to user memory)",
                     rf"\bOops\b.* \[#{number}\]", rf"\b{where}")))
