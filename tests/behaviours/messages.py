# SPDX-License-Identifier: GPL-2.0
"""The messages that the rows provoke: every complaint of a tool or of the kernel."""

from harness.rows.messages import Message

LOADING = (
    Message("could not insert {module}: Unknown symbol in module",
            "The module needs a symbol that no loaded module exports, or that it may not use.",
            "Read the kernel log, which names it; load what exports it first, or use modprobe."),
    Message("could not insert {module}: Unknown symbol in module, or unknown parameter (see dmesg)",
            "The module needs a symbol that no loaded module exports, or that it may not use. (An "
            "unknown parameter has been no error since Linux 3.11.)",
            "Read the kernel log, which names it; run depmod, so that modprobe knows what exports "
            "it."),
    Message("could not insert {module}: File exists",
            "A module of that name is loaded already.",
            "Look at lsmod. To load another build of it, unload the first one before."),
    Message("could not insert {module}: Module already in kernel",
            "With --first-time modprobe fails where there is nothing to do: the module is loaded, "
            "or part of the kernel.",
            "Nothing, or leave out --first-time."),
    Message("could not insert {module}: Cannot allocate memory",
            "The module's init, or the kernel for it, got no memory (ENOMEM).",
            "Look at the kernel log and at free memory; then try again."),
    Message("could not insert {module}: No such device",
            "The module's init found none of the hardware that it drives (ENODEV). What it needs "
            "stays loaded.",
            "Nothing, where there is none; else look for the right module."),
    Message("could not insert {module}: Unknown error 517",
            "The module's init returned EPROBE_DEFER, which is for the kernel alone.",
            "Mend the module: only a driver's probe function may return it."),
    Message("could not insert {module}: Invalid parameters",
            "EINVAL: a parameter's value does not fit, init refused, a symbol was refused, or the "
            "file is empty.",
            "Read the kernel log, which names it; modinfo -p lists a module's parameters."),
    Message("could not insert {module}: Invalid argument",
            "EINVAL: a parameter's value does not fit, init refused, a symbol was refused, or an "
            "install line of modprobe.d failed.",
            "Read the kernel log, and what modprobe says before; look into modprobe.d."),
    Message("could not insert {module}: Numerical result out of range",
            "A parameter's number is too large or too small for its type.",
            "Read the kernel log, which names it, and give one that fits."),
    Message("could not insert {module}: No space left on device",
            "A parameter's string is longer than the kernel takes; no disk is full.",
            "Give a shorter one."),
    Message("could not insert {module}: Invalid module format",
            "The kernel does not take the file: for another kernel or core, damaged, or no module.",
            "Read the kernel log, which says which; build against this kernel's headers."),
    Message("could not insert {module}: Exec format error",
            "The kernel does not take the module: built for another kernel, or damaged.",
            "Read the kernel log, which says which; build against this kernel's headers."),
    Message("could not insert {module}: Function not implemented",
            "This kmod was built without what unpacks the file.",
            "Unpack it, or pack it by xz or zstd."),
    Message("could not insert {module}: Device or resource busy",
            "A module of that name is just being unloaded: its exit function has not returned.",
            "Wait until it has left lsmod, then load."),
    Message("could not insert {module}: Operation not permitted",
            "No right to load modules (CAP_SYS_MODULE), or nobody has it any more.",
            "Become root; in a container not even root may: load on the host. Where root gets this "
            "there: kernel.modules_disabled, lockdown, or a blacklist on the kernel's command "
            "line; the kernel log says which."),
    Message("could not insert {module}: Key was rejected by service",
            "The kernel wants modules signed by a key that it trusts, and this one is not, or was "
            "changed after signing.",
            "Sign it with a key that is enrolled (Secure Boot: MOK or db), or switch off what "
            "enforces signatures."),
    Message("could not insert {module}: Bad message",
            "There is a signature at the file's end, but it is damaged.",
            "Build and sign the module again."),
    Message("could not load module {file}: No such file or directory",
            "insmod takes a file, and there is none at that path.",
            "Check the path; modprobe takes a name."),
    Message("Failed to get module from path {file}: No such file or directory",
            "With a slash in it modprobe takes it for a file (from kmod 31 on), and there is none.",
            "Check the path, or give a name."),
    Message("Module {name} not found in directory {directory}",
            "The index that depmod makes has no such module, or there is no index, or no modules "
            "for this kernel. Before kmod 31 a path is taken for a name.",
            "Check the name and uname -r; run depmod; give a file to insmod."),
    Message("modprobe: FATAL: Module {name} not found.",
            "modprobe knows no module of that name; with --show-exports it wants a file.",
            "Check the name and run depmod; rmmod unloads what was loaded by insmod."),
)

