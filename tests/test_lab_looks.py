# SPDX-License-Identifier: GPL-2.0
"""How the lab's page looks on screens of three widths, by keyboard alone, and on paper."""

import subprocess

import guidebook
import pytest
from browser import Browser, browser
from labpage import (PATIENCE, RUNNING, WATCH_SHIFTS, axe, moved, not_accessible, picture, rest,
                     theme, type_line)

from harness.host import tools
from harness.host.paths import BUILD, TOP
from harness.lab import pages

pytestmark = [pytest.mark.host, pytest.mark.nightly]
pytest_plugins = ("labsite",)

_LANGUAGES = pytest.mark.parametrize("language", tuple(pages.GUIDES))
_SIZES = pytest.mark.parametrize("width, height", ((1440, 900), (1024, 768), (390, 844)))
# What can be used, by the words or the id that it has.
_NAME = "(one) => one.id || one.getAttribute('aria-label') || one.textContent.trim()"
_CONTROLS = """
    const name = %s;
    return [...document.querySelectorAll("a[href], button, select, textarea, [tabindex='0']")]
        .filter((one) => !one.disabled && one.checkVisibility({ visibilityProperty: true }))
        .map(name);
""" % _NAME
# What has the focus, and whether that is seen: by what changes of it, or of what is around it.
_FOCUSED = """
    const one = document.activeElement, name = %s;
    const seen = [one, one.closest("section")].some((each) => {
        const style = each && getComputedStyle(each);
        return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    return [one === document.body ? "" : name(one), seen];
""" % _NAME


@_LANGUAGES
@_SIZES
def test_how_it_looks(address: str, width: int, height: int, language: str) -> None:
    """Nothing jumps while it loads, nothing is wider than the screen, and axe finds nothing."""
    wrong = []
    with browser() as page:
        page.size(width, height, phone=width < 500)
        page.open(f"{address}?lang={language}")
        page.run(WATCH_SHIFTS)
        page.wait(RUNNING, PATIENCE)
        type_line(page, "modprobe report_mod; rmmod core_mod")
        page.wait("lab.model.groups.some((group) => group.refused)", PATIENCE)
        rest(page, 3000)
        far, what = moved(page)
        page.run(axe())
        for name in ("light", "dark"):
            theme(page, name)
            for pane in ("guide", "modules", "events") if width < 500 else ("guide",):
                page.run("document.querySelector(`[data-tab=${arguments[0]}]`).click()", pane)
                rest(page, 500)
                picture(page, f"{width}-{language}-{name}-{pane}")
                wrong += [f"{name} {pane}: {found}" for found in not_accessible(page)]
        assert wrong == []
        assert page.run("return document.documentElement.scrollWidth <= innerWidth")
        assert far <= 0.02, "\n".join(what)


def walk(page: Browser) -> tuple[list[str], list[str]]:
    """Go by Tab from the page's beginning to its end, out of the terminal by F6.

    Return the names of what had the focus, and of those where that is not seen.
    """
    passed: list[str] = []
    unseen = []
    while len(passed) < 200:
        leaves = bool(passed) and passed[-1].startswith("Terminal")
        page.press("F6" if leaves else "Tab")
        name, seen = page.run(_FOCUSED)
        # The terminal may be the last: then F6 goes to the first pane again.
        if not name or leaves and name in passed:
            break
        passed.append(name)
        unseen += [] if seen else [name]
    return passed, unseen


@pytest.mark.parametrize("width", (1440, 390))
def test_all_is_reached_by_the_keyboard(page: Browser, width: int) -> None:
    """Each control gets the focus by Tab, and is seen to have it; the terminal is left by F6."""
    page.size(width, 844, phone=width < 500)
    rest(page, 500)
    controls = page.run(_CONTROLS)
    passed, unseen = walk(page)
    assert set(controls) <= set(passed)
    assert unseen == []


@_LANGUAGES
def test_the_guide_on_paper(address: str, language: str) -> None:
    """A chapter has all its words and commands, and nothing that can only be clicked."""
    tools.install("print")
    chapter = guidebook.chapters(TOP / "docs" / pages.GUIDES[language])[7]
    place = BUILD / "pictures" / f"print-{language}.pdf"
    place.parent.mkdir(parents=True, exist_ok=True)
    with browser(language=language) as page:
        page.open(f"{address}?lang={language}#step={chapter.name.removeprefix('0')[0]}.1")
        page.wait("document.querySelector('#chapter .current')", PATIENCE)
        theme(page, "dark")
        page.printed(place)
    subprocess.run(["pdftoppm", "-r", "60", "-png", place, place.with_suffix("")], check=True)
    shown = subprocess.run(["pdftotext", "-layout", place, "-"], capture_output=True, text=True,
                           check=True).stdout
    for step in guidebook.steps(chapter):
        assert step.number in shown
        assert [one.typed for one in step.commands if one.typed[:40] not in shown] == []
    assert "Reset" not in shown and "重置" not in shown
