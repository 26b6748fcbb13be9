# SPDX-License-Identifier: GPL-2.0
"""Symbols, versions, licences, trust: what the kernel refuses to link or to load."""

from harness.rows.row import Guest, Row
from harness.rows.steps import Call, Cmd, Events, Host, Loaded, Note, Send

CORE_EXPORTS = "KBUILD_EXTRA_SYMBOLS=$SUITE/Module.symvers"
IGNORE_NAMESPACES = "CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS=y"


def _make(folder: str, *variables: str) -> str:
    """Return how a folder of the host's directory is built."""
    return " ".join(("make -s -C $KDIR M=$PWD/" + folder, *variables, "modules"))


def _undefined(kind: str, module: str, symbol: str) -> str:
    """Return the pattern of modpost's words for a symbol unknown to it, of 7.3 on and before."""
    return (rf'^{kind}: modpost: ("{symbol}" \[.*{module}\.ko\]|.*{module}\.ko: '
            rf"symbol '{symbol}') undefined!$")


def _not_imported(module: str, symbol: str, namespace: str) -> str:
    """Return the pattern of modpost's words for a namespace not imported, of 7.3 on and before."""
    return (rf"modpost: (module {module} uses symbol {symbol} from namespace {namespace}|"
            rf".*{module}\.ko: module uses symbol '{symbol}' from namespace '{namespace}'), "
            r"but does not import it\.$")


def _edit_modinfo(name: str, edit: str) -> str:
    """Return how the .modinfo section of a module is edited, by sed, NUL for newline."""
    return (f"objcopy --dump-section .modinfo=info {name}.ko && sed -zi '{edit}' info && "
            f"objcopy --update-section .modinfo=info {name}.ko")


GPL = (
    Row("gpl-only", "A proprietary module may not call a GPL-only export",
        "EXPORT_SYMBOL_GPL exports a symbol only to modules whose MODULE_LICENSE is compatible "
        "with the GPL. modpost refuses to build other modules that use it, and the kernel does "
        "not find the symbol for them. Even the failed load taints the kernel, until the next "
        "boot.",
        (Host("grep LICENSE gpl_only/gpl_only.c", shows=(r'^MODULE_LICENSE\("Proprietary"\);$',)),
         Host(_make("gpl_only", CORE_EXPORTS), 2,
              shows=(r"modpost: (GPL-incompatible module gpl_only\.ko|.*gpl_only\.ko: "
                     "GPL-incompatible module) uses GPL-only symbol 'tcore_check_interface'$",)),
         Note("Now the source says GPL to modpost, and the .ko says Proprietary to the kernel."),
         Host("sed -i 's/Proprietary/GPL/' gpl_only/gpl_only.c && " +
              _make("gpl_only", CORE_EXPORTS)),
         Host(_edit_modinfo("gpl_only/gpl_only", "s/^license=GPL$/license=Proprietary/")),
         Send(("gpl_only/gpl_only.ko",)),
         Cmd("modprobe core_mod"),
         Cmd("insmod gpl_only.ko", 1, says="Unknown symbol in module",
             log=(r"^gpl_only: module license 'Proprietary' taints kernel\.$",
                  r"^gpl_only: Unknown symbol tcore_check_interface \(err -2\)$")),
         Call("finit_module", ("gpl_only.ko", "0", ""), errno="ENOENT",
              log=(r"^gpl_only: Unknown symbol tcore_check_interface \(err -2\)$",)),
         Cmd("mkdir /lib/modules/$(uname -r)/extra; cp gpl_only.ko $_; depmod"),
         Cmd("modprobe gpl_only", 1,
             says="Unknown symbol in module, or unknown parameter (see dmesg)"),
         Loaded("core_mod 0"),
         Cmd("echo $(($(cat /proc/sys/kernel/tainted) & 1))", says="1"),
         Cmd("rmmod core_mod")),
        order="+core_mod -core_mod", sources=("core_mod", "tests/modules/gpl_only"),
        guest=Guest()),
    Row("gpl-plain", "A proprietary module may call a plain export",
        "EXPORT_SYMBOL exports a symbol to modules of any licence. A proprietary module taints "
        "the kernel with P, also after it has been unloaded. The module that it calls is not "
        "tainted.",
        (Cmd("modinfo -F license plain_user", says="Proprietary"),
         Cmd("cat /proc/sys/kernel/tainted", shows=("^0$",)),
         Cmd("modprobe plain_user",
             log=(r"^plain_user: module license 'Proprietary' taints kernel\.$",
                  "^Disabling lock debugging due to kernel taint$")),
         Loaded("plain_owner 1 plain_user", "plain_user 0 taint=POE"),
         Cmd("cat /sys/module/plain_user/taint", says="POE"),
         Cmd("modprobe -r plain_user"),
         Loaded(),
         Cmd("echo $(($(cat /proc/sys/kernel/tainted) & 1))", says="1")),
        order="+plain_owner +plain_user -plain_user -plain_owner",
        installs=("plain_owner", "plain_user"), guest=Guest()),
    Row("gpl-inherit", "A GPL module that uses a proprietary module is treated like that",
        "A proprietary module may export symbols, and a module under the GPL may use them. But it "
        "gets the taint P from it, and from then on no GPL-only symbol: that is an unknown symbol. "
        "If the kernel has already linked one, it refuses the proprietary symbol instead. So "
        "nobody can get around the GPL by a module in between.",
        (Cmd("cd /opt/taskmods/modules; modinfo -F license closed_owner.ko closed_user.ko "
             "closed_mixer.ko", shows=(r"\AProprietary\nGPL\nGPL\n\Z",)),
         Cmd("insmod closed_owner.ko",
             log=(r"^closed_owner: module license 'Proprietary' taints kernel\.$",)),
         Cmd("insmod closed_user.ko",
             log=("^closed_user: module uses symbols (proprietary_zero )?from proprietary module "
                  r"closed_owner, inheriting taint\.$",)),
         Loaded("closed_owner 1 closed_user taint=POE", "closed_user 0 taint=POE"),
         Note("This one also calls synchronize_rcu(), which is GPL-only."),
         Cmd("insmod closed_mixer.ko", 1, says="Unknown symbol in module",
             log=("^closed_mixer: module using GPL-only symbols uses symbols (proprietary_zero )?"
                  r"from proprietary module closed_owner\.$",
                  r"^closed_mixer: Unknown symbol proprietary_zero \(err -2\)$")),
         Call("finit_module", ("/opt/taskmods/modules/closed_mixer.ko", "0", ""), errno="ENOENT"),
         Loaded("closed_owner 1 closed_user taint=POE", "closed_user 0 taint=POE"),
         Cmd("rmmod closed_user closed_owner")),
        order="+closed_owner +closed_user -closed_user -closed_owner", guest=Guest()),
)

