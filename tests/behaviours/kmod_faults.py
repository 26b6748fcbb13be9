# SPDX-License-Identifier: GPL-2.0
"""The known faults of kmod that behaviours show, each with a command that tells it from none."""

from harness.rows.knownfaults import Fault

from .common import FIXTURES, UPDATES

_CONF = "/etc/modprobe.d/fault.conf"
_PUT = f"cp {FIXTURES}/{{bare,soft_first,soft_last}}.ko {UPDATES}; depmod; "
_GONE = f"rm -f {_CONF} {UPDATES}/{{bare,soft_first,soft_last}}.ko; depmod"

FAULTS: tuple[Fault, ...] = (
    Fault("softdep-second-line", "of several softdep lines only the first counts", "softdep",
          f"{_PUT} printf 'softdep bare pre: soft_first\\nsoftdep bare post: soft_last\\n' > "
          f"{_CONF}; modprobe -n -v bare | grep -c soft_", "^1$", "^2$", then=_GONE),
    Fault("install-softdep", "a softdep has the install line ignored, without a message", "install",
          f"{_PUT} printf 'install bare /bin/false\\nsoftdep bare pre: soft_first\\n' > {_CONF}; "
          "modprobe -n -v bare | tail -n 1", "^insmod .*bare.ko", "^install /bin/false|WARNING",
          then=_GONE),
    Fault("remove-holders", "--remove-holders returns 1, although all is unloaded",
          "remove-holders",
          "modprobe walker_mod; modprobe -r --remove-holders core_mod; echo is $?; "
          "grep -c walker_mod /proc/modules", "^is 1\n0$", "^is 0\n0$",
          when=("kmod >= 30",), then="modprobe -r walker_mod core_mod"),
    Fault("wait-ends", "--wait returns 0, or never, when its time is over", "remove-wait-over",
          "modprobe walker_mod; exec 3< /proc/taskmods/tasks; "
          "timeout -s KILL 5 $(command -v modprobe) -r --wait 50 walker_mod 3<&-; echo is $?; "
          "grep -c ^walker_mod /proc/modules", "^is (0|137)\n1$", "^is 1\n1$",
          when=("kmod >= 30",), then="modprobe -r walker_mod"),
    Fault("lsmod-errno", "lsmod shows an error's number, -2, as a count", "lsmod-without-sysfs",
          "insmod " + FIXTURES + "/bare.ko; unshare -m bash -c 'umount -l /sys; lsmod' | "
          "grep bare", " -2$", "^bare +[0-9]+ +([^-].*)?$", then="rmmod bare"),
)
