# SPDX-License-Identifier: GPL-2.0
"""What needs what among the modules of a suite, as their files say."""

from .built import Built


def closure(built: Built, module: str) -> tuple[str, ...]:
    by = {m.name: m for m in built.modules}
    found: dict[str, None] = {}

    def add(name: str, above: tuple[str, ...]) -> None:
        if name in found or name in above or name not in by:
            return
        for need in by[name].needs:
            add(need, (*above, name))
        found[name] = None
    add(module, ())
    return tuple(found)


def ordered(built: Built) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for m in built.modules:
        for name in closure(built, m.name):
            found[name] = None
    return tuple(found)


def leaves(built: Built) -> tuple[str, ...]:
    needed = {n for m in built.modules for n in closure(built, m.name)[:-1]}
    return tuple(m.name for m in built.modules if m.name not in needed)


def direct(built: Built, module: str) -> tuple[str, ...]:
    return next(m.needs for m in built.modules if m.name == module)
