# SPDX-License-Identifier: GPL-2.0
"""What the documents name is there: links, anchors, targets, files; figures agree."""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from harness.commands import address, demo, demo_picture
from harness.host.errors import HarnessError
from harness.host.paths import TOP

pytestmark = pytest.mark.host

# Those that commands write from words of tools have anything in them.
RECORDED = {"behaviours", "messages"}
DOCUMENTS = sorted(path for path in TOP.rglob("*.md")
                   if not {"build", ".git"} & set(path.relative_to(TOP).parts[:-1]))
WRITTEN = [path for path in DOCUMENTS
           if not RECORDED & {path.stem, path.parent.name}]
# Made by the commands that the documents name with them.
MADE = ("build/", "docs/address")
# What says our own messages, but for the command.
SAY = [TOP / "tests/harness/install-tools", *sorted((TOP / "install").iterdir()),
       *sorted((TOP / "tests/harness").rglob("*.py")), *sorted((TOP / "cli").glob("*.c"))]
TOP_FOLDERS = ("core_mod", "walker_mod", "report_mod", "modprobe.d", "install", "cli", "debian",
               "examples", "site", "tests", "docs", "build")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def without_code(text: str) -> str:
    """Blank what is a terminal's or a file's: fenced or indented by four, after an empty line."""
    text = re.sub(r"(?ms)^```.*?^```$", "", text)
    return re.sub(r"(?m)(?<=\n\n)(?: {4}.*\n(?:\n(?= {4}))?)+", "", text)


@functools.cache
def anchors(path: Path) -> frozenset[str]:
    """Return what can be linked to on a page, as GitHub and GitLab make it of headings."""
    found: list[str] = []
    for heading in re.findall(r"^#{1,6} (.*)$", without_code(text_of(path)), re.MULTILINE):
        anchor = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")
        again = sum(re.fullmatch(rf"{re.escape(anchor)}(-\d+)?", other) is not None
                    for other in found)
        found.append(f"{anchor}-{again}" if again else anchor)
    return frozenset(found) | set(re.findall(r'<a (?:id|name)="([^"]+)">', text_of(path)))


def links(path: Path) -> Iterator[str]:
    """Yield where the links of a page lead to, if that is within the tree."""
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(text_of(path))):
        if "://" not in target:
            yield target


def broken_links(path: Path) -> list[str]:
    """Return those links of a page that lead to no file, or to no heading of it."""
    broken = []
    for target in links(path):
        name, _, anchor = target.partition("#")
        place = (path.parent / name).resolve() if name else path
        if not place.exists() or (anchor and anchor not in anchors(place)):
            broken.append(target)
    return broken


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(TOP)))
def test_links_lead_somewhere(path: Path) -> None:
    assert broken_links(path) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One `two`, three\n\n# Same\n\n# Same\n\n[a](#one-two-three) [b](#same-1) "
                    "[c](#same-2) [d](none.md) [e](page.md#same)\n\n    [f](none.md)\n",
                    encoding="utf-8")
    assert broken_links(page) == ["#same-2", "none.md"]


def test_every_page_is_reached_from_the_index() -> None:
    reached, left = set(), [TOP / "README.md", TOP / "docs/index.md"]
    while left:
        path = left.pop()
        if path.suffix == ".md" and path not in reached:
            reached.add(path)
            left += [(path.parent / target.partition("#")[0]).resolve()
                     for target in links(path) if not target.startswith("#")]
    assert set(DOCUMENTS) - reached == set()


def targets() -> set[str]:
    text = text_of(TOP / "Makefile").replace("\\\n", "")
    return set(re.findall(r"^\.PHONY:(.*)$", text, re.MULTILINE)[0].split())


def test_targets_that_documents_name_are_there() -> None:
    """`make` alone, with -C, and in other trees is another's."""
    for path in WRITTEN:
        named = set(re.findall(r"(?:^ {4,}(?:sudo )?|`(?:sudo )?)make ([a-z][a-z_-]*)",
                               text_of(path), re.MULTILINE))
        assert named - targets() == set(), path


def test_variables_that_documents_name_are_known() -> None:
    makefiles = "".join(text_of(TOP / name) for name in ("Makefile", "cli/Makefile",
                                                         "install/suite.sh",
                                                         "install/install-suite"))
    for path in WRITTEN:
        for line in re.findall(r"(?:^ {4,}(?:sudo )?|`(?:sudo )?)make (.*)$", text_of(path),
                               re.MULTILINE):
            for name in re.findall(r"\b([A-Z][A-Z_]+)=", line):
                known = name in makefiles or name in ("KBUILD_EXTRA_SYMBOLS", "M", "O")
                assert known, f"{path}: {name}="


