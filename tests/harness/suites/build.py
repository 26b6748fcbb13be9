# SPDX-License-Identifier: GPL-2.0
"""A suite built for a kernel: in a copy of its sources, in the sandbox, once for the same."""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..host import cache, sandbox
from ..host.errors import HarnessError
from ..host.paths import BUILD
from ..host.progress import step
from ..host.run import environment, run, run_group
from ..host.system import codename
from ..kernels import intree, toolchain
from ..kernels.build import MAKE_OPTIONS
from ..kernels.kernel import Kernel
from ..kernels.table import KERNELS
from . import dkmsconf, graph, lacking, modinfo, symbols, ways
from .built import Built, BuildFailed, folder
from .dkmsconf import CONF, Conf
from .modinfo import Module
from .source import Source
from .ways import Way

# Another number has everything built anew.
_RECIPE = 4
# What tells of an error, the surest first: configure looks for things that are not there.
_ERRORS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    r"\berror:|^ERROR: modpost|undefined reference|^(?!make)\S+: \*\*\* ",
    r"cannot find|No such file|command not found",
    r"^make\S*: \*\*\* "))


def built(source: Source, kernel: Kernel, arguments: str = "") -> Built | BuildFailed:
    """Build a suite for a kernel, unless it was; `arguments` are more words for make.

    Raises HarnessError where there is nothing to build, or no sandbox to build it in.
    """
    sandbox.demand("build modules that are not ours")
    place = folder(source.name) / kernel.name
    with cache.lock(place.with_suffix(".lock")):
        return _Build(source, kernel, arguments, place).result()


