# SPDX-License-Identifier: GPL-2.0
"""A shell in the guest that is typed to, one command after the other, as a person would."""

from .vm import VM

_MARK = "\x01status "


class Session:
    """A shell in `vm`, which has what was set, opened or started before; ended by end()."""

    def __init__(self, vm: VM, directory: str = "/") -> None:
        # An initrd has no bash.
        self._job = vm.start("sh", "-c", "command -v bash >/dev/null && exec bash; exec sh")
        self._count = 0
        self.type(f"mkdir -p {directory} && cd {directory}", 30)

    @property
    def pid(self) -> int:
        """The shell's process id in the guest."""
        return self._job.pid

    def type(self, command: str, timeout: float) -> tuple[str, int]:
        """Have the shell run a command; return what it wrote and its exit status.

        Raises GuestError where the guest is lost or the time is up.
        """
        self._count += 1
        before = len(self._job.expect("").string)
        text = f"{{ {command}\n}} 2>&1; printf '\\001status %d %d\\n' {self._count} $?\n"
        self._job.send(text.encode())
        match = self._job.expect(rf"{_MARK}{self._count} (\d+)\n", timeout)
        return match.string[before:match.start()], int(match[1])

    def end(self) -> None:
        """End the shell and what it started, which share its process group."""
        self._job.kill()
        self._job.wait()
