# SPDX-License-Identifier: GPL-2.0
"""The commands behind the Makefile: python3 -m harness COMMAND, a file in commands/ each."""

import os
import signal
import sys
from importlib import import_module

from .host.errors import HarnessError


def _interrupt(signum: int, _frame: object) -> None:
    raise KeyboardInterrupt(signum)


def main() -> int:
    """Run the command named first on the command line; return its exit status."""
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _interrupt)
    try:
        # Imported only when it is asked for, as not every host has what the others need.
        name = sys.argv[1].replace("-", "_")
        return int(import_module(f".commands.{name}", __package__).main())
    except HarnessError as error:
        print(f"taskmods: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\ntaskmods: interrupted; nothing is left running", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except FileNotFoundError as error:
        print(f"taskmods: {error.filename} is not there: was it removed? If it is in the cache, "
              "remove the whole entry, and run this again", file=sys.stderr)
    except OSError as error:
        print(f"taskmods: {error.filename or 'a temporary file'}: {error.strerror}: set TMPDIR, "
              "XDG_CACHE_HOME or TASKMODS_BUILD to a directory of yours with space",
              file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
