# SPDX-License-Identifier: GPL-2.0
"""What a module's file says of it: what modinfo shows, and what it takes from others and gives."""

from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile

_EXPORT = "__ksymtab_"
# The loader's own, which no one exports.
_OF_LOADER = ("__this_module",)


@dataclass(frozen=True)
class Module:
    """A module that is built: its file, and what that says.

    `needs` are the modules whose symbols it uses, of its suite or of the kernel's own; `takes` the
    symbols themselves, `gives` those that it exports. `values` are modinfo's, by key.
    """

    name: str
    path: Path
    needs: tuple[str, ...] = ()
    takes: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    has_exit: bool = True
    values: tuple[tuple[str, str], ...] = ()

    def all(self, key: str) -> list[str]:
        """Return what modinfo shows for a key, a line each."""
        return [value for name, value in self.values if name == key]

    def first(self, key: str) -> str:
        """Return the first of these, or nothing."""
        return next(iter(self.all(key)), "")


def read(path: Path) -> Module:
    """Return what a module's file says.

    Raises ELFError where it is no object.
    """
    with open(path, "rb") as file:
        elf = ELFFile(file)
        section = elf.get_section_by_name(".modinfo")
        texts = section.data().decode(errors="replace").split("\0") if section else []
        pairs = [text.partition("=") for text in texts if "=" in text]
        values = tuple((key, value) for key, _, value in pairs)
        symbols = list(elf.get_section_by_name(".symtab").iter_symbols())
    defined = {symbol.name for symbol in symbols if symbol["st_shndx"] != "SHN_UNDEF"}
    takes = {symbol.name for symbol in symbols if symbol["st_shndx"] == "SHN_UNDEF"
             and symbol.name and symbol["st_info"]["bind"] == "STB_GLOBAL"}
    gives = {name.removeprefix(_EXPORT) for name in defined if name.startswith(_EXPORT)}
    needs = dict(values).get("depends", "")
    return Module(plain(path.stem), path, tuple(plain(name) for name in needs.split(",") if name),
                  frozenset(takes - set(_OF_LOADER)), frozenset(gives),
                  "cleanup_module" in defined, values)


def plain(name: str) -> str:
    """Return the name that the kernel knows a module by."""
    return name.replace("-", "_")
