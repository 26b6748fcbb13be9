# SPDX-License-Identifier: GPL-2.0
"""What the page of the matrix is told: what each row and file of tests came to on each kernel."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..host.paths import TOP
from ..rows import matrixpage
from ..rows.matrixpage import Column
from ..rows.row import Row

PAGE = TOP / "docs/matrix.md"
_NOT_RUN = ("", "")


def data(sections: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """Return kernels, sections of rows and files of tests, as docs/matrix.md has them.

    A row has of each kernel its verdict and the reason of a skip; both are empty where it was not
    run.
    """
    known = matrixpage.read(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    ran = {name: column for name, column in known.items() if column.rows or column.files}
    files = sorted({file for column in ran.values() for file in column.files})
    return {"kernels": [dict(zip(("name", "linux", "kmod", "result", "minutes"), column.line))
                        for column in ran.values()],
            "sections": [{"title": section, "rows": [_row(row, ran) for row in rows]}
                         for section, rows in sections.items()],
            "files": [{"name": f"{file}.py",
                       "cells": [column.files.get(file, "") for column in ran.values()]}
                      for file in files]}


def _row(row: Row, columns: Mapping[str, Column]) -> dict[str, Any]:
    return {"id": row.id, "title": row.title,
            "cells": [column.rows.get(row.id, _NOT_RUN) for column in columns.values()]}