UNLOADING = (
    Message("Module {name} is in use by: {modules}",
            "The modules named use symbols of this one; the kernel counts a reference for each.",
            "Unload them first, or modprobe -r them."),
    Message("Module {name} is in use.",
            "Something holds a reference: modules that lsmod names, or an open file. What modprobe "
            "-r had removed before stays removed.",
            "Look at lsmod's last column; if it names nobody, find who has a file of it open. If "
            "you did not ask for that module, look for it in a softdep."),
    Message("Module {name} is in use",
            "Something without a name holds a reference: an open file, the module itself, or "
            "another that looked a symbol up.",
            "Find who has a file of it open (lsof, fuser) and end that. After an oops: reboot."),
    Message("Module {name} is not currently loaded",
            "The kernel has no module of that name; rmmod does not know aliases.",
            "Check the name with lsmod; modprobe -r takes aliases."),
    Message("Module {name} is not in kernel.",
            "With --first-time modprobe -r fails where there is nothing to do.",
            "Nothing, or leave out --first-time."),
    Message("Module {name} is builtin.",
            "It is a part of the kernel's image, not a module that was loaded.",
            "Nothing: it can be neither loaded nor unloaded."),
    Message("could not remove {module}: Device or resource busy",
            "It has no exit function ([permanent] in /proc/modules), or its init or exit has not "
            "returned.",
            "Wait, if it is coming or going (/sys/module/NAME/initstate); else reboot."),
    Message("could not remove {module}: Operation not permitted",
            "No right to unload modules (CAP_SYS_MODULE), or kernel.modules_disabled is set.",
            "Become root; where it is disabled, that holds until the next boot."),
    Message("could not remove {module}: Resource temporarily unavailable",
            "Other modules use it, which not even force overrides.",
            "Unload those first."),
    Message("could not remove {module}: No such file or directory",
            "With --remove-holders modprobe comes to a module twice: it is gone already.",
            "Nothing; look at lsmod to be sure."),
)

CONFIGURATION = (
    Message("Error running install command '{command}' for module {name}: retcode {number}",
            "An install line of modprobe.d stands for loading this module, and its command failed.",
            "Take the line away; --ignore-install passes it by for the module named, not for what "
            "that needs."),
    Message("Error running remove command for {name}",
            "A remove line of modprobe.d stands for unloading this module, and its command failed.",
            "Take the line away, or use modprobe -r --ignore-remove, or rmmod."),
    Message("ignoring bad line starting with '{word}'",
            "This version of kmod does not know that word of its configuration.",
            "Correct it; some words need a newer kmod, such as weakdep from 33 on."),
    Message("Module {name} is blacklisted",
            "module_blacklist= on the kernel's command line names it: nobody can load it.",
            "Take it off the command line and reboot."),
    Message("Cycle detected: {modules}",
            "These modules need each other's symbols, so none can be loaded first.",
            "Move what both need into a third module. Until then depmod keeps the old index."),
    Message("Found {number} modules in dependency cycles!",
            "depmod made no new index, because modules need each other.",
            "See the lines before: break the cycle, then run depmod again."),
    Message("{module}: unknown parameter '{name}' ignored",
            "The module has no such parameter; it was loaded without it.",
            "Correct the spelling: modinfo -p lists them. It may stand in modprobe.d."),
    Message("{module}: `{value}' invalid for parameter `{name}'",
            "The value does not fit the parameter's type, or its range; the module was not loaded.",
            "Give another: modinfo -p tells the type. It may stand in modprobe.d, or on the "
            "kernel's command line."),
    Message("{name}: can only take {number} arguments",
            "More elements were given than the parameter's array has.",
            "Give at most so many."),
    Message("{name}: string parameter too long",
            "The kernel takes strings of up to 1024 bytes.",
            "Give a shorter one."),
    Message("hellop_mod: howmany is {number}, more than 100",
            "The kernel checks a parameter's type; this range the module checks itself.",
            "Give at most 100."),
    Message("modinfo: ERROR: Module {name} not found.",
            "The index that depmod makes has no such module.",
            "Check the name, run depmod, or give a file."),
    Message("modinfo: ERROR: Module alias {name} not found.",
            "There is no index of modules for this kernel (kmod before 30).",
            "Check uname -r and /lib/modules; run depmod, or give a file."),
    Message("could not get symbols of {file}: {reason}",
            "The module exports no symbol.",
            "Nothing."),
    Message("write error: Invalid argument",
            "What sysfs or sysctl was given does not fit, or can no longer be changed; the old "
            "value stays.",
            "Write one that fits. kernel.modules_disabled stays as it is until the next boot."),
    Message("write error: Numerical result out of range",
            "The number is too large or too small for the parameter's type; the old value stays.",
            "Write one that fits."),
    Message("write error: Read-only file system",
            "module.sig_enforce was switched on, and cannot be switched off again. Elsewhere: the "
            "file system is mounted read-only.",
            "Reboot without it; or mount that file system for writing."),
    Message("line {number}: {file}: Permission denied",
            "You may not open that file so. A parameter in /sys/module/*/parameters that has mode "
            "0444 nobody can write, not even root.",
            "A parameter: set it when the module is loaded. Else look at the file's mode and "
            "owner."),
)

