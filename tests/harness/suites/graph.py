# SPDX-License-Identifier: GPL-2.0
"""Who needs whom in a suite: by symbols, and by softdeps, which are an order without a symbol."""

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from .built import Built
from .modinfo import Module, plain


def direct(built: Built, module: str) -> tuple[str, ...]:
    """Return the modules, of the suite or of the kernel's own, whose symbols a module uses."""
    return next(known.needs for known in built.modules if known.name == module)


def closure(built: Built, module: str, softly: bool = True) -> tuple[str, ...]:
    """Return the modules of the suite that come with one, each after those that it needs.

    Those that come by softdeps are among them, unless `softly` is not set. The module itself is the
    last; where modules need each other in a circle, some come before.
    """
    edges = {known.name: (*known.needs, *(soft(built, known.name) if softly else ()))
             for known in built.modules}
    found: dict[str, None] = {}
    begun: set[str] = set()

    def add(name: str) -> None:
        if name in edges and name not in begun:
            begun.add(name)
            for need in edges[name]:
                add(need)
            found[name] = None

    add(module)
    return tuple(found)


def ordered(built: Built) -> tuple[str, ...]:
    """Return all modules of a suite, each after those that it needs."""
    return tuple(dict.fromkeys(name for module in built.modules
                               for name in closure(built, module.name)))


def leaves(built: Built) -> tuple[str, ...]:
    """Return the modules of a suite that no other needs."""
    needed = {need for module in built.modules for need in closure(built, module.name)[:-1]}
    return tuple(module.name for module in built.modules if module.name not in needed)


def soft(built: Built, module: str) -> tuple[str, ...]:
    """Return what modprobe loads with a module by softdeps, the module's own and modprobe.d's."""
    return tuple(dict.fromkeys(name for known, words in softdeps(built) if known == module
                               for name in named(words)))


def softdeps(built: Built) -> Iterator[tuple[str, str]]:
    """Return the softdeps of a suite: of which module each is, and its words."""
    for known in built.modules:
        yield from ((known.name, words) for words in known.all("softdep"))
    for path in built.configuration:
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            match = re.match(r"\s*softdep\s+(\S+)\s+(.*)", line)
            if match:
                yield plain(match[1]), match[2]


def named(softdep: str) -> Iterator[str]:
    """Return the modules that a softdep's words name, whether before or after."""
    return (plain(word) for word in softdep.split() if word not in ("pre:", "post:"))


def aliased(built: Built, asked: Iterable[str]) -> set[str]:
    """Return the modules of a suite that an alias, one of those asked for, stands for."""
    wanted = [plain(alias) for alias in asked]
    return {module.name for module in built.modules for pattern in module.all("alias")
            if any(fnmatchcase(alias, plain(pattern)) for alias in wanted)}


def circles(modules: Sequence[Module]) -> list[tuple[str, ...]]:
    """Return modules that need themselves: each with the way back to it, once a circle."""
    needs = {module.name: module.needs for module in modules}
    found: dict[frozenset[str], tuple[str, ...]] = {}

    def follow(way: tuple[str, ...]) -> None:
        for need in needs.get(way[-1], ()):
            if need == way[0]:
                found.setdefault(frozenset(way), (*way, need))
            elif need not in way and need > way[0]:
                follow((*way, need))

    for name in sorted(needs):
        follow((name,))
    return list(found.values())
