# SPDX-License-Identifier: GPL-2.0
"""The commands behind the Makefile: python3 -m harness demo|shell|test|check|kdir."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from tempfile import TemporaryDirectory

from . import check, kernel, shell, tour, vm
from .errors import HarnessError
from .host import BUILD, TOP


def kdir() -> int:
    """Print the headers directory of the VM's kernel."""
    print(kernel.default().kdir)
    return 0


def test() -> int:
    """Pass the tests, or those that the environment's T selects; write build/junit.xml."""
    import pytest
    selected = os.environ.get("T", "").strip()
    arguments = ["-c", str(TOP / "tests/pytest.ini"), f"--rootdir={TOP / 'tests'}",
                 str(TOP / "tests")]
    if selected:
        arguments += ["-k", selected]
        # Before anything is downloaded or built for it.
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            found = pytest.main([*arguments, "--collect-only", "-qq"])
        if found == pytest.ExitCode.NO_TESTS_COLLECTED:
            raise HarnessError(f"no test matches T={selected}: use words from tests' names, "
                               "joined by and, or, not")
        if found == pytest.ExitCode.USAGE_ERROR:
            raise HarnessError(f"T={selected} is not an expression of test names: "
                               "use words from them, joined by and, or, not")
    vm.parts()
    with TemporaryDirectory(prefix="taskmods-") as scratch:
        status = int(pytest.main([*arguments, f"--junit-xml={BUILD / 'junit.xml'}",
                                  f"--basetemp={scratch}/pytest"]))
    return status


COMMANDS: dict[str, Callable[[], int]] = {
    "demo": tour.main, "shell": shell.main, "test": test, "check": check.main, "kdir": kdir,
}


def _interrupt(signum: int, _frame: object) -> None:
    raise KeyboardInterrupt(signum)


def main() -> int:
    """Run the command named first on the command line; return its exit status."""
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _interrupt)
    try:
        return COMMANDS[sys.argv[1]]()
    except HarnessError as error:
        print(f"taskmods: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\ntaskmods: interrupted; nothing is left running", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"taskmods: {error.filename or 'a temporary file'}: {error.strerror}: set TMPDIR, "
              "XDG_CACHE_HOME or TASKMODS_BUILD to a directory of yours with space",
              file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
