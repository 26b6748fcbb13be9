# SPDX-License-Identifier: GPL-2.0
"""Files that are no modules, that are damaged, or that were built in the wrong way."""

from harness.rows.row import Guest, Row
from harness.rows.steps import Call, Cmd, Events, Host, Loaded, Note, Send, Step

# Four bytes: a place behind the end of any file here.
FAR = r"\377\377\377\177"


def _refused(name: str, line: str, errno: str = "ENOEXEC", when: str = "") -> tuple[Step, ...]:
    """Return the steps for a file that the kernel calls no module; it says why from 5.17 on."""
    call, further = ("finit_module", (name, "0", ""), errno), f" and {when}" if when else ""
    return (Call(*call, log=(line,), when=f"linux >= 5.17{further}"),
            Call(*call, when=f"linux < 5.17{further}"))


def _for_another(name: str, machine: int, what: str, when: str) -> tuple[Step, ...]:
    """Return the steps for a module that is made to look as one for another machine."""
    return (Note(f"The machine is at byte 18: {machine} is {what}.", when=when),
            Cmd(f"cp good.ko {name}.ko", when=when),
            Cmd(f"printf '\\{machine:o}' | dd of={name}.ko bs=1 seek=18 conv=notrunc status=none",
                when=when),
            *_refused(f"{name}.ko", rf"^Invalid architecture in ELF header: {machine}$", when=when))


# Places in a file are as most processors have them.
USUAL_ELF = "CONFIG_64BIT and !CONFIG_CPU_BIG_ENDIAN"
BTF_WRONG = r"^BPF: \[\d+\] Invalid name_offset:16777215$"
BTF_REFUSED = r"^failed to validate module \[core_mod\] BTF: -22$"