def test_files_that_documents_name_are_there() -> None:
    pattern = rf"`((?:{'|'.join(map(re.escape, TOP_FOLDERS))})/[\w./-]+)`"
    missing = [f"{path.relative_to(TOP)}: {name}" for path in WRITTEN
               for name in re.findall(pattern, text_of(path))
               # What was covered is of the modules as they were then.
               if path.name != "coverage.md"
               and not name.startswith(MADE) and not (TOP / name).exists()]
    assert missing == []


def figure(document: str, pattern: str) -> float:
    found = re.findall(pattern, " ".join(text_of(TOP / document).split()))
    assert len(found) == 1, f"{document}: {pattern}"
    return float(found[0].replace(",", ""))


# A figure that stands twice: where it is measured, and where it is told, within a part of it.
FIGURES = (
    ("instructions a process", "docs/performance.md",
     r"instructions per process \| ([\d.,]+) \| at most 380", "README.md",
     r"takes some ([\d,]+) instructions a process", 0.03),
    ("ps", "docs/performance.md", r"\| ps / tasks \| ([\d.,]+)", "README.md",
     r"`ps` takes (\d+) times as many", 0.05),
    ("BPF", "docs/performance.md", r"\| BPF iterator / tasks \| ([\d.,]+)", "README.md",
     r"columns (\d+) times", 0.08),
)


@pytest.mark.parametrize("measured, pattern, told, words, part", [one[1:] for one in FIGURES],
                         ids=[one[0] for one in FIGURES])
def test_figures_agree(measured: str, pattern: str, told: str, words: str, part: float) -> None:
    there = figure(measured, pattern)
    assert figure(told, words) == pytest.approx(there, rel=part)


def test_the_interface_number_is_todays() -> None:
    header = text_of(TOP / "core_mod/core_mod.h")
    page = text_of(TOP / "docs/for-your-own-modules.md")
    pattern = r"#define TCORE_INTERFACE (\d+)"
    assert re.findall(pattern, page) == re.findall(pattern, header)


def test_the_version_is_in_the_changelog() -> None:
    version = re.findall(r'TCORE_VERSION "(.*)"', text_of(TOP / "core_mod/core_mod.h"))[0]
    assert re.findall(r"^## (\d+\.\d+\.\d+)", text_of(TOP / "CHANGELOG.md"), re.MULTILINE)[0] \
        == version


@pytest.mark.parametrize("document, name", address.PARAGRAPHS)
def test_the_address_is_the_one_in_its_file(document: str, name: str) -> None:
    text = text_of(TOP / document)
    today = text_of(address.ADDRESS).strip()
    assert address.written(document, name, text, today) == text, "make docs"
    other = address.written(document, name, text, "https://other.invalid/")
    assert "https://other.invalid/" in other
    assert address.written(document, name, other, today) == text


def test_a_document_without_a_place_for_the_address_is_refused() -> None:
    with pytest.raises(HarnessError, match="README.md has not one <!-- address: clone -->"):
        address.written("README.md", "clone", "# taskmods\n", "")


def test_our_messages_in_the_readme_are_those_that_are_said() -> None:
    """The table at its end has the beginning of each, before anything that differs."""
    table = text_of(TOP / "README.md").partition("| message of this project |")[2]
    cells = re.findall(r"^\| (`.*?) \|", table.partition("\n\n")[0], re.MULTILINE)
    said = re.findall(r"`([^`]+)`", " ".join(cells))
    sources = "".join(text_of(path) for path in SAY if path.is_file())
    assert said and [words for words in said if words not in sources] == []


def test_no_address_is_invented() -> None:
    for name in ("debian/control", "debian/changelog", *(str(path) for path in WRITTEN)):
        assert not re.search(r"@?\bexample\.(org|com|net)\b", text_of(TOP / name)), name


def test_the_picture_of_the_demo_is_of_todays_steps() -> None:
    """python3 -m harness demo-picture draws it anew."""
    texts = [element.text or "" for element in ElementTree.parse(demo_picture.PICTURE).iter()]
    typed = [text.removeprefix("# ") for text in texts if text.startswith("# ")]
    assert tuple(typed) == demo_picture.SHOWN
    assert set(typed) <= {step.command for _, step in demo.STEPS}


def test_a_picture_holds_any_text() -> None:
    drawn = ElementTree.fromstring(demo_picture.svg([("#", "# a <b> & c"), ("", "  two  ")]))
    assert [element.text for element in drawn if element.tag.endswith("text")] \
        == ["# a <b> & c", "  two  "]