_FOR = "module:for_friend,for_nobody"

NAMESPACE = (
    Row("namespace", "A symbol namespace must be imported",
        "EXPORT_SYMBOL_NS_GPL exports a symbol into a namespace, and a module that uses it must "
        "name that namespace with MODULE_IMPORT_NS. Otherwise modpost refuses to build the "
        "module, and the kernel refuses to load it. From Linux 6.13 on the name is a string; "
        "before, it was written without quotes.",
        (Host("sed -i 's/\"TASKMODS\"/TASKMODS/' namespace/ns_owner.c", when="linux < 6.13"),
         Host("grep EXPORT_SYMBOL namespace/ns_owner.c",
              says="EXPORT_SYMBOL_NS_GPL(ns_zero, TASKMODS);", when="linux < 6.13"),
         Host("grep EXPORT_SYMBOL namespace/ns_owner.c",
              says='EXPORT_SYMBOL_NS_GPL(ns_zero, "TASKMODS");', when="linux >= 6.13"),
         Host(_make("namespace"), 2,
              shows=("^ERROR: " + _not_imported("ns_user", "ns_zero", "TASKMODS"),)),
         Note("If the kernel's configuration allows it, this is only a warning."),
         Host(_make("namespace", IGNORE_NAMESPACES),
              shows=("^WARNING: " + _not_imported("ns_user", "ns_zero", "TASKMODS"),)),
         Send(("namespace/ns_owner.ko", "namespace/ns_user.ko")),
         Cmd("insmod ns_owner.ko"),
         Cmd("insmod ns_user.ko", 1, says="Invalid parameters",
             log=(r"^ns_user: module uses symbol \(ns_zero\) from namespace TASKMODS, but does "
                  r"not import it\.$", r"^ns_user: Unknown symbol ns_zero \(err -22\)$")),
         Call("finit_module", ("ns_user.ko", "0", ""), errno="EINVAL"),
         Loaded("ns_owner 0"),
         Note("A module may import several namespaces, also such as nobody exports to."),
         Host("for n in FIRST TASKMODS LAST; do echo \"MODULE_IMPORT_NS($n);\"; done >> "
              "namespace/ns_user.c", when="linux < 6.13"),
         Host("for n in FIRST TASKMODS LAST; do echo \"MODULE_IMPORT_NS(\\\"$n\\\");\"; done >> "
              "namespace/ns_user.c", when="linux >= 6.13"),
         Host(_make("namespace"), hides="import"),
         Send(("namespace/ns_user.ko",)),
         Cmd("modinfo -F import_ns ./ns_user.ko | sort",
             shows=(r"\AFIRST\nLAST\nTASKMODS\n\Z",)),
         Cmd("insmod ns_user.ko"),
         Loaded("ns_owner 1 ns_user", "ns_user 0"),
         Cmd("rmmod ns_user ns_owner")),
        order="+ns_owner +ns_user -ns_user -ns_owner", sources=("tests/modules/namespace",),
        needs=("!CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS",)),
    Row("for-modules", "An export for named modules is for no other",
        "EXPORT_SYMBOL_FOR_MODULES exports a symbol only to the modules that it lists by name. It "
        "does so by a namespace that nobody can import. The kernel has it from Linux 6.17 on.",
        (Host("grep EXPORT_SYMBOL for_modules/for_owner.c",
              says='EXPORT_SYMBOL_FOR_MODULES(for_zero, "for_friend,for_nobody");'),
         Host(_make("for_modules"), 2,
              shows=("^ERROR: " + _not_imported("for_stranger", "for_zero", _FOR),)),
         Host(_make("for_modules", IGNORE_NAMESPACES),
              shows=("^WARNING: " + _not_imported("for_stranger", "for_zero", _FOR),)),
         Send(tuple(f"for_modules/for_{name}.ko" for name in ("owner", "friend", "stranger"))),
         Cmd("insmod for_owner.ko"),
         Cmd("insmod for_friend.ko"),
         Cmd("insmod for_stranger.ko", 1, says="Invalid parameters",
             log=(r"^for_stranger: module uses symbol \(for_zero\) from namespace "
                  rf"{_FOR}, but does not import it\.$",
                  r"^for_stranger: Unknown symbol for_zero \(err -22\)$")),
         Call("finit_module", ("for_stranger.ko", "0", ""), errno="EINVAL"),
         Note("An import does not help: modpost refuses it, and so does the kernel."),
         Host(_edit_modinfo("for_modules/for_stranger",
                            rf"s/^license=GPL$/&\x00import_ns={_FOR}/")),
         Send(("for_modules/for_stranger.ko",)),
         Cmd("insmod for_stranger.ko", 1, says="Operation not permitted",
             log=(rf"^for_stranger: module tries to import module namespace: {_FOR}$",)),
         Call("finit_module", ("for_stranger.ko", "0", ""), errno="EPERM"),
         Host(f"echo 'MODULE_IMPORT_NS(\"{_FOR}\");' >> for_modules/for_stranger.c; "
              + _make("for_modules"), 2,
              shows=(r"^ERROR: modpost: .*for_stranger(\.ko)?: explicitly importing namespace "
                     rf"[\"']{_FOR}[\"'] is not allowed\.$",)),
         Loaded("for_owner 1 for_friend", "for_friend 0"),
         Cmd("rmmod for_friend for_owner")),
        order="+for_owner +for_friend -for_friend -for_owner",
        sources=("tests/modules/for_modules",),
        needs=("linux >= 6.17", "!CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS")),
    Row("duplicate-export", "Two modules may not export the same name",
        "An exported name may exist only once in the whole kernel. For modules out of tree "
        "modpost does not check this, even where it sees both. The kernel refuses the second "
        "module, and names the one that has the symbol.",
        (Cmd("cd /opt/taskmods/modules"),
         Cmd("insmod dup_first.ko"),
         Cmd("insmod dup_second.ko", 1, says="Invalid module format",
             log=(r"^dup_second: exports duplicate symbol dup_zero \(owned by dup_first\)$",)),
         Call("finit_module", ("/opt/taskmods/modules/dup_second.ko", "0", ""), errno="ENOEXEC",
              log=(r"^dup_second: exports duplicate symbol dup_zero \(owned by dup_first\)$",)),
         Loaded("dup_first 0"),
         Cmd("rmmod dup_first"),
         Note("The module that is loaded first owns the name."),
         Cmd("insmod dup_second.ko"),
         Cmd("insmod dup_first.ko", 1, says="Invalid module format",
             log=(r"^dup_first: exports duplicate symbol dup_zero \(owned by dup_second\)$",)),
         Loaded("dup_second 0"),
         Cmd("rmmod dup_second")),
        order="+dup_first -dup_first +dup_second -dup_second"),
)