INIT = (
    Message("init suspiciously returned {number}, it should follow 0/-E convention",
            "The module's init returned more than 0, which is neither success nor an error; the "
            "module stays loaded.",
            "Mend the module: return 0, or a negative errno."),
    Message("Call Trace:",
            "How the kernel came to what it complains of in the lines before.",
            "Read those lines; the functions below tell the way there, the latest first."),
    Message("rcu: INFO: {flavour} self-detected stall on CPU",
            "Kernel code has been in an RCU read-side section, or has not let its processor do "
            "anything else, for 21 s or what rcupdate.rcu_cpu_stall_timeout says; nothing that RCU "
            "guards is freed meanwhile.",
            "Read the Call Trace: it has that code. Leave RCU before what may take long, printing "
            "for one."),
    Message("rcu: INFO: {flavour} detected stalls on CPUs/tasks:",
            "The same, seen by another processor, or of a task that was preempted in the section.",
            "Read the lines that follow: they name the tasks and show where they are."),
    Message("{module}: gave up waiting for init of module {owner}.",
            "The module needs a symbol of another whose init has not returned within 30 seconds.",
            "Find out why that init hangs; load again once it is live."),
    Message("BUG: kernel NULL pointer dereference, address: {address}",
            "Kernel code followed a pointer to nothing. The process that ran it was killed.",
            "Read the line RIP: it names function and module. Mend the module, and reboot."),
    Message("Oops: {code} [#{number}] {options}",
            "The kernel killed a process in the middle of kernel code: so many times since boot. "
            "What that held, it holds for ever.",
            "Reboot; the lines around it tell where it happened."),
    Message("Killed",
            "A signal that nobody can catch ended the process: kill -9, or the kernel's own after "
            "an oops.",
            "Where nobody sent it, read the kernel log."),
    Message("RIP: 0010:{function} [{module}]",
            "This is where an oops happened: the function, and its module.",
            "Look there first."),
)

