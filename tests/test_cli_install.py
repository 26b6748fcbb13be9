# SPDX-License-Identifier: GPL-2.0
"""The command's own Makefile, its completion, and its manual, which name what there is."""

import os
import re
import subprocess
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


def options() -> dict[str, str]:
    """Return the options that the command takes, by their long names."""
    source = (cli.SOURCES / "options.c").read_text(encoding="utf-8")
    return dict(re.findall(r'^\t\{ "(\w+)", \w+, NULL, \'?(\w+)\'? \},$', source, re.MULTILINE))


def takes() -> dict[str, set[str]]:
    """Return the commands that there are, with the long names of the options that each takes."""
    source = (cli.SOURCES / "main.c").read_text(encoding="utf-8")
    found = re.findall(r'^\t\{ "(\w+)", "(\w+)", ', source, re.MULTILINE)
    return {name: {long for long, short in options().items() if len(short) > 1 or short in "hV"
                   or short in letters} for name, letters in found}


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
    make("install", f"O={made}", f"DESTDIR={place}", "prefix=/opt/x", "unitdir=/units")
    unit = (place / "units/taskmods-metrics.service").read_text(encoding="utf-8")
    assert "\nExecStart=/opt/x/bin/taskmods metrics --textfile " in unit
    make("uninstall", f"DESTDIR={place}", "prefix=/usr")
    make("uninstall", f"DESTDIR={place}", "prefix=/opt/x", "unitdir=/units")
    assert [path for path in place.rglob("*") if path.is_file()] == []


def complete(*words: str) -> list[str]:
    """Return what bash offers where the last of the words, after the command's name, is begun."""
    script = ('. "$0"; COMP_WORDS=(taskmods "$@"); COMP_CWORD=$#; _taskmods 2> /dev/null; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "--norc", "-c", script,
                           cli.SOURCES / "completion/taskmods", *words],
                          text=True, capture_output=True, check=True)
    return done.stdout.split()


def test_completion_offers_what_each_command_takes() -> None:
    assert len(options()) > 10 and len(takes()) == 7
    assert set(complete("")) == set(takes())
    assert complete("tr") == ["tree"]
    for name, wanted in takes().items():
        assert {word.removeprefix("--") for word in complete(name, "--")} == wanted
    assert {word.removeprefix("--") for word in complete("--")} == set(options())
    assert complete("tasks", "--js") == ["--json"]
    assert complete("tasks", "x") == []
    for before in (("-n", "tree"), ("--name", "=", "tree"), ("-j", "-u", "report")):
        assert complete(*before, "tasks", "--") == complete("tasks", "--")
        assert set(complete(*before, "")) == set(takes())


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
    assert set(re.findall(r"Fl Fl (\w+)", manual)) == set(options())
    tree = Tree(tmp_path, cli.built())
    tree.record(threads=[(1, 1, "S", 0, 0, 7, "x")])
    names = {name for name, *_ in samples(tree.run("metrics").stdout)}
    assert set(re.findall(r"taskmods_\w+", manual)) == names
    page = (TOP / "docs/metrics.md").read_text(encoding="utf-8")
    assert set(re.findall(r"taskmods_\w+", page.partition("## Alerts")[0])) - {"taskmods_"} == names