def _other(module: str) -> str:
    return (rf"^core_mod: {module} is built for core interface 7, core_mod \S+ has 3: "
            "rebuild the older$")


VERSIONS = (
    Row("crc", "A core rebuilt with another prototype refuses modules built before",
        "With CONFIG_MODVERSIONS the kernel keeps a checksum of the prototype of each export, and "
        "refuses a module that was built for another one. Without that option nothing in the "
        "kernel notices the change. Then core_mod's own interface number, which grows with every "
        "change, does.",
        (Host("sed -i 's/^size_t tcore_escape(/long tcore_escape(/' core_mod/*.[ch]"),
         Host("sed -i 's/TCORE_INTERFACE 3/TCORE_INTERFACE 4/' core_mod/core_mod.h"),
         Host(_make("core_mod")),
         Host("cut -f1,2 $SUITE/Module.symvers core_mod/Module.symvers | grep tcore_escape",
              shows=(r"^(0x[0-9a-f]{8})\ttcore_escape\n(?!\1)0x[0-9a-f]{8}\ttcore_escape$",),
              when="CONFIG_MODVERSIONS"),
         Send(("core_mod/core_mod.ko",)),
         Cmd("insmod core_mod.ko"),
         Cmd("modprobe walker_mod", 1, says="could not insert 'walker_mod': Invalid argument",
             log=("^walker_mod: disagrees about version of symbol tcore_escape$",
                  r"^walker_mod: Unknown symbol tcore_escape \(err -22\)$"),
             when="CONFIG_MODVERSIONS"),
         Cmd("modprobe walker_mod", 1, says="could not insert 'walker_mod': Exec format error",
             log=("^core_mod: walker_mod is built for core interface 3, core_mod 1.0.0 has 4: "
                  "rebuild the older$",), when="!CONFIG_MODVERSIONS"),
         Loaded("core_mod 0"),
         Cmd("rmmod core_mod"),
         Events("load core_mod", "put core_mod 1", "get core_mod 2", "put core_mod 1",
                "free core_mod", when="CONFIG_MODVERSIONS"),
         Events("load core_mod", "put core_mod 1", "get core_mod 2", "load walker_mod",
                "put walker_mod 1", "free walker_mod", "put core_mod 1", "free core_mod",
                when="!CONFIG_MODVERSIONS")),
        order=None, sources=("core_mod",)),
    Row("other-core", "core_mod refuses modules built for another interface",
        "Some changes are in no checksum: a struct that changed behind a pointer, or a function "
        "that now does something else. And kernels without CONFIG_MODVERSIONS compare nothing. So "
        "core_mod has a number that grows with its interface, and the init function of a module "
        "that was built with another number fails.",
        (Host("sed -i 's/TCORE_INTERFACE 3/TCORE_INTERFACE 7/' core_mod/core_mod.h"),
         Host(_make("walker_mod", CORE_EXPORTS) + " && " + _make("report_mod", CORE_EXPORTS)),
         Send(("walker_mod/walker_mod.ko", "report_mod/report_mod.ko")),
         Cmd("modprobe core_mod"),
         Cmd("insmod walker_mod.ko", 1, says="Invalid module format", log=(_other("walker_mod"),)),
         Call("finit_module", ("walker_mod.ko", "0", ""), errno="ENOEXEC"),
         Cmd("insmod report_mod.ko", 1, says="Invalid module format", log=(_other("report_mod"),)),
         Call("init_module", ("report_mod.ko", ""), errno="ENOEXEC"),
         Loaded("core_mod 0"),
         Cmd("ls /proc/taskmods", hides="."),
         Cmd("rmmod core_mod")),
        order="+core_mod" + " +walker_mod -walker_mod" * 2 + " +report_mod -report_mod" * 2
        + " -core_mod", sources=("core_mod", "walker_mod", "report_mod")),
    Row("no-crc", "A module built without its core's Module.symvers has no checksums of it",
        "KBUILD_MODPOST_WARN builds a module although modpost does not know the symbols that it "
        "calls. With CONFIG_MODVERSIONS the kernel then misses their checksums, and refuses the "
        "module. Without that option it loads the module unchecked.",
        (Host(_make("walker_mod", "KBUILD_MODPOST_WARN=1"),
              shows=(_undefined("WARNING", "walker_mod", r"tcore_\w+"),)),
         Send(("walker_mod/walker_mod.ko",)),
         Cmd("modprobe core_mod"),
         Cmd("insmod walker_mod.ko num=1", 1, says="Invalid parameters",
             log=(r"^walker_mod: no symbol version for tcore_\w+$",
                  r"^walker_mod: Unknown symbol tcore_\w+ \(err -22\)$"),
             when="CONFIG_MODVERSIONS"),
         Call("finit_module", ("walker_mod.ko", "0", ""), errno="EINVAL",
              log=(r"^walker_mod: no symbol version for tcore_\w+$",
                   r"^walker_mod: Unknown symbol tcore_\w+ \(err -22\)$"),
              when="CONFIG_MODVERSIONS"),
         Cmd("insmod walker_mod.ko num=1", when="!CONFIG_MODVERSIONS"),
         Loaded("core_mod 1 walker_mod", "walker_mod 0", when="!CONFIG_MODVERSIONS"),
         Cmd("rmmod walker_mod", when="!CONFIG_MODVERSIONS"),
         Loaded("core_mod 0"),
         Cmd("rmmod core_mod"),
         Events("load core_mod", "put core_mod 1", "free core_mod", when="CONFIG_MODVERSIONS"),
         Events("load core_mod", "put core_mod 1", "get core_mod 2", "load walker_mod",
                "put walker_mod 1", "free walker_mod", "put core_mod 1", "free core_mod",
                when="!CONFIG_MODVERSIONS")),
        order=None, sources=("core_mod", "walker_mod")),
    Row("extra-symbols", "KBUILD_EXTRA_SYMBOLS is for exports from another source tree",
        "modpost knows what the kernel exports, and what it builds itself. What another source "
        "tree exports, it reads from that tree's Module.symvers. KBUILD_EXTRA_SYMBOLS says where "
        "that file is.",
        (Host(_make("walker_mod"), 2,
              shows=(_undefined("ERROR", "walker_mod", r"tcore_\w+"),)),
         Host(_make("walker_mod", CORE_EXPORTS), hides="tcore_"),
         Send(("walker_mod/walker_mod.ko",)),
         Cmd("modinfo -F depends ./walker_mod.ko", says="core_mod"),
         Cmd("modprobe core_mod"),
         Cmd("insmod walker_mod.ko num=1"),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("rmmod walker_mod core_mod")),
        order="+core_mod +walker_mod -walker_mod -core_mod", sources=("core_mod", "walker_mod")),
    Row("vermagic", "The version magic stops a module that was built for another kernel",
        "Each module contains the release and the main options of the kernel that it was built "
        "for, and these must be the same as the running kernel's. With CONFIG_MODVERSIONS the "
        "release may differ: the kernel compares the checksums instead.",
        (Host("strip --strip-debug -o options.ko $SUITE/core_mod/core_mod.ko"),
         Host("cp options.ko release.ko"),
         Host(_edit_modinfo("options", "s/ SMP .*mod_unload/ mod_unload/")),
         Host(_edit_modinfo("release", "s/^vermagic=[0-9.]*/vermagic=0.0.0/")),
         Send(("options.ko", "release.ko")),
         Cmd("modinfo -F vermagic core_mod ./options.ko ./release.ko",
             shows=(r"^(\d+\.[0-9.]+)(\S*) SMP .*\n\1\2 mod_unload.*\n0\.0\.0\2 SMP .*$",)),
         Cmd("insmod options.ko", 1, says="Invalid module format",
             log=(r"^core_mod: version magic '\S+ mod_unload .*' should be '\S+ SMP .*'$",)),
         Call("finit_module", ("options.ko", "0", ""), errno="ENOEXEC",
              log=(r"^core_mod: version magic '\S+ mod_unload .*' should be ",)),
         Loaded(),
         Cmd("insmod release.ko", when="CONFIG_MODVERSIONS"),
         Loaded("core_mod 0", when="CONFIG_MODVERSIONS"),
         Cmd("rmmod core_mod", when="CONFIG_MODVERSIONS"),
         Cmd("insmod release.ko", 1, says="Invalid module format",
             log=(r"^core_mod: version magic '0\.0\.0\S* SMP .*' should be '\S+ SMP .*'$",),
             when="!CONFIG_MODVERSIONS"),
         Loaded(),
         Events("load core_mod", "put core_mod 1", "free core_mod", when="CONFIG_MODVERSIONS"),
         Events(when="!CONFIG_MODVERSIONS")),
        order=None),
    Row("force-load", "Forcing a load leaves out the version checks",
        "With modprobe --force-vermagic and --force-modversion the kernel loads a module as if it "
        "had no version magic and no checksums. Then nothing checks whether module and kernel "
        "fit, and the kernel is tainted with F. This needs CONFIG_MODULE_FORCE_LOAD.",
        (Host("strip --strip-debug -o magic.ko $SUITE/core_mod/core_mod.ko; cp magic.ko crc.ko"),
         Host(_edit_modinfo("magic", "s/ SMP .*mod_unload/ mod_unload/")),
         Note("In another copy the first checksum that the kernel looks at is made wrong: it is "
              "in front of the symbol's name, and as long as a word of the processor.",
              when="CONFIG_MODVERSIONS"),
         Host("at=$(grep -abo module_layout crc.ko | cut -d: -f1) && "
              "word=$((4 * $(od -An -tu1 -j 4 -N 1 crc.ko))) && printf '\\1\\2\\3\\4' | "
              "dd of=crc.ko bs=1 seek=$((at - word)) conv=notrunc status=none",
              when="CONFIG_MODVERSIONS"),
         Send(("magic.ko", "crc.ko")),
         Cmd("cd /lib/modules/$(uname -r)/updates/taskmods"),
         Cmd("cp ~/row/magic.ko core_mod.ko"),
         Cmd("modprobe core_mod", 1, says="could not insert 'core_mod': Exec format error",
             log=(r"^core_mod: version magic '\S+ mod_unload .*' should be ",)),
         Loaded(),
         Cmd("modprobe --force-vermagic core_mod",
             log=(r"^core_mod: bad vermagic: kernel tainted\.$",)),
         Loaded("core_mod 0 taint=FOE"),
         Cmd("cat /sys/module/core_mod/taint", says="FOE"),
         Cmd("rmmod core_mod"),
         Cmd("echo $(($(cat /proc/sys/kernel/tainted) >> 1 & 1))", says="1"),
         Cmd("cp ~/row/crc.ko core_mod.ko", when="CONFIG_MODVERSIONS"),
         Cmd("modprobe core_mod", 1, says="could not insert 'core_mod': Exec format error",
             log=("^core_mod: disagrees about version of symbol module_layout$",),
             when="CONFIG_MODVERSIONS"),
         Cmd("modprobe --force-modversion core_mod", when="CONFIG_MODVERSIONS"),
         Loaded("core_mod 0 taint=FOE", when="CONFIG_MODVERSIONS"),
         Cmd("rmmod core_mod", when="CONFIG_MODVERSIONS"),
         Loaded(),
         Events("load core_mod", "put core_mod 1", "free core_mod", "load core_mod",
                "put core_mod 1", "free core_mod", when="CONFIG_MODVERSIONS"),
         Events("load core_mod", "put core_mod 1", "free core_mod", when="!CONFIG_MODVERSIONS")),
        order=None, needs=("CONFIG_MODULE_FORCE_LOAD",), guest=Guest()),
    Row("other-kernel", "No modules for the running kernel",
        "modprobe looks for modules in /lib/modules/ under the release of the running kernel, and "
        "nowhere else. If the kernel's package was updated or removed while the kernel runs, "
        "there may be none.",
        (Cmd("modprobe -S 0.0.0 core_mod", 1,
             says="FATAL: Module core_mod not found in directory /lib/modules/0.0.0"),
         Cmd("mv /lib/modules/$(uname -r) /lib/modules/away"),
         Cmd("modprobe core_mod", 1,
             shows=(r"FATAL: Module core_mod not found in directory /lib/modules/\d\S+$",)),
         Cmd("modinfo core_mod", 1, says="Module alias core_mod not found.", when="kmod < 30"),
         Cmd("modinfo core_mod", 1, says="Module core_mod not found.", when="kmod >= 30"),
         Cmd("mv /lib/modules/away /lib/modules/$(uname -r)"),
         Cmd("modprobe core_mod"),
         Loaded("core_mod 0"),
         Cmd("rmmod core_mod")),
        order="+core_mod -core_mod"),
)

ROWS = (*GPL, *NAMESPACE, *VERSIONS)