NO_MODULE = (
    Row("not-a-module", "The kernel loads only complete modules for this machine",
        "The kernel checks what it is given: it must be a complete ELF object file for this "
        "machine, with a symbol table, and with the section that makes it a module. Anything else "
        "gives ENOEXEC (an empty file, through finit_module: EINVAL). From Linux 5.17 on the log "
        "says what is wrong with it.",
        (Cmd("cp /opt/taskmods/modules/dup_first.ko good.ko"),
         Cmd("touch empty.ko"),
         Cmd("insmod empty.ko", 1, says="Invalid parameters"),
         Call("finit_module", ("empty.ko", "0", ""), errno="EINVAL"),
         Call("init_module", ("empty.ko", ""), errno="ENOEXEC"),
         Cmd("echo hello > short.ko"),
         Cmd("insmod short.ko", 1, says="Invalid module format"),
         *_refused("short.ko", "^Invalid ELF header len 6$"),
         Cmd("seq 1000 > text.ko"),
         *_refused("text.ko", r"^Invalid ELF header magic: != .*ELF$"),
         Cmd("head -c 2000 good.ko > truncated.ko"),
         *_refused("truncated.ko", "^Invalid ELF section header overflow$"),
         Cmd("cp /bin/kmod program.ko"),
         *_refused("program.ko", "^Invalid ELF header type: 3 != 1$"),
         *_for_another("arm", 183, "a 64-bit ARM", "CONFIG_X86"),
         *_for_another("x86", 62, "a 64-bit x86", "!CONFIG_X86 and !CONFIG_CPU_BIG_ENDIAN"),
         Host("as --32 -o bits32.ko /dev/null", when="CONFIG_X86_64"),
         Send(("bits32.ko",), when="CONFIG_X86_64"),
         *_refused("bits32.ko", "^Invalid architecture in ELF header: 3$", when="CONFIG_X86_64"),
         Note("Byte 40 says where the table of sections is; 88 bytes into that table is the place "
              "of the first section. It is changed to a place far behind the end of the file.",
              when=USUAL_ELF),
         Cmd("table=$(od -A n -t u4 -j 40 -N 4 good.ko); cp good.ko section.ko", when=USUAL_ELF),
         Cmd(r"printf '\377\377\377\177' | dd of=section.ko bs=1 seek=$((table + 88)) "
             "conv=notrunc status=none", when=USUAL_ELF),
         *_refused("section.ko", r"^Invalid ELF section in module \(section 1 type \d+\)$",
                   when=USUAL_ELF),
         Loaded())),
    Row("not-kbuild", "An object file is no module before modpost, nor after strip",
        "The last step of kbuild adds what makes a module of the object files. The kernel also "
        "needs the symbol table: so never run strip on a module without --strip-debug.",
        (Host("cp $SUITE/core_mod/escape.o escape.ko"),
         Host("strip -o stripped.ko $SUITE/core_mod/core_mod.ko"),
         Send(("escape.ko", "stripped.ko")),
         Cmd("insmod escape.ko", 1, says="Invalid module format"),
         Call("finit_module", ("escape.ko", "0", ""), errno="ENOEXEC",
              log=(r"^\(missing .modinfo section or name field\): No module found in object$",),
              when="linux < 6.4"),
         Call("finit_module", ("escape.ko", "0", ""), errno="ENOEXEC",
              log=(r"^module \(missing .modinfo section or name field\): (Only|Exactly) one "
                   r"\.gnu\.linkonce\.this_module section must exist\.$",), when="linux >= 6.4"),
         Cmd("insmod stripped.ko", 1, says="Invalid module format",
             log=(r"^core_mod: module has no symbols \(stripped\?\)$",)),
         Call("finit_module", ("stripped.ko", "0", ""), errno="ENOEXEC"),
         Loaded())),
    Row("btf", "Type information (BTF) that does not fit the kernel",
        "A module's .BTF section describes its types, and refers to the types of exactly the "
        "kernel that it was built for. With CONFIG_MODULE_ALLOW_BTF_MISMATCH the kernel ignores a "
        "section that does not fit, and loads the module without it. Without that option it "
        "refuses the module.",
        (Note("A .BTF section with one type. Its name is at place 16777215 in the kernel's table "
              "of names, which is far behind the end of that table."),
         Host(r"printf '\237\353\1\0\30\0\0\0\0\0\0\0\14\0\0\0\14\0\0\0\1\0\0\0' > btf"),
         Host(r"printf '\377\377\377\0\0\0\0\7\0\0\0\0\0' >> btf"),
         Host("strip --strip-debug -o core_mod.ko $SUITE/core_mod/core_mod.ko && "
              "objcopy --add-section .BTF=btf core_mod.ko"),
         Send(("core_mod.ko",)),
         Cmd("insmod core_mod.ko", log=(BTF_WRONG, BTF_REFUSED),
             when="CONFIG_MODULE_ALLOW_BTF_MISMATCH and linux < 6.3"),
         Cmd("insmod core_mod.ko",
             log=(BTF_WRONG, "^Kernel module BTF mismatch detected, BTF debug info may be "
                  "unavailable for some modules$"),
             when="CONFIG_MODULE_ALLOW_BTF_MISMATCH and linux >= 6.3"),
         Loaded("core_mod 0", when="CONFIG_MODULE_ALLOW_BTF_MISMATCH"),
         Cmd("ls /sys/kernel/btf/core_mod", 1, when="CONFIG_MODULE_ALLOW_BTF_MISMATCH"),
         Cmd("rmmod core_mod", when="CONFIG_MODULE_ALLOW_BTF_MISMATCH"),
         Events("load core_mod", "put core_mod 1", "free core_mod",
                when="CONFIG_MODULE_ALLOW_BTF_MISMATCH"),
         Cmd("insmod core_mod.ko", 1, says="Invalid parameters",
             log=(BTF_WRONG, BTF_REFUSED),
             when="!CONFIG_MODULE_ALLOW_BTF_MISMATCH"),
         Call("finit_module", ("core_mod.ko", "0", ""), errno="EINVAL",
              when="!CONFIG_MODULE_ALLOW_BTF_MISMATCH"),
         Loaded(),
         Events(when="!CONFIG_MODULE_ALLOW_BTF_MISMATCH")),
        order=None, needs=("CONFIG_DEBUG_INFO_BTF_MODULES",)),
)

# Damages to good.ko: its new name, the place and the bytes as printf has them, what the kernel says
# from 5.17 on, and what it is.
DAMAGES = (
    ("size", "58", r"\1\0", "Invalid ELF section header size",
     "Byte 58 is the size of an entry in the table of sections."),
    ("names-number", "62", r"\377\376",
     r"Invalid ELF section name index: 65279 \|\| e_shstrndx \(65279\) >= e_shnum \(\d+\)",
     "Byte 62 is the number of the section that has all sections' names: now there is none with "
     "that number."),
    ("names-place", "names + 24", FAR,
     r"Invalid ELF section (hdr\(type 3\)|in module \(section \d+ type 3\))",
     "The place of that section is far behind the end of the file."),
    ("names-none", "names + 32", r"\0\0\0\0", "empty section name table", "It has no names."),
    ("names-open", "last", "x",
     "ELF Spec violation: section name table isn't null terminated",
     "Its last name has no end."),
    ("first", "table + 32", r"\1",
     r"ELF Spec violation: section 0 type\(0\)!=SH_NULL or non-zero len or addr",
     "The first entry of the table must be empty."),
    ("name", "table + 64", r"\0\4\0\0",
     r"Invalid ELF section name in module \(section 1 type \d+\)",
     "The name of the second section is behind the end of the names. Linux 6.4 to 6.12.107, at "
     "least, read the name before they check where it is: one that is behind the end of the file "
     "would crash them."),
    ("symbols", "symbols + 40", r"\0\0\0\0",
     r"Invalid ELF sh_link!=SHN_UNDEF\(0\) or \(sh_link\(0\) >= hdr->e_shnum\(\d+\)",
     "The symbol table does not say where its symbols' names are."),
)


