# SPDX-License-Identifier: GPL-2.0
"""make coverage: how much of the three modules, and of the kernel's loader, the tests run.

What did not run of the modules needs a reason in ../../uncovered.py; without one the command fails,
as it does where too little ran.
"""

import pytest
from uncovered import LOADER, REASONS

from ..host.errors import HarnessError
from ..observe import coverage, gcov, kerneltests, loaderpage
from . import chosen, test


def main() -> int:
    """Run the tests, print and write what they covered; return 0 if that is enough.

    Raises HarnessError where the tests cannot be run, or nothing was counted.
    """
    gcov.forget()
    status = test.coverage()
    if status == pytest.ExitCode.INTERRUPTED:
        return status
    kernel, merged = chosen.kernel(), gcov.merge()
    found = gcov.lines(kernel, merged)
    missing = [file for file in coverage.sources() if file not in found]
    if missing:
        raise HarnessError(f"nothing was counted of {', '.join(missing)}")
    print(coverage.table(found))
    problems = coverage.judge(found, REASONS)
    if status == 0 and not problems:
        coverage.PAGE.write_text(coverage.page(found, REASONS), encoding="utf-8")
        passed = kerneltests.run(chosen.parts())
        loader, own = gcov.kernel_lines(kernel, merged), kerneltests.lines(kernel)
        loaderpage.PAGE.write_text(loaderpage.page(kernel.title, loader, own, passed, LOADER),
                                   encoding="utf-8")
        loaderpage.judge(loader)
        return 0
    print("\n".join(problems))
    raise HarnessError("a test failed: what ran in it counts all the same" if status
                       else "see above: add a test, or the reason to tests/uncovered.py")
