# SPDX-License-Identifier: GPL-2.0
"""What goes wrong, in words for whoever typed the command."""


class HarnessError(Exception):
    """Something that the user can act on; the message is one line, details may follow it."""


class NotInArchive(HarnessError):
    """The archive can be reached, and the suite that was asked for has no package of that name."""


class GuestError(HarnessError):
    """The guest did not do what it must: it died, hung, warned, or never started.

    The message ends with the last lines of its console.
    """
