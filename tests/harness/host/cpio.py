# SPDX-License-Identifier: GPL-2.0
"""A cpio archive in the kernel's format, written without a directory to pack."""

from pathlib import PurePosixPath

_FILE = 0o100000
_DIRECTORY = 0o040000

# A path in the guest: its mode and content.
Files = dict[str, tuple[int, bytes]]


def newc(files: Files) -> bytes:
    """Return an archive of `files`, owned by root.

    The directories above them are in it too.
    """
    entries: Files = {}
    for path, (mode, content) in sorted(files.items()):
        relative = PurePosixPath(path.lstrip("/"))
        for parent in reversed(relative.parents[:-1]):
            entries.setdefault(str(parent), (_DIRECTORY | 0o755, b""))
        entries[str(relative)] = (_FILE | mode, content)
    archive = b"".join(_entry(inode, path, mode, content) for inode, (path, (mode, content))
                       in enumerate(entries.items(), start=1))
    return archive + _entry(0, "TRAILER!!!", 0, b"")


def _entry(inode: int, path: str, mode: int, content: bytes) -> bytes:
    name = path.encode() + b"\0"
    numbers = (inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
    header = b"070701" + b"".join(b"%08X" % number for number in numbers)
    return _padded(header + name) + _padded(content)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
