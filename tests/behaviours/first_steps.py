# SPDX-License-Identifier: GPL-2.0
"""First steps: the modules in examples/, built and loaded, and what keeps them from being built."""

from harness.rows.row import Row
from harness.rows.steps import Call, Cmd, Events, Host, Loaded, Note, Send

# A folder with what a kernel's headers have but Module.symvers; the rest is by links. Some name
# themselves in KBUILD_OUTPUT.
HEADERS = ("mkdir headers && cp -rs $KDIR/include headers && "
           "ln -s $KDIR/{arch,scripts,tools} headers && "
           '{ sed -n "s:^KBUILD_OUTPUT=.*:override KBUILD_OUTPUT=$PWD/headers:p" $KDIR/Makefile; '
           'echo "include $KDIR/Makefile"; } > headers/Makefile')
IN_HEADERS = "make -C hello_mod KDIR=$PWD/headers"

# A source gets its module's name.
NAMESAKE = ("cd two_sources && make clean && mv main.c two_sources.c && "
            "sed -i s/main.o/two_sources.o/ Kbuild && make")
CIRCULAR = "Circular .*two_sources.o <- .*two_sources.o dependency dropped"

ROWS = (
    Row("hello", "The smallest module is loaded and unloaded",
        "A module needs two functions: an init function, which runs when it is loaded, and an "
        "exit function, which runs when it is unloaded.",
        (Host("make -C hello_mod", shows=("LD \\[M\\] .*hello_mod.ko",)),
         Send(("hello_mod/hello_mod.ko",)),
         Cmd("insmod hello_mod.ko", log=("^hello_mod: hello$",)),
         Loaded("hello_mod 0"),
         Cmd("rmmod hello_mod", log=("^hello_mod: goodbye$",)),
         Loaded()),
        order="+hello_mod -hello_mod", sources=("examples/hello_mod",)),
    Row("hellop", "Parameters are set at load and can be read in sysfs",
        "module_param() makes a variable a parameter; the variable's first value is the default. "
        "The kernel refuses a value of the wrong type, here a word for a number. Whether a value "
        "makes sense, the module must check itself. With mode 0444 everybody may read the "
        "parameter in sysfs, and nobody may write it, not even root.",
        (Host("make -C hellop_mod", shows=("LD \\[M\\] .*hellop_mod.ko",)),
         Send(("hellop_mod/hellop_mod.ko",)),
         Cmd("modinfo -p ./hellop_mod.ko",
             shows=("^howmany:.*\\(default: 1\\) \\(uint\\)$",
                    "^whom:.*\\(default: world\\) \\(charp\\)$")),
         Cmd("insmod hellop_mod.ko", log=("^hellop_mod: hello, world$",)),
         Cmd("rmmod hellop_mod", log=("^hellop_mod: goodbye, world$",)),
         Cmd("insmod hellop_mod.ko howmany=2 whom='\"the whole class\"'",
             log=("^hellop_mod: hello, the whole class$",) * 2),
         Loaded("hellop_mod 0"),
         Cmd("cd /sys/module/hellop_mod/parameters"),
         Cmd("grep . *", shows=("\\Ahowmany:2\nwhom:the whole class\n\\Z",)),
         Cmd("echo 3 > howmany", 1, says="howmany: Permission denied"),
         Cmd("cat howmany", says="2"),
         Cmd("cd; cd row; rmmod hellop_mod", log=("^hellop_mod: goodbye, the whole class$",)),
         Cmd("insmod hellop_mod.ko howmany=many", 1, says="Invalid parameters",
             log=("^hellop_mod: `many' invalid for parameter `howmany'$",)),
         Call("finit_module", ("hellop_mod.ko", "0", "howmany=many"), errno="EINVAL"),
         Cmd("insmod hellop_mod.ko howmany=-1", 1, says="Invalid parameters",
             log=("^hellop_mod: `-1' invalid for parameter `howmany'$",)),
         Cmd("insmod hellop_mod.ko howmany=1000", 1, says="Invalid parameters",
             log=("^hellop_mod: howmany is 1000, more than 100$",)),
         Loaded()),
        order="+hellop_mod -hellop_mod +hellop_mod -hellop_mod +hellop_mod -hellop_mod",
        sources=("examples/hellop_mod",)),
    Row("two-sources", "One module from two source files",
        "Kbuild links the objects listed in NAME-y into NAME.ko. No source file may have the same "
        "name as the module: its object file would have to be made from itself. Up to Linux 5.10 "
        "make warns and builds the module without that source file.",
        (Host("cat two_sources/Kbuild", shows=("^two_sources-y := main.o greeting.o$",)),
         Host("make -C two_sources",
              shows=("CC \\[M\\] .*main.o$", "CC \\[M\\] .*greeting.o$",
                     "LD \\[M\\] .*two_sources.o$", "LD \\[M\\] .*two_sources.ko$")),
         Send(("two_sources/two_sources.ko",)),
         Cmd("insmod two_sources.ko", log=("^two_sources: hello from the other source$",)),
         Loaded("two_sources 0"),
         Cmd("rmmod two_sources", log=("^two_sources: goodbye$",)),
         Note("A source with the module's name."),
         Host(NAMESAKE, shows=(CIRCULAR, r"^WARNING: modpost: missing MODULE_LICENSE\(\) in ",
                               "LD \\[M\\] .*two_sources.ko$"), when="linux < 5.11"),
         Host("nm two_sources/two_sources.ko | grep -c two_sources_init", 1, says="0",
              when="linux < 5.11"),
         Host(NAMESAKE, 2, shows=(CIRCULAR,), when="linux >= 5.11"),
         Loaded()),
        order="+two_sources -two_sources", sources=("examples/two_sources",)),
    Row("two-modules", "One module calls a function of another",
        "EXPORT_SYMBOL_GPL() makes a function one that other modules may call. The module that "
        "calls it cannot be loaded before the other, and the other cannot be unloaded before it: "
        "the kernel counts who uses whom. insmod loads one file; modprobe, in load-chain, also "
        "loads what it needs.",
        (Host("cat two_modules/Kbuild", shows=("^obj-m := base_mod.o user_mod.o$",)),
         Host("make -C two_modules",
              shows=("LD \\[M\\] .*base_mod.ko", "LD \\[M\\] .*user_mod.ko")),
         Send(("two_modules/base_mod.ko", "two_modules/user_mod.ko")),
         Cmd("modinfo -F depends ./user_mod.ko", shows=("^base_mod$",)),
         Cmd("insmod user_mod.ko", 1, says="Unknown symbol in module",
             log=(r"^user_mod: Unknown symbol base_next \(err -2\)$",)),
         Cmd("insmod base_mod.ko", log=("^base_mod: hello$",)),
         Cmd("insmod user_mod.ko", log=("^user_mod: call number 1$",)),
         Loaded("base_mod 1 user_mod", "user_mod 0"),
         Cmd("rmmod base_mod", 1, says="Module base_mod is in use by: user_mod"),
         Cmd("rmmod user_mod base_mod",
             log=("^user_mod: goodbye$", "^base_mod: goodbye after 1 calls$")),
         Loaded()),
        order="+base_mod +user_mod -user_mod -base_mod", sources=("examples/two_modules",)),
    Row("init-by-name", "init_module and cleanup_module, the old way",
        "Old code names its two functions init_module and cleanup_module. module_init(), the "
        "usual way, gives your function that name too. Where the kernel uses indirect branch "
        "tracking (CONFIG_X86_KERNEL_IBT, in Debian from 6.12 on) it also marks the function as "
        "one that may be called through a pointer. Without this mark objtool warns, and the "
        "module can crash on a processor that checks such calls. From Linux 6.15 on it does not "
        "build.",
        (Host("make -C init_by_name", shows=("LD \\[M\\] .*init_by_name.ko",), hides="warning: obj",
              when="!CONFIG_X86_KERNEL_IBT"),
         Send(("init_by_name/init_by_name.ko",), when="!CONFIG_X86_KERNEL_IBT"),
         Cmd("insmod init_by_name.ko", log=("^init_by_name: hello$",),
             when="!CONFIG_X86_KERNEL_IBT"),
         Loaded("init_by_name 0", when="!CONFIG_X86_KERNEL_IBT"),
         Cmd("rmmod init_by_name", log=("^init_by_name: goodbye$",),
             when="!CONFIG_X86_KERNEL_IBT"),
         Events("load init_by_name", "put init_by_name 1", "free init_by_name",
                when="!CONFIG_X86_KERNEL_IBT"),
         Host("make -C init_by_name",
              shows=("objtool: init_module\\(\\): not an indirect call target$",),
              when="CONFIG_X86_KERNEL_IBT and linux < 6.15"),
         Host("make -C init_by_name", 2,
              shows=("objtool: (init|cleanup)_module\\(\\): Magic init_module\\(\\) function name "
                     "is deprecated, use module_init\\(fn\\) instead$",),
              when="CONFIG_X86_KERNEL_IBT and linux >= 6.15"),
         Loaded()),
        order=None, sources=("examples/init_by_name",)),
    Row("unprepared", "Kernel headers that are missing or incomplete",
        "A module is built with the kernel's own build system. It needs the configuration of that "
        "kernel, and Module.symvers, the list of the symbols that the kernel exports. A "
        "distribution's headers have both (in Debian: linux-headers-$(uname -r)). A plain kernel "
        "source has neither until you configure and build it.",
        (Host("make -C hello_mod KDIR=/lib/modules/0.0.0/build", 2,
              shows=("\\*\\*\\* /lib/modules/0.0.0/build: No such file or directory",)),
         Host("mkdir empty; make -C hello_mod KDIR=$PWD/empty", 2,
              shows=("\\*\\*\\* No rule to make target 'modules'",)),
         Note("The kernel's headers, without Module.symvers."),
         Host(HEADERS),
         Host(IN_HEADERS, when="linux < 6.1", hides="undefined!",
              shows=('^WARNING: Symbol version dump "Module.symvers" is missing.$',
                     "LD \\[M\\] .*hello_mod.ko")),
         Host(IN_HEADERS, when="linux >= 6.1 and linux < 6.12",
              shows=("^WARNING: Module.symvers is missing.$",
                     '^WARNING: modpost: "_printk" \\[.*hello_mod.ko\\] undefined!$',
                     "LD \\[M\\] .*hello_mod.ko")),
         Send(("hello_mod/hello_mod.ko",), when="linux < 6.12"),
         Cmd("insmod hello_mod.ko", 1, says="Invalid module format", when="linux < 6.12",
             log=("^hello_mod: no symbol version for module_layout$",)),
         Host(IN_HEADERS, 2, when="linux >= 6.12",
              shows=("^WARNING: .*Module.symvers is missing.$",
                     "^ERROR: modpost: (\"_printk\" \\[.*hello_mod.ko\\]|"
                     ".*hello_mod.ko: symbol '_printk') undefined!$")),
         Note("The same without the configuration, as in a plain kernel source."),
         Host("rm headers/include/config/auto.conf headers/include/generated/autoconf.h"),
         Host(IN_HEADERS, 2, when="linux < 6.12",
              shows=("ERROR: Kernel configuration is invalid.",)),
         Host(IN_HEADERS, 2, when="linux >= 6.12",
              shows=("include/config/auto.conf: No such file or directory$",)),
         Loaded()),
        order="", sources=("examples/hello_mod",)),
)