SYMBOLS = (
    Message("{module}: Unknown symbol {symbol} (err -2)",
            "No loaded module exports it, or only for modules with a GPL-compatible licence.",
            "Load the module that exports it; modprobe does that by itself. If that is loaded: the "
            "licence."),
    Message("{module}: Unknown symbol {symbol} (err -16)",
            "The module that exports it has not finished its init.",
            "Load again once that is live."),
    Message("{module}: Unknown symbol {symbol} (err -22)",
            "There is such a symbol, but the module may not have it.",
            "The line before says why: its version, or a namespace."),
    Message("{module}: exports duplicate symbol {symbol} (owned by {owner})",
            "Another module exports a symbol of that name.",
            "Unload that one, or rename the export: a prefix of its own keeps names apart."),
    Message("disagrees about version of symbol {symbol}",
            "The module was built for another prototype of that symbol (CONFIG_MODVERSIONS).",
            "Build it against what is loaded: this kernel's headers, and its core's "
            "Module.symvers."),
    Message("no symbol version for {symbol}",
            "The module was built without the Module.symvers that has this symbol.",
            "Build it again with KBUILD_EXTRA_SYMBOLS=.../Module.symvers, against whole headers."),
    Message("{module} is built for core interface {number}, core_mod {version} has {other}: "
            "rebuild it",
            "walker_mod or report_mod, and core_mod, are of different versions.",
            "Build and install all three together."),
    Message("{module}: version magic '{seen}' should be '{expected}'",
            "The module was built for another kernel.",
            "Build it against the headers of the kernel that runs."),
    Message("{module}: bad vermagic: kernel tainted.",
            "A module for another kernel was loaded by force: taint F.",
            "Do not force: rebuild it. The taint stays until the next boot."),
    Message("{module}: module_layout: kernel tainted.",
            "A module without versions was loaded by force: taint F.",
            "Do not force: rebuild it. The taint stays until the next boot."),
    Message("module {module} uses symbol {symbol} from namespace {namespace}, but does not import "
            "it.",
            "The symbol is exported into a namespace, and the module does not say that it uses it.",
            "Add MODULE_IMPORT_NS() to the module, if that namespace is for you."),
    Message("{module}: module uses symbol ({symbol}) from namespace {namespace}, but does not "
            "import it.",
            "The symbol is exported into a namespace, and the module does not say that it uses it.",
            "Add MODULE_IMPORT_NS() to the module, if that namespace is for you."),
    Message("explicitly importing namespace '{namespace}' is not allowed.",
            "A symbol that is exported for named modules is for these alone; nobody can import it.",
            "Use another symbol; the module that exports it would have to name yours."),
    Message("{module}: module tries to import module namespace: {namespace}",
            "A symbol that is exported for named modules is for these alone; nobody can import it.",
            "Build the module again without that import, and without that symbol."),
    Message("GPL-incompatible module {file} uses GPL-only symbol '{symbol}'",
            "The symbol is exported by EXPORT_SYMBOL_GPL, for modules whose licence is compatible "
            "with the GPL.",
            "Use another symbol, or license the module so."),
    Message("modpost: {file}: module uses symbol '{symbol}' from namespace '{namespace}', but does "
            "not import it.",
            "The symbol is exported into a namespace, and the module does not say that it uses it. "
            "One of module:... is for the modules that it names.",
            "Add MODULE_IMPORT_NS() to the module, if that namespace is for you."),
    Message("modpost: {file}: GPL-incompatible module uses GPL-only symbol '{symbol}'",
            "The symbol is exported by EXPORT_SYMBOL_GPL, for modules whose licence is compatible "
            "with the GPL.",
            "Use another symbol, or license the module so."),
    Message("modpost: {file}: symbol '{symbol}' undefined!",
            "No module or kernel that the build knows of exports the symbol.",
            "Give KBUILD_EXTRA_SYMBOLS=.../Module.symvers of the module that does; build against "
            "whole headers."),
    Message("modpost: \"{symbol}\" [{file}] undefined!",
            "No module or kernel that the build knows of exports the symbol.",
            "Give KBUILD_EXTRA_SYMBOLS=.../Module.symvers of the module that does; build against "
            "whole headers."),
)

TAINT = (
    Message("{module}: loading out-of-tree module taints kernel.",
            "Taint O: the module does not come from the kernel's own source. Once a boot.",
            "Nothing."),
    Message("{module}: module verification failed: signature and/or required key missing - "
            "tainting kernel",
            "Taint E: the module is not signed by a key that the kernel trusts. Once a boot.",
            "Nothing, where signatures are not enforced; else sign it."),
    Message("{module}: module license '{licence}' taints kernel.",
            "Taint P: the module's licence is not one that the kernel counts as free.",
            "Reboot without it before you report a kernel bug."),
    Message("Disabling lock debugging due to kernel taint",
            "A proprietary module was loaded: what lockdep says could no longer be trusted.",
            "Reboot without it to have lock debugging back."),
    Message("{module}: module is from the staging directory, the quality is unknown, you have been "
            "warned.",
            "Taint C: the module is one of the kernel's staging drivers.",
            "Nothing; expect less of it."),
)

