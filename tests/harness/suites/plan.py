# SPDX-License-Identifier: GPL-2.0
"""What is known of a suite without a guest: how it was built, its graph, what modprobe would do.

The kernel's own modules that it needs lie beside it in a root, which depmod and modprobe are told
of; nothing is loaded.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..host.run import environment, run
from . import graph
from .built import Built, BuildFailed, folder
from .supply import files_of


def lines(built: Built | BuildFailed) -> Iterator[str]:
    """Return what there is to say of a suite for a kernel.

    Raises HarnessError where depmod cannot be run, or the kernel's own modules cannot be had.
    """
    kernel = built.kernel
    yield f"{built.name} for {kernel.name} ({kernel.release})"
    if isinstance(built, BuildFailed):
        first, *more = built.reason.splitlines()
        yield f"  not built: {first}" + (f" (by {built.how})" if built.how else "")
        yield from (f"    {line}" for line in more)
        yield from [f"  all that was said: {built.log}"] if built.log else []
        return
    number = len(built.modules)
    yield f"  built by {built.how}: {number} module{'' if number == 1 else 's'}"
    yield f"  vermagic: {', '.join(sorted({m.first('vermagic').strip() for m in built.modules}))}"
    with tempfile.TemporaryDirectory(prefix="taskmods-") as scratch:
        root = Path(scratch)
        said = _index(built, root)
        yield "  needs:"
        yield from (f"    {line}" for line in tree(built))
        yield from _listed("depmod says:", said)
        yield from _listed("wrong:", [f"{name}: {what}" for _, name, what in built.wrong])
        yield from _listed("softdeps:", [f"{name}: {words}" for name, words
                                         in graph.softdeps(built)])
        yield from _listed("parameters:", [f"{module.name}: {value}" for module in built.modules
                                           for value in module.all("parm")])
        yield from _listed("no exit function, so it stays once loaded:",
                           [module.name for module in built.modules if not module.has_exit])
        for leaf in graph.leaves(built):
            yield from _listed(f"modprobe {leaf} would do:", _would(built, root, leaf))
    yield f"  drawn: {draw(built)}"


def _listed(title: str, found: list[str]) -> list[str]:
    return [f"  {title}", *(f"    {line}" for line in found)] if found else []


def tree(built: Built) -> Iterator[str]:
    """Return the graph, a module a line, beneath each what it needs; each is told once in full."""
    known = {module.name: module for module in built.modules}
    told: set[str] = set()

    def below(name: str, depth: int, above: tuple[str, ...], note: str) -> Iterator[str]:
        module = known.get(name)
        further = (*module.needs, *graph.soft(built, name)) if module else ()
        if not module:
            note += " (the kernel's own)"
        elif name in above:
            note += " (a circle)"
        elif name in told and further:
            note += " (see above)"
        yield f"{'  ' * depth}{name}{note}"
        if module and name not in told:
            told.add(name)
            for need in further:
                yield from below(need, depth + 1, (*above, name),
                                 "" if need in module.needs else " (by a softdep)")

    tops = graph.leaves(built)
    for name in (*tops, *(name for name in known if not tops)):
        if name not in told:
            yield from below(name, 0, (), "")


def _index(built: Built, root: Path) -> list[str]:
    """Install it below a root, have depmod index that; return what depmod complains of."""
    for name, (mode, content) in files_of(built).items():
        path = root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
    place = root / "lib/modules" / built.kernel.release
    for path in built.kernel.lists:
        (place / path.name).write_bytes(path.read_bytes())
    done = subprocess.run(["/sbin/depmod", "-b", root, built.kernel.release], text=True,
                          capture_output=True, check=False, env=environment())
    return [line.replace(f"{place}/", "") for line in done.stderr.splitlines()]


def _would(built: Built, root: Path, leaf: str) -> list[str]:
    done = subprocess.run(
        ["/sbin/modprobe", "-d", root, "-C", root / "etc/modprobe.d", "-S", built.kernel.release,
         "-n", "-v", leaf], text=True, capture_output=True, check=False, env=environment())
    said = (done.stdout + done.stderr).replace(f"{root}/lib/modules/{built.kernel.release}/", "")
    return list(dict.fromkeys(line.strip() for line in said.splitlines()))


def draw(built: Built) -> Path:
    """Draw the graph as SVG; return the file.

    Raises HarnessError where graphviz cannot do it.
    """
    place = folder(built.name) / f"{built.kernel.name}.svg"
    place.with_suffix(".dot").write_text("\n".join(_dot(built)), encoding="utf-8")
    run(["dot", "-Tsvg", "-o", place, place.with_suffix(".dot")], "draw the graph")
    return place


def _dot(built: Built) -> Iterator[str]:
    edges = {(module.name, need): "" for module in built.modules for need in module.needs}
    for module in built.modules:
        for need in graph.soft(built, module.name):
            edges.setdefault((module.name, need), ' [style=dashed, label="softdep"]')
    ours = {module.name for module in built.modules}
    yield "digraph modules { rankdir=BT; bgcolor=white;"
    yield 'node [shape=box, style="rounded,filled", fillcolor="#dce8f5", fontname="sans-serif"];'
    for name in sorted({need for _, need in edges} - ours):
        yield (f'"{name}" [fillcolor="#eeeeee", style="rounded,filled,dashed", '
               'tooltip="of the kernel\'s own tree"];')
    yield from (f'"{name}";' for name in sorted(ours))
    yield from (f'"{name}" -> "{need}"{how};' for (name, need), how in edges.items())
    yield "}"
