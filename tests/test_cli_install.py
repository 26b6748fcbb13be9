# SPDX-License-Identifier: GPL-2.0
"""The command's own Makefile, its completion, and its manual, which name what there is."""

import functools
import os
import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.commands import deb
from harness.host import cli
from harness.host.paths import TOP
from harness.host.run import run
from harness.observe.metrics import samples
from recorded import Tree

pytestmark = pytest.mark.host

INSTALLED = {
    "usr/bin/taskmods",
    "usr/share/man/man1/taskmods.1",
    "usr/share/bash-completion/completions/taskmods",
    "usr/lib/systemd/system/taskmods-metrics.service",
    "usr/lib/systemd/system/taskmods-metrics.timer",
}


@dataclass(frozen=True)
class Option:
    """An option, as help names it; what it does not have, a letter or a value, is empty."""

    letter: str
    name: str
    value: str

    def forms(self) -> list[str]:
        """Return what it is given by."""
        return [f"-{self.letter}"] * bool(self.letter) + [f"--{self.name}"]


@functools.cache
def options() -> list[Option]:
    """Return the options that there are; help is made of the table that the command reads by."""
    said = run([cli.built(), "--help"], "ask for help")
    return [Option(*found) for found in re.findall(
        r"^  (?:-(\w),|   ) --(\w+)(?:=([A-Z]+))?  +\w", said, re.MULTILINE)]


# Values for the options that do not take 1.
VALUES = {"LETTERS": "R", "FILE": "x.prom"}


def is_taken(empty: Tree, name: str, option: Option) -> bool:
    """Return whether a command takes an option; it is run on an empty root, where it ends."""
    value = f"={VALUES.get(option.value, '1')}" if option.value else ""
    done = empty.run(name, f"--{option.name}{value}", input="a message\n")
    refused = f"taskmods: {name} takes no --{option.name}: see taskmods --help\n"
    # An empty root has nothing to explain.
    assert done.returncode != 2 or done.stderr == refused or name == "explain"
    return done.stderr != refused


@pytest.fixture(scope="module")
def takes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Option]]:
    """The commands that there are, with the options that each takes."""
    said = run([cli.built(), "--help"], "ask for help")
    names = re.findall(r"^  (\w+) ", said.partition("\n\n")[2].partition("\n\n")[0], re.MULTILINE)
    empty = Tree(tmp_path_factory.mktemp("empty"), cli.built())
    return {name: [option for option in options() if is_taken(empty, name, option)]
            for name in names}


def make(*arguments: str) -> None:
    run(["make", "-s", "-C", cli.SOURCES, *arguments], "make the command")


def test_install_and_clean(tmp_path: Path) -> None:
    """What is installed runs, and the unit runs it from there."""
    made = tmp_path / "made"
    made.mkdir()
    place = tmp_path / "the root"
    before = os.umask(0o077)
    try:
        make("install", f"O={made}", f"DESTDIR={place}", "prefix=/usr")
    finally:
        os.umask(before)
    assert {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()} \
        == INSTALLED
    assert [path for path in place.rglob("*") if path.is_file()
            and path.stat().st_mode & 0o777 != (0o755 if path.parent.name == "bin" else 0o644)
            ] == []
    said = run([place / "usr/bin/taskmods", "--version"], "run it")
    assert said == f"taskmods {deb.version()}\n"
    make("clean", f"O={made}")
    assert list(made.iterdir()) == []
    make("install", f"O={made}", f"DESTDIR={place}", "prefix=/opt/x", "unitdir=/units",
         "CFLAGS=-O0")
    unit = (place / "units/taskmods-metrics.service").read_text(encoding="utf-8")
    assert "\nExecStart=/opt/x/bin/taskmods metrics --textfile " in unit
    make("uninstall", f"DESTDIR={place}", "prefix=/usr")
    make("uninstall", f"DESTDIR={place}", "prefix=/opt/x", "unitdir=/units")
    assert [path for path in place.rglob("*") if path.is_file()] == []


def complete(*words: str) -> list[str]:
    """Return what bash offers where the last of the words, after the command's name, is begun."""
    return complete_each([words])[0]


