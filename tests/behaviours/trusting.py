# SPDX-License-Identifier: GPL-2.0
"""Symbols, versions, licences, trust: what the kernel refuses to link or to load."""

from harness.row import Guest, Row
from harness.steps import Call, Cmd, Events, Host, Loaded, Note, Send, Step

CORE_EXPORTS = "KBUILD_EXTRA_SYMBOLS=$SUITE/Module.symvers"
IGNORE_NAMESPACES = "CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS=y"


def _make(folder: str, *variables: str) -> str:
    """Return how a folder of the host's directory is built."""
    return " ".join(("make -s -C $KDIR M=$PWD/" + folder, *variables, "modules"))


def _edit_modinfo(name: str, edit: str) -> str:
    """Return how the .modinfo section of a module is edited, by sed, NUL for newline."""
    return (f"objcopy --dump-section .modinfo=info {name}.ko && sed -zi '{edit}' info && "
            f"objcopy --update-section .modinfo=info {name}.ko")


GPL = (
    Row("gpl-only", "A proprietary module may not call a GPL-only export",
        "What EXPORT_SYMBOL_GPL exports is there only for modules whose MODULE_LICENSE is "
        "compatible with the GPL. modpost refuses to build others, and the kernel does not find "
        "the symbol for them. That one was tried already taints the kernel, until the next boot.",
        (Host("grep LICENSE gpl_only/gpl_only.c", shows=(r'^MODULE_LICENSE\("Proprietary"\);$',)),
         Host(_make("gpl_only", CORE_EXPORTS), 2,
              shows=(r"modpost: GPL-incompatible module gpl_only\.ko uses GPL-only symbol "
                     "'tcore_check_interface'$",)),
         Note("Now it lies to modpost, and tells the kernel the truth."),
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
         Loaded("core_mod 0"),
         Cmd("echo $(($(cat /proc/sys/kernel/tainted) & 1))", says="1"),
         Cmd("rmmod core_mod")),
        order="+core_mod -core_mod", sources=("core_mod", "tests/modules/gpl_only"),
        guest=Guest()),
    Row("gpl-plain", "A proprietary module may call a plain export",
        "What EXPORT_SYMBOL exports is there for modules of any licence. A proprietary one taints "
        "the kernel with P, also after it has been unloaded; what it calls is not tainted.",
        (Cmd("modinfo -F license plain_user", says="Proprietary"),
         Cmd("cat /proc/sys/kernel/tainted", says="0"),
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
)

NAMESPACE = (
    Row("namespace", "A namespace must be imported",
        "EXPORT_SYMBOL_NS_GPL exports into a namespace, and a module that calls such an export "
        "says so with MODULE_IMPORT_NS. Without, modpost refuses to build it and the kernel to "
        "load it. The name is a string from Linux 6.13 on, and was written without quotes before.",
        (Host("sed -i 's/\"TASKMODS\"/TASKMODS/' namespace/ns_owner.c", when="linux < 6.13"),
         Host("grep EXPORT_SYMBOL namespace/ns_owner.c",
              says="EXPORT_SYMBOL_NS_GPL(ns_zero, TASKMODS);", when="linux < 6.13"),
         Host("grep EXPORT_SYMBOL namespace/ns_owner.c",
              says='EXPORT_SYMBOL_NS_GPL(ns_zero, "TASKMODS");', when="linux >= 6.13"),
         Host(_make("namespace"), 2,
              shows=("modpost: module ns_user uses symbol ns_zero from namespace TASKMODS, but "
                     r"does not import it\.$",)),
         Note("Only where the kernel's configuration allows it is this no more than a warning."),
         Host(_make("namespace", IGNORE_NAMESPACES),
              shows=("^WARNING: modpost: module ns_user uses symbol ns_zero from namespace "
                     r"TASKMODS, but does not import it\.$",)),
         Send(("namespace/ns_owner.ko", "namespace/ns_user.ko")),
         Cmd("insmod ns_owner.ko"),
         Cmd("insmod ns_user.ko", 1, says="Invalid parameters",
             log=(r"^ns_user: module uses symbol \(ns_zero\) from namespace TASKMODS, but does "
                  r"not import it\.$", r"^ns_user: Unknown symbol ns_zero \(err -22\)$")),
         Call("finit_module", ("ns_user.ko", "0", ""), errno="EINVAL"),
         Loaded("ns_owner 0"),
         Host("echo 'MODULE_IMPORT_NS(TASKMODS);' >> namespace/ns_user.c", when="linux < 6.13"),
         Host("echo 'MODULE_IMPORT_NS(\"TASKMODS\");' >> namespace/ns_user.c",
              when="linux >= 6.13"),
         Host(_make("namespace"), hides="import"),
         Send(("namespace/ns_user.ko",)),
         Cmd("modinfo -F import_ns ./ns_user.ko", says="TASKMODS"),
         Cmd("insmod ns_user.ko"),
         Loaded("ns_owner 1 ns_user", "ns_user 0"),
         Cmd("rmmod ns_user ns_owner")),
        order="+ns_owner +ns_user -ns_user -ns_owner", sources=("tests/modules/namespace",),
        needs=("!CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS",)),
    Row("for-modules", "An export for named modules is for no other",
        "EXPORT_SYMBOL_FOR_MODULES exports to the modules that it lists by name, as a namespace "
        "that nobody can import. The kernel has it from Linux 6.17 on.",
        (Host("grep EXPORT_SYMBOL for_modules/for_owner.c",
              says='EXPORT_SYMBOL_FOR_MODULES(for_zero, "for_friend,for_nobody");'),
         Host(_make("for_modules"), 2,
              shows=("modpost: module for_stranger uses symbol for_zero",)),
         Host(_make("for_modules", IGNORE_NAMESPACES),
              shows=("^WARNING: modpost: module for_stranger uses symbol for_zero",)),
         Send(tuple(f"for_modules/for_{name}.ko" for name in ("owner", "friend", "stranger"))),
         Cmd("insmod for_owner.ko"),
         Cmd("insmod for_friend.ko"),
         Cmd("insmod for_stranger.ko", 1, says="Invalid parameters",
             log=(r"^for_stranger: module uses symbol \(for_zero\) from namespace "
                  r"module:for_friend,for_nobody, but does not import it\.$",
                  r"^for_stranger: Unknown symbol for_zero \(err -22\)$")),
         Call("finit_module", ("for_stranger.ko", "0", ""), errno="EINVAL"),
         Loaded("for_owner 1 for_friend", "for_friend 0"),
         Cmd("rmmod for_friend for_owner")),
        order="+for_owner +for_friend -for_friend -for_owner",
        sources=("tests/modules/for_modules",),
        needs=("linux >= 6.17", "!CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS")),
    Row("duplicate-export", "Two modules may not export the same name",
        "Every exported name is there once in the whole kernel. Of modules out of tree modpost "
        "lets that pass, even where it sees both; the kernel refuses the one that comes second, "
        "and names the owner.",
        (Cmd("cd /opt/taskmods/modules"),
         Cmd("insmod dup_first.ko"),
         Cmd("insmod dup_second.ko", 1, says="Invalid module format",
             log=(r"^dup_second: exports duplicate symbol dup_zero \(owned by dup_first\)$",)),
         Call("finit_module", ("/opt/taskmods/modules/dup_second.ko", "0", ""), errno="ENOEXEC",
              log=(r"^dup_second: exports duplicate symbol dup_zero \(owned by dup_first\)$",)),
         Loaded("dup_first 0"),
         Cmd("rmmod dup_first"),
         Note("Whichever comes first owns the name."),
         Cmd("insmod dup_second.ko"),
         Cmd("insmod dup_first.ko", 1, says="Invalid module format",
             log=(r"^dup_first: exports duplicate symbol dup_zero \(owned by dup_second\)$",)),
         Loaded("dup_second 0"),
         Cmd("rmmod dup_second")),
        order="+dup_first -dup_first +dup_second -dup_second"),
)

ROWS = (*GPL, *NAMESPACE)
