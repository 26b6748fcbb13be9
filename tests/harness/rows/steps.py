# SPDX-License-Identifier: GPL-2.0
"""The kinds of steps that a behaviour is made of: data alone, which play.py takes."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Step:
    """What all steps have: `when` is a requirement, as in facts.py, for the step to be taken."""

    when: str = ""

    def __post_init__(self) -> None:
        """Refuse what a forgotten comma makes of a tuple: each of its letters would be a pattern.

        Raises TypeError.
        """
        for name in ("shows", "log", "paths", "arguments"):
            if isinstance(getattr(self, name, ()), str):
                raise TypeError(f"{self.title}: {name} must be a tuple: is a comma missing?")

    @property
    def title(self) -> str:
        """What to call it where it fails."""
        return type(self).__name__


@dataclass(frozen=True)
class Note(Step):
    """Words for the reader."""

    text: str


@dataclass(frozen=True)
class Typed(Step):
    """A command typed at a shell.

    `says` ends the last line that it wrote, `shows` are regular expressions that stand in its
    output in this order, `hides` is one that does not.
    """

    command: str
    status: int = 0
    says: str = ""
    shows: tuple[str, ...] = ()
    hides: str = ""

    @property
    def title(self) -> str:
        return self.command


@dataclass(frozen=True)
class Cmd(Typed):
    """A command typed at the guest's shell, which the steps of a row share.

    `log` are regular expressions, each for a record of the kernel log that came during the step,
    in this order.
    """

    log: tuple[str, ...] = ()
    timeout: float = 60


@dataclass(frozen=True)
class Stage:
    """A part of what the kernel does: what that is, and the functions to know it by.

    The first of them that the guest's kernel can trace is taken, as versions name them differently.
    One that compilers may put into its caller is not to be seen then; without `unseen` that is an
    error.
    """

    what: str
    functions: tuple[str, ...]
    unseen: bool = False


@dataclass(frozen=True)
class Traced(Typed):
    """A command typed at the guest's shell, and the stages of `path` that it comes to, in order.

    The path begins with what a system call comes to, and ends where that returns; each stage
    counts where it comes first. The command comes to the stage `until`, and to none of
    those after it, or to all.
    """

    path: tuple[Stage, ...] = ()
    until: str = ""
    timeout: float = 60


@dataclass(frozen=True)
class Host(Typed):
    """A command typed at a shell of the machine that builds, where the row's sources are.

    KDIR names the headers of the guest's kernel there, SUITE the directory where the three modules
    were built for it, with their Module.symvers.
    """

    timeout: float = 120


@dataclass(frozen=True)
class Send(Step):
    """Files that the host has built go to where the guest's shell is, under their last names."""

    paths: tuple[str, ...]


@dataclass(frozen=True)
class BootInto(Step):
    """The guest's kernel is booted anew, with an initrd that was made in the guest.

    That is as far as it goes: instead of a root file system it finds our agent.
    """

    initrd: str


@dataclass(frozen=True)
class Call(Step):
    """A raw system call, as the guest's agent makes it: finit_module FILE FLAGS PARAMETERS,
    init_module FILE PARAMETERS, delete_module NAME FLAGS. `errno` is a name, or "0".
    """

    name: str
    arguments: tuple[str, ...]
    errno: str = "0"
    log: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        shown = ", ".join(word if word.isdigit() else f'"{word}"' for word in self.arguments)
        return f"{self.name}({shown})"


@dataclass(frozen=True, init=False)
class _Specs(Step):
    """What must be the case, a spec for each part of it."""

    specs: tuple[str, ...]

    def __init__(self, *specs: str, when: str = "") -> None:
        object.__setattr__(self, "specs", specs)
        object.__setattr__(self, "when", when)


@dataclass(frozen=True, init=False)
class Loaded(_Specs):
    """What is loaded, all of it, as lsmod, /proc/modules and sysfs agree on it.

    A spec is "NAME REFCNT[ USER,USER][ initstate=STATE][ taint=LETTERS]"; the defaults are live,
    and OE, which modules out of tree and unsigned have. One without an exit has the user
    "[permanent]", which lsmod does not show.
    """


@dataclass(frozen=True)
class Await(Step):
    """Wait until the kernel log has a record of the row's time that matches."""

    pattern: str
    timeout: float = 30


@dataclass(frozen=True, init=False)
class Events(_Specs):
    """What the kernel's tracepoints told since the last such step, or the row's begin: all of it.

    A spec is "load NAME", "free NAME", "get NAME REFCNT", "put NAME REFCNT" or "request NAME". The
    reference count includes the one that the kernel itself holds of a module.
    """
