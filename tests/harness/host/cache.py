# SPDX-License-Identifier: GPL-2.0
"""What was downloaded or made of downloads, in ${XDG_CACHE_HOME:-~/.cache}/taskmods.

An entry is a directory that is either whole or not there: it is made beside its place under a
lock and then renamed, so that runs may share the cache and may end at any moment.

What it is made by, its recipe, is in its name: another recipe makes another entry. A recipe is
data, such as a list of packages. The bytes of a file of ours are none: they change for any reason.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import HarnessError


def root() -> Path:
    """Return the cache's directory."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "taskmods"


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold a lock on `path`, a file made for it, against other runs; waits for them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def place_of(name: str, recipe: str) -> Path:
    """Return where entry `name` of a recipe is, or would be; "" is no recipe."""
    digest = hashlib.sha256(recipe.encode()).hexdigest()[:8]
    return root() / (f"{name}-{digest}" if recipe else name)


def entry(name: str, recipe: str, make: Callable[[Path], None]) -> Path:
    """Return the directory of entry `name`, made by `make(directory)` if it is not there.

    Raises HarnessError where the cache cannot be written; passes on what `make` raises, and then
    leaves nothing behind.
    """
    place = place_of(name, recipe)
    if place.exists():
        return place
    try:
        with lock(root() / "locks" / place.name):
            if not place.exists():
                _make(place, make)
    except OSError as error:
        raise HarnessError(f"cannot fill the cache {root()}: {error.strerror or error}: "
                           "free some space or set XDG_CACHE_HOME to another place") from error
    return place


def _make(place: Path, make: Callable[[Path], None]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    # A run that was killed may have left its own; under the lock nobody else is making one.
    for stale in place.parent.glob(f".{place.name}.*"):
        shutil.rmtree(stale)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        unfinished.chmod(0o755)
        make(unfinished)
        unfinished.rename(place)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