TRUST = (
    Message("Loading of unsigned module is rejected",
            "The kernel enforces signatures (module.sig_enforce), and the module has none.",
            "Sign it with a key that the kernel trusts."),
    Message("Loading of module with unavailable key is rejected",
            "The kernel enforces signatures, and does not know the key that signed the module.",
            "Enrol that key (MOK, or the firmware's db), or sign with one that is."),
    Message("Lockdown: {program}: unsigned module loading is restricted; see man kernel_lockdown.7",
            "The kernel is locked down, as under Secure Boot: it takes signed modules only.",
            "Sign the module with a key that the kernel trusts."),
    Message("failed to validate module [{module}] BTF: {number}",
            "The module's BTF (type information) does not fit the kernel. It was loaded without, "
            "where the kernel allows that.",
            "Build it against this kernel, or with CONFIG_DEBUG_INFO_BTF_MODULES= on make's line."),
    Message("Kernel module BTF mismatch detected, BTF debug info may be unavailable for some "
            "modules",
            "The BTF (type information) of a module does not fit the kernel. Once a boot; the "
            "modules were loaded without.",
            "Build them against this kernel, or without CONFIG_DEBUG_INFO_BTF_MODULES."),
    Message("BPF: [{number}] Invalid name_offset:{offset}",
            "A module's BTF (type information) is damaged, or made for another kernel.",
            "Build the module again against this kernel."),
)

FILES = (
    Message("Invalid ELF header magic: != \\x7fELF",
            "The file is no ELF file: text, or still compressed.",
            "Check the path; decompress it; copy or build it again."),
    Message("Invalid ELF header len {number}",
            "The file is too short to be a module.",
            "Copy or build it again."),
    Message("Invalid ELF header type: {number} != 1",
            "The file is a program or a library, not a module.",
            "Give the .ko file."),
    Message("Invalid architecture in ELF header: {number}",
            "The module was built for another kind of machine (3: i386, 183: arm64).",
            "Build it for this one."),
    Message("Invalid ELF section header overflow",
            "The file was cut short.",
            "Copy or build it again."),
    Message("Invalid ELF section in module (section {number} type {kind})",
            "The file is damaged.",
            "Copy or build it again."),
    Message("{file}: module has no symbols (stripped?)",
            "Its symbol table was stripped, which a module needs to be linked.",
            "Strip modules with --strip-debug only."),
    Message("Exactly one .gnu.linkonce.this_module section must exist.",
            "It is an object file that modpost has not made into a module.",
            "Load the .ko file, not an .o file."),
    Message("No module found in object",
            "It is an object file that modpost has not made into a module.",
            "Load the .ko file, not an .o file."),
)

BUILDING = (
    Message("*** {directory}: No such file or directory. Stop.",
            "There are no headers where KDIR says.",
            "Install linux-headers-$(uname -r), or give KDIR another directory."),
    Message("*** No rule to make target 'modules'. Stop.",
            "KDIR is not a directory that modules are built against.",
            "Give it /lib/modules/$(uname -r)/build."),
    Message("ERROR: Kernel configuration is invalid.",
            "KDIR is a kernel source that was not configured.",
            "Use the distribution's headers; or run make oldconfig && make prepare there."),
    Message("include/config/auto.conf: No such file or directory",
            "KDIR is a kernel source that was not configured.",
            "Use the distribution's headers; or run make oldconfig && make prepare there."),
    Message("missing MODULE_LICENSE()",
            "No source of the module has it: it is forgotten, or the source that has it was left "
            "out.",
            "Add MODULE_LICENSE(). If it is there: no source may have the module's own name."),
    Message("missing MODULE_DESCRIPTION()",
            "Nothing in the module says what it is for; it may have lost its only source.",
            "Add MODULE_DESCRIPTION(); see that Kbuild names all sources."),
    Message("*** Deleting file '{file}'",
            "The command that makes that file failed, so make takes away what there is of it.",
            "Read the lines before: they say why it failed."),
    Message("Symbol version dump \"Module.symvers\" is missing.",
            "KDIR lacks the list of what the kernel exports: modules get no versions.",
            "Use the distribution's headers; or build that kernel first."),
    Message("Symbol info of vmlinux is missing. Unresolved symbol check will be entirely skipped.",
            "KDIR lacks the list of what the kernel exports, its Module.symvers: a symbol that "
            "nobody exports is noticed only at load.",
            "Use the distribution's headers; or build that kernel first."),
    Message("Module.symvers is missing.",
            "KDIR lacks the list of what the kernel exports: symbols are not checked, and modules "
            "get no versions.",
            "Use the distribution's headers; or build that kernel first."),
)

MESSAGES: tuple[Message, ...] = (LOADING + UNLOADING + CONFIGURATION + INIT + SYMBOLS + TAINT
                                 + TRUST + FILES + BUILDING)
