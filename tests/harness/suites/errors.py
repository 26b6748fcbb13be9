# SPDX-License-Identifier: GPL-2.0
"""Which error a module's load ended with, as kmod's tools say it, and what that counts as."""

import errno
import os
import re

# What the tools say instead of the C library's words.
_OWN_WORDS = {
    "Unknown symbol in module, or unknown parameter (see dmesg)": "ENOENT",
    "Unknown symbol in module": "ENOENT",
    "Invalid module format": "ENOEXEC",
    "Module already in kernel": "EEXIST",
    "Module has wrong symbol version": "ESRCH",
    "Invalid parameters": "EINVAL",
}
_WORDS = {os.strerror(number): name for number, name in errno.errorcode.items()} | _OWN_WORDS
_REFUSAL = re.compile(r"could not insert (?:module )?\S+: (.*)$", re.MULTILINE)
# A driver may say so of a device that is not there; of nothing else.
NO_DEVICE = frozenset({"ENODEV", "ENXIO"})


def words(name: str) -> str:
    """Return how a tool says that a load ended with an errno, as taskmods explain knows it."""
    number = next((number for number, known in errno.errorcode.items() if known == name), 0)
    return f"could not insert module: {os.strerror(number)}" if number else ""


def of(said: str) -> str:
    """Return the errno's name that a tool's words of a refused load stand for, or nothing."""
    match = _REFUSAL.search(said)
    return _WORDS.get(match[1].strip(), "") if match else ""
