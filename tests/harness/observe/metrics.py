# SPDX-License-Identifier: GPL-2.0
"""Metrics in Prometheus's text format, read strictly."""

import re

from ..host.errors import HarnessError

_COMMENT = re.compile(r"# (?:HELP|TYPE) (\w+) .+")
_SAMPLE = re.compile(r'(\w+)(?:\{((?:\w+="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? ([-+.e\d]+)')
_LABEL = re.compile(r'(\w+)="((?:[^"\\\n]|\\[\\"n])*)"')


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Return the values of metrics in Prometheus's text format, by name and labels' values.

    Raises HarnessError where a line is not of its form, is of a metric that is not described right
    above it, or is there twice.
    """
    found: dict[tuple[str, ...], float] = {}
    described = ""
    for line in text.splitlines():
        comment = _COMMENT.fullmatch(line)
        described = comment[1] if comment else described
        sample = _SAMPLE.fullmatch(line)
        if sample and sample[1] == described:
            key = (described, *(value for _, value in _LABEL.findall(sample[2] or "")))
            if key not in found:
                found[key] = float(sample[3])
                continue
        if not comment:
            raise HarnessError(f"not a line of metrics: {line!r}")
    return found
