# SPDX-License-Identifier: GPL-2.0
"""The rooms of the harness: what may import what, and who may ask the environment."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.host.paths import TOP

pytestmark = pytest.mark.host

HARNESS = TOP / "tests/harness"
# Each with the rooms that it may import, besides itself; modules right below harness see all.
ROOMS: dict[str, tuple[str, ...]] = {"host": ()}
for _room in ("kernels", "guest", "observe"):
    ROOMS[_room] = tuple(ROOMS)
BELOW = tuple(ROOMS)
ROOMS |= dict.fromkeys(("rows", "cost", "monitoring", "soak", "suites"), BELOW)
# Its tables are those of the other benchmark's.
ROOMS["native"] = (*BELOW, "cost")
# The page types what a row does.
ROOMS["lab"] = (*BELOW, "rows")
# A page says which rows the lab can show.
ROOMS["catalogue"] = (*BELOW, "rows", "lab")
ROOMS["commands"] = tuple(ROOMS)
# What is not of the harness, and who imports it.
OUTSIDE: dict[str, tuple[str, ...]] = {
    "harness": (),
    "behaviours": ("commands/",),
    "kernels": ("kernels/table.py",),
    "pytest": ("commands/", "plugin.py", "rows/run.py", "rows/table.py"),
    "uncovered": ("commands/",),
}
# Who asks the environment: host for where things are, what the terminal is, and what a program
# that is started gets of it.
ASKS = ("commands/", "host/")


def modules() -> list[str]:
    """The harness's files, by their paths in it."""
    return sorted(str(path.relative_to(HARNESS)) for path in HARNESS.rglob("*.py"))


def tree(module: str) -> ast.Module:
    return ast.parse((HARNESS / module).read_text(encoding="utf-8"))


def room_of(module: str) -> str:
    """The room that a module is in; those right below harness are in none."""
    return module.partition("/")[0] if "/" in module else ""


def imports(module: str) -> Iterator[tuple[str, str]]:
    """What a module imports anywhere in it: ("", a name outside) or (a room, a module of it)."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (("", alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield "", node.module or ""
        elif isinstance(node, ast.ImportFrom):
            above = Path(module).parents[node.level - 1]
            place = above / (node.module or "").replace(".", "/")
            for alias in node.names:
                name = f"{place / alias.name}.py"
                found = name if (HARNESS / name).exists() else f"{place}.py"
                yield room_of(found), found


def is_of(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or place.endswith("/") and module.startswith(place)
               for place in places)


def test_every_module_is_in_a_room_that_says_what_it_offers() -> None:
    rooms = {room_of(module) for module in modules()} - {""}
    assert rooms == set(ROOMS)
    for module in modules():
        room, name = room_of(module), Path(module).stem
        # A command is a file by its own name.
        if room not in ("", "commands") and name != "__init__":
            assert f"`{name}`" in (ast.get_docstring(tree(f"{room}/__init__.py")) or ""), module
    assert [module for module in modules() if "/" not in module] == [
        "__init__.py", "__main__.py", "plugin.py"]


def test_imports_run_one_way() -> None:
    wrong = [f"{module} imports {found}" for module in modules() if room_of(module)
             for room, found in imports(module)
             if room and room not in (room_of(module), *ROOMS[room_of(module)])]
    assert wrong == []


def test_no_module_imports_itself_by_others() -> None:
    """Within a room, that is: between rooms imports run one way."""
    graph = {module: {found for room, found in imports(module) if room} for module in modules()}
    ends = set(graph)
    while ends:
        imported = {found for module in graph for found in graph[module]}
        ends = {module for module in graph if module not in imported
                or not graph[module] & set(graph)}
        for module in ends:
            del graph[module]
    assert sorted(graph) == []


def test_what_is_outside_is_imported_where_it_may_be() -> None:
    wrong = [f"{module} imports {name}" for module in modules() for room, name in imports(module)
             if not room and (places := OUTSIDE.get(name.partition(".")[0])) is not None
             and not is_of(module, places)]
    assert wrong == []


def test_commands_alone_are_told_by_the_environment() -> None:
    asking = [module for module in modules() if not is_of(module, ASKS)
              for node in ast.walk(tree(module))
              if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
              or isinstance(node, ast.alias) and node.name in ("environ", "getenv", "environb")]
    assert asking == []


def test_rows_are_read_without_what_boots_guests() -> None:
    """What searches them, or shows them to people, needs no QEMU."""
    seen: set[str] = set()
    todo = ["rows/row.py", "rows/steps.py", "rows/messages.py", "rows/page.py",
            "guest/places.py"]
    while todo:
        module = todo.pop()
        if module not in seen:
            seen.add(module)
            todo += [found for room, found in imports(module) if room]
    assert seen & {"guest/vm.py", "guest/qemu.py", "guest/agent.py"} == set()
