# SPDX-License-Identifier: GPL-2.0
"""The guide: what it says is seen in a guest; both languages type the same and say the same."""

import re
from collections import Counter
from pathlib import Path

import pytest

import guidebook
from guidebook import CHINESE, ENGLISH
from harness.guest.session import Session
from harness.guest.vm import VM
from harness.host import cli
from harness.host.paths import TOP
from harness.kernels import build
from harness.kernels.kernel import Kernel

HOME = "/root"
NAMES = [path.name for path in guidebook.chapters(ENGLISH)]
# An inline link's target, in a text without its blocks.
LINK = re.compile(r"\]\(([^)\s]+)\)")


def examples(kernel: Kernel) -> dict[str, bytes]:
    """What the learner's directory has: each example, with what kbuild makes of it."""
    files = [*build.tree_sources(build.EXAMPLES)[1:], *build.examples(kernel).values()]
    return {f"{HOME}/{path.parent.name}/{path.name}": path.read_bytes() for path in files}


@pytest.fixture
def learner(vm: VM) -> VM:
    """The guest as the lab's is: with the examples, and the command, at hand."""
    files = examples(vm.parts.kernel)
    vm.run("mkdir", "-p", "/usr/local/bin", *{str(Path(name).parent) for name in files},
           check=True)
    for name, content in files.items():
        vm.write(name, content)
    compiler = vm.parts.kernel.architecture.tool("gcc")
    vm.write("/usr/local/bin/taskmods", cli.built(compiler, cli.FOR_GUESTS).read_bytes())
    vm.sh("chmod 755 /usr/local/bin/taskmods; dmesg -c > /dev/null")
    return vm


def take(step: guidebook.Step, vm: VM, shell: Session) -> list[str]:
    """Take a step; return what was not as it is told."""
    wrong = [f"is done before it: {check}" for check in step.checks
             if vm.run("bash", "-c", check).status == 0]
    for command in step.commands:
        seen, _ = shell.type(command.typed, 60)
        other = guidebook.differs(command.seen, seen, vm.parts.kernel.release)
        if other:
            wrong.append(f"# {command.typed}\n{other}")
    wrong += [f"is not done after it: {check}" for check in step.checks
              if vm.run("bash", "-c", check).status]
    return [f"{step.number} {text}" for text in wrong]


@pytest.mark.slow
@pytest.mark.needs("linux >= 6.1 and linux < 6.2 and kmod >= 30 and kmod < 31 and fast")
def test_what_the_guide_says_is_seen(learner: VM) -> None:
    """Chapter by chapter, each in a shell of its own; and each check is of its step."""
    wrong = []
    for path in guidebook.chapters(ENGLISH):
        shell = Session(learner, HOME)
        shell.type("PATH=$PATH:/usr/local/bin", 5)
        for step in guidebook.steps(path):
            wrong += take(step, learner, shell)
        shell.end()
    assert not wrong, "\n".join(wrong)


@pytest.mark.host
def test_both_languages_have_the_same_chapters() -> None:
    assert NAMES and [path.name for path in guidebook.chapters(CHINESE)] == NAMES


@pytest.mark.host
@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_the_same(name: str) -> None:
    """Step by step: commands, what is seen, checks, and where links lead."""
    english, chinese = ENGLISH / name, CHINESE / name
    pairs = list(zip(guidebook.steps(english), guidebook.steps(chinese), strict=True))
    for one, other in pairs:
        assert (one.number, one.commands, one.checks, one.host) \
            == (other.number, other.commands, other.checks, other.host)
    assert links(english) == links(chinese)


@pytest.mark.host
@pytest.mark.parametrize("name", NAMES)
def test_steps_are_numbered_and_each_can_be_done(name: str) -> None:
    """By chapter and place; each has a command and a check, or is for the reader's own machine."""
    chapter = int(name[:2])
    for place, step in enumerate(guidebook.steps(ENGLISH / name), start=1):
        assert step.number == f"{chapter}.{place}"
        assert step.host or (step.commands and len(step.checks) == 1), step.number
        assert all("\n" not in check for check in step.checks), step.number


@pytest.mark.host
def test_what_the_host_is_to_make_is_there() -> None:
    makefile = (TOP / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
    targets = set(re.findall(r"^\.PHONY:(.*)$", makefile, re.MULTILINE)[0].split())
    blocks = [block for path in guidebook.chapters(ENGLISH) for step in guidebook.steps(path)
              for block in step.host]
    lines = [line.split() for block in blocks for line in block.splitlines()]
    made = [words for words in lines if words[0] == "make"]
    assert made
    for words in made:
        if words[1] == "-C":
            assert (TOP / words[2] / "Makefile").exists(), words
        else:
            assert words[1] in targets, words


@pytest.mark.host
@pytest.mark.parametrize("told, seen, same", [
    (["core_mod   16384  2 a,b"], "core_mod 20480  12  a,b\n", True),
    (["core_mod   16384  2 a,b"], "core_mod 20480  12  a\n", False),
    (["[   12.5] one"], "[12345.678] one\n", True),
    (["f7c4a640 t walk"], "ffffffffc057f060 t walk\n", True),
    (["f7c4a640 t walk"], "ffffffffc057f060 T walk\n", False),
    (["insmod /lib/modules/6.1.0-50-686/a.ko"], "insmod /lib/modules/6.9-x/a.ko \n", True),
    (["insmod /lib/modules/6.1.0-50-686/a.ko"], "insmod /lib/modules/6.8-x/a.ko\n", False),
    (["bash: x: denied"], "bash: line 12: x: denied\n", True),
    (["one", "...", "four"], "one\ntwo\nthree\nfour\n", True),
    (["one", "...", "four"], "one\ntwo\nthree\n", False),
    (["one"], "one\ntwo\n", False), ([], "", True), ([], "one\n", False), (["one"], "", False)])
def test_what_may_differ(told: list[str], seen: str, same: bool) -> None:
    assert (not guidebook.differs(told, seen, "6.9-x")) == same


def links(path: Path) -> "Counter[str]":
    """Where the links of a page lead; the Chinese pages are taken for the English ones."""
    text = re.sub(r"(?ms)^```.*?^```$", "", path.read_text(encoding="utf-8"))
    return Counter(target.replace(".zh", "") for target in LINK.findall(text))


def broken(text: str) -> list[str]:
    """The lines of a text after which its paragraph goes on: a reader sees a blank there."""
    words = re.sub(r"(?ms)^```.*?^```$|^ {4}.*$", "", text)
    return re.findall(r"^(?![#|>-]|\d+\. ).+(?=\n(?![#|>-]|\d+\. ).)", words, re.MULTILINE)


@pytest.mark.host
@pytest.mark.parametrize("path", [TOP / "README.zh.md", *sorted(CHINESE.glob("*.md"))],
                         ids=lambda path: str(path.name))
def test_a_chinese_paragraph_is_one_line(path: Path) -> None:
    assert broken(path.read_text(encoding="utf-8")) == []


@pytest.mark.host
def test_a_broken_paragraph_is_seen() -> None:
    text = "# 一\n\n二，\n三\n\n```\n四\n五\n```\n\n- 六\n- 七\n\n    八\n    九\n\n| 十 |\n| 百 |\n"
    assert broken(text) == ["二，"]
