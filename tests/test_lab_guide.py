# SPDX-License-Identifier: GPL-2.0
"""The guide in the lab's page: clicked through to its end, in real browsers."""

from contextlib import AbstractContextManager

import guidebook
import pytest
from browser import Tab, browser
from labpage import PATIENCE, PROMPT, in_firefox

from harness.host.paths import TOP
from harness.lab import pages

pytestmark = [pytest.mark.host, pytest.mark.nightly]
pytest_plugins = ("labsite",)

# A prompt that nothing that a command writes looks like.
_OWN_PROMPT = r"PS1='# \[\e[m\]'"
_LISTEN = r"""
    const decoder = new TextDecoder();
    globalThis.heard = "";
    lab.machine.addEventListener("console", (event) =>
        heard += decoder.decode(event.detail, { stream: true }));
"""
_ANSWERED = r"/\n# \x1b\[m(\x1b\[K)?$/.test(heard)"


def click(page: Tab, button: str) -> str:
    """Click what types a command; return what is seen after it, once there is a prompt again."""
    page.run(f"heard = ''; {button}.click()")
    page.wait(_ANSWERED, PATIENCE)
    _, _, seen = page.run("return heard").replace("\r", "").partition("\n")
    return str(seen).rpartition("# ")[0]


def take(page: Tab, step: guidebook.Step, release: str) -> list[str]:
    """Take a step; return what was not as it is told."""
    section = f"document.getElementById('step-{step.number}')"
    page.run("location.hash = `step=${arguments[0]}`", step.number)
    page.wait(f"{section}?.classList.contains('current')", PATIENCE)
    typed = page.run(f"return [...{section}.querySelectorAll('.typed')]"
                     ".map((button) => button.dataset.type)")
    assert typed == [command.typed for command in step.commands]
    wrong = []
    if step.checks and page.run(f"return {section}.classList.contains('done')"):
        wrong.append("is done before it")
    for number, command in enumerate(step.commands):
        seen = click(page, f"{section}.querySelectorAll('.typed')[{number}]")
        other = guidebook.differs(command.seen, seen, release)
        if other:
            wrong.append(f"# {command.typed}\n{other}")
    if step.checks:
        page.wait(f"{section}.classList.contains('done')", PATIENCE)
    return [f"{step.number} {text}" for text in wrong]


def opened(name: str, language: str) -> AbstractContextManager[Tab]:
    """A context with a browser of that make."""
    return browser(language=language) if name == "chromium" else in_firefox()


@pytest.mark.parametrize("name", ("chromium", "firefox"))
@pytest.mark.parametrize("language", tuple(pages.GUIDES))
def test_the_guide_to_its_end(address: str, language: str, name: str) -> None:
    """Each command is clicked: what comes is what the guide shows, and the step's mark comes."""
    chapters = guidebook.chapters(TOP / "docs" / pages.GUIDES[language])
    wrong = []
    with opened(name, language) as page:
        page.open(f"{address}?lang={language}")
        page.wait(PROMPT, PATIENCE)
        release = page.run("return document.getElementById('release').textContent").split()[1]
        page.run(_LISTEN)
        page.run("lab.machine.type(arguments[0] + '\\r')", _OWN_PROMPT)
        page.wait(_ANSWERED, PATIENCE)
        for step in (step for chapter in chapters for step in guidebook.steps(chapter)):
            wrong += take(page, step, release)
        assert page.run("return document.getElementById('next').disabled")
        assert page.complaints() == []
    assert not wrong, "\n".join(wrong)