def complete_each(lines: list[Sequence[str]]) -> list[list[str]]:
    """Return that for each of the lines, by one bash."""
    script = ". \"$0\"; while read -r line; do eval \"words=($line)\"; " + (
        'COMP_WORDS=(taskmods "${words[@]}"); COMP_CWORD=${#words[@]}; COMPREPLY=(); '
        '_taskmods 2> /dev/null; echo "${COMPREPLY[@]}"; done')
    done = subprocess.run(["bash", "--norc", "-c", script, cli.SOURCES / "completion/taskmods"],
                          text=True, capture_output=True, check=True,
                          input="".join(f"{shlex.join(words)}\n" for words in lines))
    return [offered.split() for offered in done.stdout.splitlines()]


def test_completion_offers_what_each_command_takes(takes: dict[str, list[Option]]) -> None:
    assert len(options()) > 10 and len(takes) == 8
    assert set(complete("")) == set(takes)
    assert complete("tr") == ["tree"]
    for name, wanted in takes.items():
        assert set(complete(name, "--")) == {f"--{option.name}" for option in wanted}
    assert set(complete("--")) == {f"--{option.name}" for option in options()}
    assert complete("tasks", "--js") == ["--json"]
    assert complete("tasks", "x") == []


def test_completion_takes_no_value_for_the_command(takes: dict[str, list[Option]]) -> None:
    """Bash takes the = between an option and its value for a word."""
    offered = complete("tasks", "--")
    for option in options():
        value = ["tree"] * bool(option.value)
        before = [[form, *value] for form in option.forms()]
        before += [["-j", *words] for words in before]
        before += [[f"--{option.name}", "=", *value]] * bool(value)
        tasks = complete_each([[*words, "tasks", "--"] for words in before])
        names = complete_each([[*words, ""] for words in before])
        for words, of_tasks, of_names in zip(before, tasks, names, strict=True):
            assert of_tasks == offered, words
            assert set(of_names) == set(takes), words


def test_completion_of_values() -> None:
    """Bash takes the = between an option and its value for a word."""
    assert complete("tasks", "--state", "D") == complete("tasks", "--state", "=", "D") == ["D"]
    assert len(complete("tasks", "-s", "")) == len(complete("tasks", "--state", "=")) == 9
    assert "root" in complete("tasks", "--user", "ro")
    assert str(cli.SOURCES / "taskmods.1") in complete(
        "metrics", "--textfile", f"{cli.SOURCES}/taskm")
    assert complete("tasks", "--name", "") == []


def test_the_manual_names_every_option_and_metric(tmp_path: Path) -> None:
    manual = (cli.SOURCES / "taskmods.1").read_text(encoding="utf-8")
    found = re.findall(r"^\.It (?:Fl (\w) , )?Fl Fl (\w+)(?: Ns = Ns Ar (\w+))?$", manual,
                       re.MULTILINE)
    assert sorted(found) == sorted((option.letter, option.name, option.value.lower())
                                   for option in options())
    tree = Tree(tmp_path, cli.built())
    tree.record(threads=[(1, 1, "S", 0, 0, 7, "x")])
    names = {name for name, *_ in samples(tree.run("metrics").stdout)}
    assert set(re.findall(r"taskmods_\w+", manual)) == names
    page = (TOP / "docs/metrics.md").read_text(encoding="utf-8")
    assert set(re.findall(r"taskmods_\w+", page.partition("## Alerts")[0])) - {"taskmods_"} == names


def test_the_synopsis_has_what_each_command_takes(takes: dict[str, list[Option]]) -> None:
    """Those without a short form go with every command, as help and the version go alone."""
    manual = (cli.SOURCES / "taskmods.1").read_text(encoding="utf-8")
    synopsis = manual.partition(".Sh SYNOPSIS\n")[2].partition(".Sh ")[0]
    found = {}
    for form in re.findall(r"^\.Cm (.+)\n((?:\.Op .+\n)+)", synopsis, re.MULTILINE):
        given = re.findall(r"\.Op Fl (\w)(?: \| (\w)| Ar (\w+))?$", form[1], re.MULTILINE)
        shown = {(letter, value) for one, other, value in given for letter in (one + other)}
        found.update(dict.fromkeys(form[0].split(" | "), shown))
    assert found == {name: {(option.letter, option.value.lower()) for option in wanted
                            if option.letter and option.letter not in "hV"}
                     for name, wanted in takes.items()}
