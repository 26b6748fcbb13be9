# SPDX-License-Identifier: GPL-2.0
"""Since which kernel a suite is not built any more, of those that it was built for or was to be."""

from collections.abc import Mapping
from dataclasses import replace

from .built import Built, BuildFailed


def told(builts: Mapping[str, Built | BuildFailed]) -> dict[str, Built | BuildFailed]:
    """Return what came of a suite on kernels; what failed now says since which of them it does.

    Only what came of the same sources is compared.
    """
    return {name: _since(built, list(builts.values())) if isinstance(built, BuildFailed)
            and not built.lacks else built for name, built in builts.items()}


def _since(failed: BuildFailed, every: list[Built | BuildFailed]) -> BuildFailed:
    older = sorted((one for one in every if one.what == failed.what
                    and one.kernel.version < failed.kernel.version),
                   key=lambda one: one.kernel.version)
    good = [one for one in older if isinstance(one, Built)]
    if not good:
        return failed
    bad = [one for one in older if isinstance(one, BuildFailed) and not one.lacks
           and one.kernel.version > good[-1].kernel.version]
    first = (bad or [failed])[0]
    return replace(failed, reason=f"{failed.reason}\nsince {_name(first)}: it is built for "
                                  f"{_name(good[-1])}")


def _name(one: Built | BuildFailed) -> str:
    return f"{one.kernel.title} ({one.kernel.name})"
