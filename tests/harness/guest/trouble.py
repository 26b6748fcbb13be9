# SPDX-License-Identifier: GPL-2.0
"""What a kernel says where it is in trouble."""

import re

# What begins the end of a kernel, on its console.
TROUBLE = re.compile(r"\[ cut here \]|WARNING:|BUG:|Oops|general protection fault[:,]|UBSAN|KASAN"
                     r"|refcount_t:|Kernel panic|rcu.*(stall|starved)|blocked for more than"
                     r"|soft lockup|hard LOCKUP|ODEBUG:|list_\w+ corruption"
                     r"|Objects remaining in|cannot create duplicate filename"
                     r"|trying to register non-static key|waiting for \S+ to become free"
                     r"|kmemleak: (\d+ new suspected|.* disabled)"
                     r"|turning off the locking correctness validator")
_LINES = 25


def tail(console: str) -> str:
    """Return the last lines of a console, to show with a failure.

    Where trouble began further up, its first lines come before them.
    """
    lines = console.splitlines()
    last = lines[-_LINES:]
    first = next((n for n, line in enumerate(lines) if TROUBLE.search(line)), len(lines))
    if first < len(lines) - _LINES:
        last = [*lines[first:first + _LINES // 2], "...", *lines[-_LINES // 2:]]
    return "the end of its console:\n" + "\n".join(f"  | {line}" for line in last)
