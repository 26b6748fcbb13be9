# SPDX-License-Identifier: GPL-2.0
"""Signatures: what a kernel that wants them says to modules that have none, or not a good one."""

from harness.rows.row import Guest, Row
from harness.rows.steps import Call, Cmd, Host, Loaded, Send

_REJECTED = "Key was rejected by service"
_KEY = Host("openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 -days 365 -subj /CN=Somebody/ "
            "-addext keyUsage=digitalSignature -keyout key.pem -outform DER -out key.der "
            "2> openssl.log")
_SIGN = Host("strip -g -o unsigned.ko $SUITE/core_mod/core_mod.ko && cp unsigned.ko signed.ko && "
             "$KDIR/scripts/sign-file sha256 key.pem key.der signed.ko")
_CHANGE = Host("sed 's/description=Task-/description=TAsk-/' signed.ko > changed.ko; "
               "cmp -l signed.ko changed.ko | wc -l", shows=("^1$",))
_OUT_OF_TREE = "^core_mod: loading out-of-tree module taints kernel.$"
_UNVERIFIED = ("^core_mod: module verification failed: signature and/or required key missing - "
               "tainting kernel$")

ROWS = (
    Row("unsigned", "A kernel that requires signatures",
        "With module.sig_enforce=1 the kernel loads only modules that are signed with a key that "
        "it trusts. Under Secure Boot, Debian's kernels from 6.1 on do the same without it. A "
        "signature with another key helps as little as none, but the log tells the two apart.",
        (Cmd("cat /sys/module/module/parameters/sig_enforce", shows=("^Y$",)),
         Cmd("modprobe core_mod", 1, says=_REJECTED,
             log=("^Loading of unsigned module is rejected$",)),
         Call("finit_module", ("/lib/modules/$(uname -r)/updates/taskmods/core_mod.ko", "0", ""),
              errno="EKEYREJECTED"),
         _KEY, _SIGN, Send(("signed.ko",)),
         Cmd("modinfo -F signer signed.ko", shows=("^Somebody$",)),
         Cmd("insmod signed.ko", 1, says=_REJECTED,
             log=("^Loading of module with unavailable key is rejected$",)),
         Call("init_module", ("signed.ko", ""), errno="EKEYREJECTED"),
         Loaded(),
         Cmd("cat /proc/sys/kernel/tainted", shows=("^0$",)),
         Cmd("echo N > /sys/module/module/parameters/sig_enforce", 1,
             says="Read-only file system")),
        needs=("CONFIG_MODULE_SIG",), guest=Guest("module.sig_enforce=1")),
    Row("bad-signature", "A module that was changed after it was signed",
        "With an unknown key nothing can be checked. Where signatures are not enforced, a changed "
        "module is loaded like an unsigned one, and so is a module whose signature was cut off; a "
        "module whose signature is damaged is not. (With a trusted key a changed module is always "
        "refused, and without a line in the log: see signed.)",
        (_KEY, _SIGN, _CHANGE,
         Host("head -c -40 signed.ko > cut.ko; cp signed.ko hurt.ko; "
              "printf '\\377\\377' | dd of=hurt.ko conv=notrunc bs=1 status=none "
              "seek=$(($(stat -c %s hurt.ko) - 32))"),
         Send(("changed.ko", "cut.ko", "hurt.ko")),
         Cmd("insmod changed.ko", log=(_OUT_OF_TREE, _UNVERIFIED)),
         Loaded("core_mod 0 taint=OE"),
         Cmd("rmmod core_mod"),
         Cmd("modinfo -F signer cut.ko", hides="Somebody"),
         Cmd("insmod cut.ko"),
         Cmd("rmmod core_mod"),
         Cmd("insmod hurt.ko", 1, says="Bad message"),
         Call("finit_module", ("hurt.ko", "0", ""), errno="EBADMSG"),
         Loaded()),
        order="+core_mod -core_mod +core_mod -core_mod", needs=("CONFIG_MODULE_SIG",),
        guest=Guest()),
    Row("signed", "A module signed with a key that the kernel trusts",
        "Debian's kernels also trust the keys in the UEFI firmware's database, and those that the "
        "owner of the machine has enrolled. A module signed with such a key is loaded even where "
        "signatures are enforced, and does not have taint E. A kernel with PREEMPT_RT reads the "
        "firmware's keys only with efi=runtime on its command line.",
        (_KEY, _SIGN, _CHANGE,
         Send(("signed.ko", "changed.ko", "unsigned.ko")),
         Cmd("dmesg | grep -c \"Loaded X.509 cert 'Somebody\"", shows=("^1$",)),
         Cmd("insmod unsigned.ko", 1, says=_REJECTED,
             log=("^Loading of unsigned module is rejected$",)),
         Cmd("insmod changed.ko", 1, says=_REJECTED),
         Call("finit_module", ("changed.ko", "0", ""), errno="EKEYREJECTED"),
         Cmd("modinfo -F signer signed.ko", shows=("^Somebody$",)),
         Cmd("insmod signed.ko", log=(_OUT_OF_TREE,)),
         Loaded("core_mod 0 taint=O"),
         Cmd("cat /proc/sys/kernel/tainted", shows=("^4096$",)),
         Cmd("rmmod core_mod")),
        order="+core_mod -core_mod",
        needs=("CONFIG_MODULE_SIG", "CONFIG_INTEGRITY_PLATFORM_KEYRING", "CONFIG_LOAD_UEFI_KEYS"),
        guest=Guest("module.sig_enforce=1 efi=runtime", trusts="key.der")),
    Row("lockdown", "A kernel that is locked down",
        "Under Secure Boot, Debian's kernels are locked down for integrity: nobody may change the "
        "running kernel, not even root. So it loads no module that is not signed with a trusted "
        "key. (From 6.1 on they also enforce signatures then, and that error comes first: see "
        "unsigned.)",
        (Cmd("cat /sys/kernel/security/lockdown", shows=("\\[integrity\\]",)),
         Cmd("modprobe report_mod", 1, says="Operation not permitted",
             log=("^Lockdown: modprobe: unsigned module loading is restricted; "
                  "see man kernel_lockdown.7$",)),
         Call("finit_module", ("/lib/modules/$(uname -r)/updates/taskmods/core_mod.ko", "0", ""),
              errno="EPERM"),
         Loaded()),
        needs=("CONFIG_SECURITY_LOCKDOWN_LSM",), guest=Guest("lockdown=integrity")),
)