def _damaged(name: str, place: str, content: str, line: str, what: str) -> tuple[Step, ...]:
    """Return the steps for a copy of good.ko with a damage."""
    return (Note(what), Cmd(f"damage {name} $(({place})) '{content}'"),
            *_refused(f"{name}.ko", f"^{line}$"))


DAMAGED = (
    Row("damaged", "A module whose file is damaged",
        "A disk, a download or a tool can change bytes of a module. Before the kernel uses any of "
        "it, it checks the tables that say what is where in the file: the table of sections, "
        "their names, the symbol table. If something points out of the file, the module is "
        "refused with ENOEXEC, and from Linux 5.17 on the log says what is wrong. Only a "
        "signature shows that all other bytes are as they were.",
        (Cmd("cp /opt/taskmods/modules/dup_first.ko good.ko"),
         Note("Byte 40 says where the table of sections is, 64 bytes for each. Names and symbol "
              "table are two of the last three sections."),
         Cmd("number() { od -A n -t u$2 -j $(($1)) -N $2 good.ko; }"),
         Cmd("table=$(number 40 8); names=$((table + 64 * $(number 62 2))); "
             "symbols=$((names - 2 * 64)); "
             "last=$(($(number names+24 8) + $(number names+32 8) - 1))"),
         Note("The types of both: 3 is for names, 2 for symbols."),
         Cmd("echo $(number names+4 4) $(number symbols+4 4)", says="3 2"),
         Cmd("damage() { cp good.ko $1.ko; printf \"$3\" | "
             "dd of=$1.ko bs=1 seek=$2 conv=notrunc status=none; }"),
         *(step for damage in DAMAGES for step in _damaged(*damage)),
         Note("A symbol of a section that is not there. Up to Linux 5.10 this is not checked: the "
              "kernel reads memory that is not the file's, and may crash.", when="linux >= 6.1"),
         Cmd("damage symbol $(($(number symbols+24 8) + 24 + 6)) '\\0\\376'",
             when="linux >= 6.1"),
         Call("finit_module", ("symbol.ko", "0", ""), errno="ENOEXEC", when="linux >= 6.1",
              log=(r"^dup_first: Symbol .* ?has an invalid section index 65024 \(max \d+\)$",)),
         Note("Undamaged it is loaded."),
         Cmd("insmod good.ko; rmmod dup_first"),
         Loaded()),
        order="+dup_first -dup_first", needs=("CONFIG_64BIT", "!CONFIG_CPU_BIG_ENDIAN"),
        guest=Guest()),
    Row("write-exec", "No section of a module may be both writable and executable",
        "What can be written and executed is what an attacker looks for. With "
        "CONFIG_STRICT_MODULE_RWX the kernel makes code read-only, and data not executable. It "
        "refuses a module with a section that is meant to be both, as hand-written assembly or "
        "objcopy can make it.",
        (Host("objcopy --set-section-flags .text=alloc,load,code $SUITE/core_mod/core_mod.ko "
              "core_mod.ko"),
         Host("readelf -SW core_mod.ko | grep ' [.]text '", shows=(r" WAX ",)),
         Send(("core_mod.ko",)),
         Cmd("insmod core_mod.ko", 1, says="Invalid module format",
             log=(r"^core_mod: section \.text \(index \d+\) has invalid WRITE\|EXEC flags$",)),
         Call("finit_module", ("core_mod.ko", "0", ""), errno="ENOEXEC"),
         Loaded()),
        needs=("CONFIG_STRICT_MODULE_RWX",)),
    Row("common-symbol", "A module that was compiled without -fno-common",
        "With -fcommon, which was gcc's default up to gcc 9, the compiler leaves a global variable "
        "without a value to the linker, as a common symbol. The kernel's linker has no room for "
        "these. kbuild gives -fno-common, so this comes from flags of one's own, or from an "
        "object file that was not built by kbuild.",
        (Host("make -s -C $KDIR M=$PWD/common_symbol KCFLAGS=-fcommon modules"),
         Host("nm common_symbol/common_symbol.ko | grep common_symbol$",
              shows=(r"\A0+4 C common_symbol\n\Z",)),
         Send(("common_symbol/common_symbol.ko",)),
         Cmd("insmod common_symbol.ko", 1, says="Invalid module format",
             log=("^common_symbol: please compile with -fno-common$",)),
         Call("finit_module", ("common_symbol.ko", "0", ""), errno="ENOEXEC"),
         Loaded(),
         Host("make -s -C $KDIR M=$PWD/common_symbol clean; "
              "make -s -C $KDIR M=$PWD/common_symbol modules"),
         Send(("common_symbol/common_symbol.ko",)),
         Cmd("insmod common_symbol.ko; rmmod common_symbol")),
        order="+common_symbol -common_symbol", sources=("tests/modules/common_symbol",)),
)

ROWS = NO_MODULE + DAMAGED
