# SPDX-License-Identifier: GPL-2.0
"""The orderings that the walk relies on hold under the kernel's own memory model.

Each of litmus/ says what it is of, and whether the model allows its last line: "Never" or
"Sometimes". herd7, which tries that, is no package of Debian's: https://github.com/herd/herdtools7.
"""

import re
import shutil
from pathlib import Path

import pytest

from harness.host.errors import HarnessError
from harness.host.paths import TOP
from harness.host.run import run
from harness.kernels import source

pytestmark = pytest.mark.host

LITMUS = sorted((TOP / "tests/litmus").glob("*.litmus"))
NAMES = [path.stem for path in LITMUS]
MODEL = "tools/memory-model"
# A line that says where the next ones are: the file, and the function in it.
PLACE = re.compile(r" \* (\S+\.[ch]), (\w+)\(\):")


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernel's memory model, from the source that Debian packages."""
    if not shutil.which("herd7"):
        pytest.skip("herd7 is not on PATH")
    place = tmp_path_factory.mktemp("source")
    try:
        source.unpack(place, (MODEL,))
    except HarnessError as error:
        pytest.skip(f"the kernel's {MODEL} cannot be had: {error}")
    return place / MODEL


@pytest.mark.parametrize("litmus", LITMUS, ids=NAMES)
def test_it_is_of_the_lines_that_it_names(litmus: Path) -> None:
    """So that whoever changes one of these learns that it has a litmus test."""
    named = 0
    for line in litmus.read_text(encoding="ascii").partition("*)")[0].splitlines():
        if place := PLACE.fullmatch(line):
            body = function(TOP / place[1], place[2])
        elif line.startswith(" *\t"):
            assert line.removeprefix(" *\t") in body, (line, place)
            named += 1
    assert named


def function(path: Path, name: str) -> list[str]:
    """Return the lines of a function, each without what it is indented by."""
    found = re.search(rf"^\w[^;{{}}]*\b{name}\([^;{{}}]*\)\n{{\n.*?^}}$",
                      path.read_text(encoding="ascii"), re.MULTILINE | re.DOTALL)
    assert found, f"{path} has no {name}()"
    return [line.strip() for line in found[0].splitlines()]


@pytest.mark.parametrize("litmus", LITMUS, ids=NAMES)
def test_the_memory_model_says_the_same(model: Path, litmus: Path) -> None:
    expected = re.search(r"^ \* Result: (Never|Sometimes)$", litmus.read_text(encoding="ascii"),
                         re.MULTILINE)
    assert expected
    said = run(["herd7", "-conf", "linux-kernel.cfg", litmus], f"try {litmus.name}", cwd=model)
    assert re.search(rf"^Observation {litmus.stem} {expected[1]} ", said, re.MULTILINE), said