class _Build:
    """A suite being built for a kernel, in a directory of its own."""

    def __init__(self, source: Source, kernel: Kernel, arguments: str, place: Path) -> None:
        self._source, self._kernel, self._place = source, kernel, place
        self._arguments = arguments
        self._log = place / "make.log"
        self._dkms = place / "dkms"
        self._conf: Conf | None = None
        suite = KERNELS[kernel.name].suite.partition("-")[0] or codename()
        self._tools = toolchain.of(suite, kernel.architecture, source.tools) if source.tools \
            else kernel.toolchain

    def result(self) -> Built | BuildFailed:
        """Build it, if it is not; return what is there then."""
        recipe, done = self._digest(), self._place / ".built"
        is_there = done.exists() and done.read_text(encoding="ascii") == recipe
        if not is_there:
            shutil.rmtree(self._place, ignore_errors=True)
            self._dkms.mkdir(parents=True)
            self._put()
        self._read_conf()
        why_not = self._conf.excludes(self._kernel, self._kernel.architecture.machine) \
            if self._conf else ""
        if why_not:
            return self._failed(why_not, CONF, lacks=True)
        tried = list(self._ways())
        if not tried:
            raise HarnessError(f"{self._source.what} has no dkms.conf, no debian/*.dkms, no Kbuild "
                               "and no Makefile that builds modules: name the folder that has one")
        if not is_there:
            failed = self._run(tried)
            if failed:
                return failed
            done.write_text(recipe, encoding="ascii")
        taken = next(way for way in tried
                     if way.how == (self._place / "how").read_text(encoding="utf-8"))
        return self._look(taken)

    def _digest(self) -> str:
        digest = hashlib.sha256(repr((_RECIPE, self._kernel, self._arguments, MAKE_OPTIONS,
                                      str(self._tools.root), self._source)).encode())
        for path in sorted(self._source.tree.rglob("*")):
            if path.is_file() and ".git" not in path.parts and BUILD not in path.parents:
                digest.update(f"{path}\0{path.stat().st_mode}\0".encode(errors="surrogateescape"))
                digest.update(path.read_bytes())
        return digest.hexdigest()

    # What it is built by.

    def _sandboxed(self, argv: list[str], env: Mapping[str, str]) -> list[str | Path]:
        return self._tools.foreign(argv, self._place, self._kernel.root, env=env,
                                   headers=_headers(self._kernel))

    @property
    def _by(self) -> str:
        """The file that tells dkms of the suite, if there is one."""
        of_debian = ways.debian_dkms(self._source.tree)
        if (self._source.tree / CONF).exists():
            return CONF
        return f"debian/{of_debian.name}" if of_debian else ""

    @property
    def _copy(self) -> Path:
        """Where the copy is: where dkms has it, once its dkms.conf was read."""
        conf = self._conf
        return self._dkms / "copy" if conf is None else (
            self._dkms / conf.one("PACKAGE_NAME") / conf.one("PACKAGE_VERSION") / "build")

    @property
    def _variables(self) -> Mapping[str, str]:
        return ways.variables(self._conf, self._kernel, self._dkms)

    def _put(self) -> None:
        """Copy the sources; a dkms.conf that Debian's tools or others would make is there, too."""
        self._source.copy(self._copy)
        if self._by:
            text = (self._source.tree / self._by).read_bytes().decode(errors="surrogateescape")
            version = ways.debian_version(self._source.tree)
            (self._copy / CONF).write_bytes(
                ways.filled(text, version).encode(errors="surrogateescape"))

    def _read_conf(self) -> None:
        """Read dkms.conf, if there is one: once for where it belongs, and once there."""
        if not self._by:
            return
        found = self._copy if self._copy.exists() else next(self._dkms.glob("*/*/build"))
        self._conf = dkmsconf.read(found, self._sandboxed, self._variables)
        if found != self._copy:
            self._copy.parent.mkdir(parents=True)
            found.rename(self._copy)
        self._conf = dkmsconf.read(self._copy, self._sandboxed, self._variables)

    def _ways(self) -> Iterator[Way]:
        if self._conf:
            yield ways.by_dkms(self._conf, self._by, self._kernel, self._arguments)
        else:
            yield from ways.by_make(self._copy, self._kernel, self._arguments)

    # Building.

    def _run(self, tried: list[Way]) -> BuildFailed | None:
        """Build by the first way that makes a module; return why none does."""
        failed = None
        for way in tried:
            with step(f"Building {self._source.name} for {self._kernel.name}, by {way.how}"):
                status = self._build(way)
            log = self._log.read_text(encoding="utf-8")
            if status == 0 and self._modules() and not self._missing(way):
                (self._place / "how").write_text(way.how, encoding="utf-8")
                return None
            failed = failed or self._why(way, status, log)
        return failed

    def _build(self, way: Way) -> int:
        given = "\n".join(f"{name}={shlex.quote(value)}"
                          for name, value in self._variables.items())
        script = f"{given}\nset -e\n{way.script}\n"
        # However many makes it takes, each gets our own options for any module.
        options = {"MAKEFLAGS": "-- " + " ".join(MAKE_OPTIONS).replace("$", "$$")}
        done = run_group(self._sandboxed(["bash", "-c", script], options), self._copy / way.folder,
                         environment(), subprocess.STDOUT)
        self._log.write_text(f"{way.script}\n{done.stdout}", encoding="utf-8", errors="replace")
        return done.returncode

    def _why(self, way: Way, status: int, log: str) -> BuildFailed:
        reason = _first_error(log, self._copy, status == 0)
        # What fails for another reason first is no matter of options, whatever else it misses.
        options = lacking.options(self._kernel, reason) and lacking.options(self._kernel, log)
        if options:
            return self._failed(f"not on this kernel: {' and '.join(options)} "
                                f"{'is' if len(options) == 1 else 'are'} off", way.how, lacks=True)
        if status == 0:
            words = self._missing(way) or "make ended well, and there is no module"
            return self._failed("\n".join(filter(None, (reason, words))), way.how)
        running = f"/lib/modules/{os.uname().release}"
        if running in log and self._kernel.release not in running:
            reason += (f"\nit is built for the running kernel, by {running}, not for the one that "
                       "is asked for")
        return self._failed(reason, way.how)

    def _failed(self, reason: str, how: str, lacks: bool = False) -> BuildFailed:
        return BuildFailed(self._source.name, self._kernel, reason, lacks, how,
                           self._log if self._log.exists() else None, self._source.what)

    # What was built.

    def _modules(self) -> list[Path]:
        """Return the modules that are there; two of a name are one that was copied about."""
        found: dict[str, Path] = {}
        for path in sorted(self._copy.rglob("*.ko"), key=lambda path: (len(path.parts), path)):
            if not path.is_symlink():
                found.setdefault(modinfo.plain(path.stem), path)
        return list(found.values())

    def _missing(self, way: Way) -> str:
        """Return what is listed and was not built, in words, or nothing."""
        missing = [name for name in way.listed if not (self._copy / f"{name}.ko").exists()]
        return (f"{way.how} lists {missing[0]}, and the build does not make {missing[0]}.ko"
                if missing else "")

    def _look(self, way: Way) -> Built:
        there = self._modules()
        wrong: list[tuple[str, str, str]] = []
        if way.listed:
            listed = {(self._copy / f"{name}.ko").resolve() for name in way.listed}
            before = (self._dkms / ways.BEFORE).read_text(encoding="utf-8").splitlines()
            wrong += _listing(way, [path for path in there if path.resolve() not in listed
                                    and f"./{path.relative_to(self._copy)}" not in before])
            there = [path for path in there if path.resolve() in listed]
        wrong += [("listed", "", f"dkms does not take {way.how}: {why}")
                  for why in (self._conf.refused() if self._conf else ())]
        modules = tuple(self._stripped(path) for path in there)
        wrong += [("vermagic", module.name, f"is built for {module.first('vermagic').split()[0]}, "
                   f"not for {self._kernel.release}") for module in modules
                  if module.first("vermagic").split()[:1] != [self._kernel.release]]
        wrong += [("indexed", circle[0], f"needs itself: {' -> '.join(circle)}")
                  for circle in graph.circles(modules)]
        wrong += [("symbols", *found) for found in symbols.wrong(self._kernel, modules)]
        return Built(self._source.name, self._kernel, modules, self._in_tree(modules),
                     tuple(self._configuration()), way.how, self._log, tuple(wrong),
                     bool(way.listed), self._source.what)

    def _stripped(self, path: Path) -> Module:
        """Return a module without what debuggers want, which is most of it."""
        target = self._place / "modules" / path.name
        if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            target.parent.mkdir(exist_ok=True)
            run([self._kernel.architecture.tool("strip"), "--strip-debug", "-o", target, path],
                f"strip {path.name}")
        return modinfo.read(target)

    def _in_tree(self, modules: tuple[Module, ...]) -> tuple[str, ...]:
        """Return what they need, or ask for, of the kernel's own."""
        ours = {module.name for module in modules}
        wanted = {name for module in modules for name in module.needs} - ours
        asked = {name for module in modules for words in module.all("softdep")
                 for name in graph.named(words)} - ours
        return tuple(sorted({*wanted, *(name for name in asked - wanted
                                        if intree.has(self._kernel, name))}))

    def _configuration(self) -> Iterator[Path]:
        """Return the files for modprobe.d that come with it."""
        below = ("etc/modprobe.d", "lib/modprobe.d", "usr/lib/modprobe.d")
        places = [self._source.package / name for name in below] if self._source.package \
            else [self._source.tree / "modprobe.d"]
        for place in places:
            yield from sorted(place.glob("*.conf"))


