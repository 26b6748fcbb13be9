# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# What install-suite and uninstall-suite share. They are told by make's variables, in the environment:
# KVER, KDIR, INSTALL_MOD_DIR, and DESTDIR or INSTALL_MOD_PATH, which mean the same.
# shellcheck disable=SC2034 # here is set by those who read this, and use what is set here
PATH=$PATH:/usr/sbin:/sbin
suite='core_mod walker_mod report_mod'
# How a kernel's modules may be compressed.
suffixes='.ko .ko.xz .ko.gz .ko.zst'
subdir=$(printf '%s\n' "${INSTALL_MOD_DIR:-updates/taskmods}" | sed 's|//*|/|g; s|^\(\./\)*||; s|/$||')
kver=${KVER-}

fail() {
	echo "taskmods: $*" >&2
	exit 1
}

# Sets root: what everything is below, nothing for the system itself.
find_root() {
	root=${INSTALL_MOD_PATH:-${DESTDIR-}}
	[ "$root" = "${DESTDIR:-$root}" ] ||
		fail "DESTDIR=$DESTDIR and INSTALL_MOD_PATH=$root differ: give one of them"
	root=${root%/}
	[ "$root" ] || [ "$(id -u)" = 0 ] ||
		fail "make $1 changes /lib/modules and /etc: run it as root, or with DESTDIR=<dir>"
	command -v depmod >/dev/null || fail 'depmod is not installed: install the package kmod'
}

# Modules of ours below a kernel's tree $1, a line each; make modules_install has a directory for each.
ours() {
	for module in $suite; do
		for suffix in $suffixes; do
			for file in "$1/$subdir/$module/$module$suffix" "$1/$subdir/$module$suffix"; do
				[ ! -e "$file" ] || echo "$file"
			done
		done
	done
}

# Modules of these names elsewhere below a kernel's tree $1, which another INSTALL_MOD_DIR may have had.
elsewhere() {
	find "$1" \( -path "$1/kernel" -o -path "$1/updates/dkms" -o -path "$1/$subdir" \) -prune -o \
		\( -name 'core_mod.ko*' -o -name 'walker_mod.ko*' -o -name 'report_mod.ko*' \) -print
}

# Those of DKMS.
of_dkms() {
	for module in $suite; do
		for file in "$1/updates/dkms/$module".ko*; do
			[ ! -e "$file" ] || echo "$file"
		done
	done
}

# A directory goes, and what it is in, down to but not including $1, where nothing else is in it.
remove_empty() {
	[ ! -d "$1/$2" ] || (cd "$1" && rmdir -p --ignore-fail-on-non-empty "$2")
}

# A module $2 goes, and what it was in below a kernel's tree $1.
remove_module() {
	rm -f "$2" || fail "cannot remove $2"
	at=${2#"$1"/}
	remove_empty "$1" "${at%/*}"
}

# The release of the kernel whose headers are in $1.
release_of() {
	sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$1/include/generated/utsrelease.h"
}

# depmod for one kernel. Of lists that only a whole kernel's tree has, a part of one need not tell.
update_index() {
	if said=$(depmod -b "${root:-/}" "$1" 2>&1); then
		echo "$said" | grep -v -e 'could not open modules\.' -e '^$' >&2 || :
	else
		fail "depmod failed for $1: $(echo "$said" | tail -n 1)"
	fi
}
