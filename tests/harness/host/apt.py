# SPDX-License-Identifier: GPL-2.0
"""Debian packages by name, from where the host's apt gets them, without touching the host.

The lists are fetched into a directory of our own, so that they are today's and need no privilege;
apt verifies them and the packages by its own signatures. Another suite is looked for where the
host's own is.
"""

import functools
import os
import re
import shutil
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

from .errors import HarnessError, NotInArchive
from .run import run
from .system import codename, host_architecture


class Archive:
    """A suite of the archive as it is now, by default the host's; `scratch` takes its lists.

    As a context it removes that at the end. Packages are those for `architecture`, if not the
    host's, of main and of `components`; beside them the host's can be had by NAME:ARCHITECTURE.
    A suite with a dash in its name, e.g. "trixie-backports", comes with the one that it adds to.
    Raises HarnessError where the host's sources do not say where Debian is.
    """

    def __init__(self, scratch: Path, suite: str = "", architecture: str = "",
                 components: tuple[str, ...] = ()) -> None:
        self.scratch = scratch
        self.packages = scratch / "packages"
        for directory in ("lists/partial", "cache/archives/partial", "packages"):
            (scratch / directory).mkdir(parents=True)
        # What apt leaves behind when it is interrupted goes with the rest.
        self._env = {"LC_ALL": "C", "TMPDIR": str(scratch)}
        self._options = [
            "-o", f"Dir::State::Lists={scratch}/lists", "-o", f"Dir::Cache={scratch}/cache",
            # What is installed here is no sign that the archive can be reached.
            "-o", "Dir::State::status=/dev/null",
            "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=2",
            "-o", "Acquire::Languages=none", "-o", "Debug::NoLocking=1"]
        self._host = host_architecture()
        # Its others would have their lists fetched, too.
        self._have(self._host)
        self._complaints = self._update()
        is_foreign = architecture not in ("", self._host)
        if suite not in ("", codename()) or components:
            self._turn_to(suite or codename(), scratch / "sources.list", components)
        if is_foreign:
            self._have(architecture, self._host)
        if is_foreign or suite not in ("", codename()) or components:
            self._complaints = self._update()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.scratch)

    def _have(self, *architectures: str) -> None:
        """Have apt look for packages for these, and take the first where none is named."""
        self._first = architectures[0]
        self._options += ["-o", f"APT::Architecture={self._first}",
                          "-o", f"APT::Architectures={','.join(architectures)}"]

    def _update(self) -> list[str]:
        """Fetch the lists; return what apt says of it."""
        # The exit status is also non-zero where only a third party's list is out of reach.
        update = subprocess.run(["apt-get", *self._options, "update"], text=True, check=False,
                                capture_output=True, stdin=subprocess.DEVNULL,
                                env={**os.environ, **self._env})
        return [line for line in update.stderr.splitlines() if line[:2] in ("E:", "W:")]

    def _turn_to(self, suite: str, sources: Path, components: tuple[str, ...]) -> None:
        """Have apt use a suite, and that alone; with more of its components, if it has these."""
        own, base = codename(), suite.partition("-")[0]
        known = self.sources().splitlines()
        lines = [line.replace(f" {own}{part} ", f" {base}{part} ") for part in ("", "-security")
                 for line in known if f" {own}{part} " in line]
        if not lines:
            raise HarnessError(f"cannot look for {suite}: apt's sources here have no {own} "
                               f"({self._why()})")
        if suite != base:
            lines.append(lines[0].replace(f" {base} ", f" {suite} "))
        more = "".join(f" {name}" for name in components)
        sources.write_text("".join(f"{line}{more}\n" for line in lines), encoding="ascii")
        self._options += ["-o", f"Dir::Etc::sourcelist={sources}",
                          "-o", "Dir::Etc::sourceparts=/dev/null"]

    def _why(self) -> str:
        return self._complaints[0] if self._complaints else "apt knows no package of that name"

    def _apt(self, command: str, *arguments: str, what: str) -> str:
        return run([command, *self._options, *arguments], what, cwd=self.packages,
                   env=self._env)

    def version(self, package: str) -> str:
        """Return the version that would be installed.

        Raises NotInArchive where the archive has none, HarnessError where it cannot be reached.
        """
        versions = self._versions([package])
        if not versions:
            error = HarnessError if self._complaints else NotInArchive
            raise error(f"cannot get {package} from Debian's archive ({self._why()}): "
                        "is the network there, and main in apt's sources?")
        return versions[package]

    def _versions(self, packages: list[str]) -> dict[str, str]:
        """Return the versions that would be installed, of those that there are."""
        policy = self._apt("apt-cache", "policy", *packages, what=f"look up {' '.join(packages)}")
        return dict(re.findall(r"^(\S+):\n  Installed: .*\n  Candidate: ([^(\n]+)$", policy,
                               re.MULTILINE))

    def newest(self, pattern: str) -> str:
        """Return the name, of those that match, whose version is the highest.

        Raises HarnessError where the archive has none, or cannot be reached.
        """
        return self.newest_first(pattern)[0]

    def newest_first(self, pattern: str) -> list[str]:
        """Return the names that match, the one whose version is the highest first.

        Raises HarnessError where the archive has none, or cannot be reached.
        """
        names = self._apt("apt-cache", "pkgnames", pattern.partition("*")[0],
                          what=f"look up {pattern}").split()
        versions = self._versions([name for name in names if fnmatchcase(name, pattern)])
        # For the same message where there is none at all.
        self.version(next(iter(versions), pattern))
        by_age = functools.cmp_to_key(_compare)
        return sorted(versions, key=lambda name: by_age(versions[name]), reverse=True)

    def depends(self, package: str, prefix: str) -> list[str]:
        """Return what `package` depends on by names that begin with `prefix`, directly or not."""
        tree = self._apt("apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests",
                         "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances",
                         package, what=f"read what {package} depends on")
        names = {line.strip() for line in tree.splitlines() if not line.startswith(" ")}
        # What may be for any architecture is for the host's.
        return sorted(name for name in names
                      if name.startswith(prefix) and f"{name}:{self._host}" not in names)

    def needs(self, package: str) -> list[str]:
        """Return what `package` itself depends on: of alternatives the first."""
        said = self._apt("apt-cache", "depends", "--no-recommends", "--no-suggests",
                         "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances",
                         package, what=f"read what {package} depends on")
        found = re.findall(r"^ ([ |])(?:Pre)?Depends: <?([^\s>]+)", said, re.MULTILINE)
        return [name for at, (_, name) in enumerate(found)
                if not at or found[at - 1][0] == " "]

    def download(self, packages: list[str]) -> list[Path]:
        """Download packages into `packages` of this archive, and return all that are there.

        Raises HarnessError, and leaves none of them, where one cannot be had.
        """
        before = set(self.packages.iterdir())
        try:
            self._apt("apt-get", "download", *packages, what=f"download {' '.join(packages)}")
        except HarnessError:
            for package in set(self.packages.iterdir()) - before:
                package.unlink()
            raise
        return sorted(self.packages.iterdir())

    def extract(self, packages: list[str], into: Path) -> None:
        """Download packages and unpack them under `into`, running nothing of theirs."""
        for package in self.download(packages):
            run(["dpkg-deb", "-x", package, into], f"unpack {package.name}")
            package.unlink()

    def source(self, package: str) -> Path:
        """Download the source of a package; return the archive of it that its authors made.

        Raises HarnessError where it cannot be had.
        """
        listed = self.scratch / "source.list"
        listed.write_text("".join(f"deb-src{line.removeprefix('deb')}\n"
                                  for line in self.sources().splitlines()), encoding="ascii")
        self._options += ["-o", f"Dir::Etc::sourcelist={listed}",
                          "-o", "Dir::Etc::sourceparts=/dev/null"]
        self._complaints = self._update()
        self._apt("apt-get", "source", "--download-only", package,
                  what=f"download the source of {package}")
        (found,) = self.packages.glob("*.orig.tar.*")
        return found

    def sources(self) -> str:
        """Return the Debian sources that are used as the lines of a sources.list.

        They are those that have packages for the archive's architecture.

        Raises HarnessError where apt cannot tell.
        """
        rows = self._apt("apt-get", "indextargets", "--format",
                         "$(SIGNED_BY)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)",
                         "Created-By: Packages", "Origin: Debian",
                         f"Architecture: {self._first}", what="read apt's sources")
        lines = []
        for row in sorted(set(rows.splitlines())):
            key, uri, release, component = row.split("|")
            option = f"[signed-by={key}] " if key.startswith("/") else ""
            lines.append(f"deb {option}{uri} {release} {component}\n")
        return "".join(lines)


def _compare(one: str, other: str) -> int:
    """Return a number that is to 0 as a package's version is to another."""
    if one == other:
        return 0
    newer = subprocess.run(["dpkg", "--compare-versions", one, "gt", other], check=False)
    return -1 if newer.returncode else 1