def _headers(kernel: Kernel) -> dict[str, Path]:
    """Return what a kernel's directory in /lib/modules leads to, by its names there."""
    source = kernel.modules / "source"
    common = kernel.root / os.readlink(source).lstrip("/") if source.is_symlink() else kernel.kdir
    return {f"{kernel.release}/build": kernel.kdir,
            f"{kernel.release}/source": common if common.is_dir() else kernel.kdir}


def _listing(way: Way, unlisted: list[Path]) -> Iterator[tuple[str, str, str]]:
    names = [Path(name).name for name in way.listed]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield "listed", modinfo.plain(name), f"{way.how} lists it {names.count(name)} times"
    for path in unlisted:
        yield ("listed", modinfo.plain(path.stem),
               f"is built, and {way.how} does not list it: dkms does not install it")


def _first_error(log: str, copy: Path, is_surely: bool = False) -> str:
    """Return the first line of a build's log that tells of an error, else the last.

    Where that has nothing more to say, the next one is with it. With `is_surely` it is one that
    can be nothing else, or none.
    """
    lines = [line.replace(f"{copy}/", "").strip() for line in log.splitlines()[1:] if line.strip()]
    for pattern in _ERRORS[:1] if is_surely else _ERRORS:
        for at, line in enumerate(lines):
            if pattern.search(line):
                return " ".join(lines[at:at + 2]) if line.endswith("error:") else line
    if is_surely:
        return ""
    return lines[-1] if lines else "make failed, and said nothing"
