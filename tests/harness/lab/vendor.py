# SPDX-License-Identifier: GPL-2.0
"""What npm has for the page, of the versions that site/package-lock.json names."""

import json
import shutil
from pathlib import Path

from ..host import cache, tools
from ..host.paths import TOP
from ..host.progress import step
from ..host.run import run

_SITE = TOP / "site"
_LISTS = ("package.json", "package-lock.json")


def packages() -> dict[str, str]:
    """Return the versions of the packages, by name; those too that they need."""
    lock = json.loads((_SITE / "package-lock.json").read_text(encoding="utf-8"))
    return {name.removeprefix("node_modules/"): package["version"]
            for name, package in lock["packages"].items() if name}


def get() -> Path:
    """Return the directory of the packages, downloaded at first; no script of theirs is run.

    Raises HarnessError where they cannot be had.
    """
    # Where node is not Debian's it has npm already, which Debian's would not go with.
    if not shutil.which("npm"):
        tools.install("=npm")
    made_by = json.dumps([(_SITE / name).read_text(encoding="utf-8") for name in _LISTS])
    return cache.entry("lab-npm", made_by, _fetch) / "node_modules"


def _fetch(place: Path) -> None:
    for name in _LISTS:
        shutil.copy(_SITE / name, place)
    with step("Downloading what npm has for the page"):
        run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            "download what npm has for the page", cwd=place,
            env={"npm_config_cache": str(place / "npm")})
    shutil.rmtree(place / "npm", ignore_errors=True)
