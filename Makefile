# SPDX-License-Identifier: GPL-2.0
# `make help` lists the targets. Kbuild is what the kernel's build reads.

# Kbuild takes no such path.
$(if $(word 2,$(CURDIR)),$(error taskmods: $(CURDIR) has a space in it: move this tree elsewhere))

INSTALL_MOD_DIR ?= updates/taskmods
# Where nothing could be tried, the status is 77 beneath make: here that is no failure.
SKIPPED ?= 0
# Where it is relative, to where make was called.
KMOD := $(if $(KMOD),$(abspath $(KMOD)))
# Variables for the commands; a make that one of them calls does not get them.
export TASKMODS_VARIABLES := T MSG KERNEL KMOD MINUTES INSTALL_MOD_DIR DIR PACKAGE FROM PLAN USE EXPECT CYCLES MAKE_ARGS SKIPPED
export $(TASKMODS_VARIABLES)

# Called from here only; nothing of it is written into the tree. Where this is not Debian it runs in a
# container of it.
in_debian = tests/harness/in-debian '$(1)'
harness_here = tests/harness/install-tools $(1) && \
	PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 $(3) /usr/bin/python3 -m harness $(2)
harness = $(call in_debian,$(call harness_here,$(1),$(2),exec))
# The headers to build against: make modules takes those of the VM's kernel where there are no others.
find_kdir = install/find-kdir '$(KVER)' '$(KDIR)'
named_or_there = $(or $(KVER),$(KDIR),$(KERNEL),$(wildcard /lib/modules/$(shell uname -r)/build/Makefile))
# Where a kernel's headers lack what an option needs, the option is switched off.
no_btf = $(if $(shell command -v pahole),,CONFIG_DEBUG_INFO_BTF_MODULES=)
# Kbuild runs elsewhere, where a relative path would mean another place.
# What the harness is told is nothing to the kernel's own make.
kbuild = env $(foreach name,$(filter-out INSTALL_MOD_DIR,$(TASKMODS_VARIABLES)),-u $(name)) $(MAKE) -C
install_path = $(if $(INSTALL_MOD_PATH),INSTALL_MOD_PATH='$(abspath $(INSTALL_MOD_PATH))')

.PHONY: all modules modules_install install uninstall deb cli clean help demo shell test \
	behaviours lab site try try-found soak coverage coverage-kmod bench bench-check bench-native \
	times kernels matrix nightly docs explain check
.NOTPARALLEL:

all: modules

# For the VM's kernel all is built where its headers are meant to be used.
modules:
ifeq ($(named_or_there),)
	+@$(call in_debian,kdir=$$($(call harness_here,build,kdir)) && \
		exec make --no-print-directory modules KDIR="$$kdir")
else
	+@kdir=$$($(find_kdir)) && \
	$(kbuild) "$$kdir" M='$(CURDIR)' $(no_btf) modules && \
	sed -n 's/.*UTS_RELEASE "\(.*\)"/Built for \1/p' "$$kdir/include/generated/utsrelease.h"
endif

# Into the tree of a kernel that was named, or that runs: never by itself into another's.
modules_install:
	+@kdir=$$($(find_kdir)) && \
	{ [ -e modules.order ] || \
		{ echo 'taskmods: nothing is built: run make modules first' >&2; exit 1; }; } && \
	{ [ -e "$$kdir/certs/signing_key.pem" ] || unsigned=CONFIG_MODULE_SIG_ALL=; } && \
	$(kbuild) "$$kdir" M='$(CURDIR)' $$unsigned $(install_path) modules_install

# Its own Makefile installs it.
cli:
	+@mkdir -p build/cli && $(MAKE) --no-print-directory -C cli O='$(CURDIR)/build/cli'

# They get their variables from the environment; relative paths begin here.
install:
	+@MAKE='$(MAKE)' install/install-suite

uninstall:
	@install/uninstall-suite

deb:
	@$(call harness,deb,$@)

# Without headers kbuild cannot do it.
clean:
	+@if kdir=$$($(find_kdir) 2>/dev/null); then \
		$(kbuild) "$$kdir" M='$(CURDIR)' clean; \
	fi
	@find . -path ./build -prune -o -path ./.git -prune -o -type f \( -name '*.o' -o -name '*.ko' \
		-o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' -o -name '.*.d' \
		-o -name modules.order -o -name Module.symvers \) -exec rm -f {} +
	rm -rf build cli/taskmods cli/messages.inc

demo shell bench-check:
	@$(call harness,vm,$@)

# Only that kernel can count.
coverage: export KERNEL = debug
test behaviours matrix soak coverage coverage-kmod times:
	@$(call harness,test,$@)

bench:
	@$(call harness,vm bench,$@)

bench-native:
	@$(call harness,vm kernel,$@)

try try-found:
	@$(call harness,vm try,$@)

lab site:
	@$(call harness,lab,$@)

kernels:
	@$(call harness,python,$@)

# These build the command.
docs explain:
	@$(call harness,build,$@)

check:
	@$(call harness,check,$@)

nightly:
	@status=0; for job in 'matrix ARCH=all' coverage coverage-kmod 'soak KERNEL=debug' \
		'soak KERNEL=kcsan' 'test T=nightly' 'test KERNEL=debug T=for_a_night' 'test T=idle_host'; do \
		$(MAKE) --no-print-directory $$job || status=1; \
	done; exit $$status

help:
	@echo 'Begin with:'
	@echo '  demo             - tour of loading, using and unloading the modules, in a throw-away VM'
	@echo '  test             - run the tests in such VMs; the result is also in build/junit.xml'
	@echo '                     (T="load and not churn": those whose names match, behaviours too)'
	@echo '  behaviours       - try every way that a load or an unload can go, and list the results;'
	@echo '                     also in build/behaviours.xml (T=busy-open-file: that one)'
	@echo '  lab              - a kernel in a page of your browser, with the modules to load and unload:'
	@echo '                     makes the page and serves it on this machine, and says where'
	@echo '  explain          - what a message of the tools or of the kernel means, and what to do'
	@echo '                     (MSG="Unknown symbol in module"; with quotes in it: without MSG, paste)'
	@echo '  shell            - shell in such a VM with the modules installed; leaving it ends the VM'
	@echo
	@echo 'Your own modules:'
	@echo '  try              - build and try modules that are not ours: DIR=<dir> or PACKAGE=<name>,'
	@echo '                     on KERNEL="<name> ..."; PLAN=1: without a VM. More variables:'
	@echo '                     T= CYCLES= MAKE_ARGS= KMOD= USE= FROM= EXPECT= SKIPPED= (docs/try.md)'
	@echo '  try-found        - try some packages of Debian; writes docs/found.md (T=jool-dkms: that one)'
	@echo
	@echo 'Another kernel (KERNEL=<name>, with demo, test, behaviours, shell, soak and bench):'
	@echo '  kernels          - list the kernels, and which are downloaded'
	@echo '  matrix           - all tests and behaviours on all kernels; writes docs/matrix.md, which'
	@echo '                     says how long it takes (KERNEL="5.10-cloud 7.3-cloud": on these;'
	@echo '                     T=builtin: only that behaviour or test again; ARCH=arm64: on those'
	@echo '                     of another processor)'
	@echo '  nightly          - all that takes long: the matrix of all processors, coverage, soaks on'
	@echo '                     the debug and KCSAN kernels, and all tests in plain containers'
	@echo '  KMOD=<prefix>    - with demo, test, behaviours, shell, matrix and try: use another kmod, the'
	@echo '                     one that was installed to that prefix'
	@echo
	@echo 'On a host that is not Debian all of these run in a container of Debian:'
	@echo '  CONTAINER=<how>  - podman or docker: by that one, on any host; none: never. Default: podman'
	@echo '                     if it is there, else docker. IMAGE=<name>: an image of Debian 12 or 13;'
	@echo '                     CONTAINER_ARGS="<option> ...": more options for its run (docs/bench.md)'
	@echo
	@echo 'Building (root or not; nothing is loaded):'
	@echo '  modules          - core_mod.ko, walker_mod.ko and report_mod.ko, each in its folder'
	@echo '                     (KVER=<release>: for that kernel; KDIR=<dir>: with these headers;'
	@echo '                     default: the running kernel; without its headers, the kernel of the VM)'
	@echo '  modules_install  - install them for that kernel, in $$(INSTALL_MOD_DIR); then run depmod'
	@echo '                     (INSTALL_MOD_PATH=<dir>: below that directory;'
	@echo '                     INSTALL_MOD_DIR default: updates/taskmods)'
	@echo '  cli              - the command taskmods, in build/cli;'
	@echo '                     make -C cli install O=../build/cli installs it, in /usr/local'
	@echo '                     (prefix=/usr DESTDIR=<dir>: there)'
	@echo '  deb              - Debian packages, in build/deb'
	@echo '  clean            - remove what was built'
	@echo
	@echo 'Installing (as root, or DESTDIR=<dir>: below that directory, where nothing is unloaded):'
	@echo '  install          - install the files built by make modules, and the modprobe.d file; depmod'
	@echo '                     (KVER=, KDIR=, INSTALL_MOD_DIR= as above; default: the running kernel;'
	@echo '                     SIGN_KEY=<file> SIGN_CERT=<file>: signed, for Secure Boot)'
	@echo '  uninstall        - unload the modules, unless they are in use, and remove them from every'
	@echo '                     kernel (KVER=<release>: from that one), with the modprobe.d file'
	@echo
	@echo 'To change it:'
	@echo '  check            - checkpatch, sparse, compiler warnings and analyzer, linters'
	@echo '  soak             - load, read and unload among thousands of short-lived processes, for'
	@echo '                     ten minutes (MINUTES=2: for two)'
	@echo '  coverage         - which lines and branches of the modules the tests run, on the debug'
	@echo '                     kernel; writes docs/coverage.md, fails if a reason is missing'
	@echo '  coverage-kmod    - which lines of kmod the behaviours run, and which its own tests do;'
	@echo '                     writes docs/coverage-kmod.md'
	@echo '  bench            - benchmark: what reading all tasks costs, compared with ps and others, on'
	@echo '                     one kernel (KERNEL=<name>); writes docs/performance.md, build/bench.csv'
	@echo '  bench-check      - compare our own costs with those in tests/bench/figures.json, which'
	@echo '                     make bench writes'
	@echo '  bench-native     - what reading all tasks takes by the clock of the real processor, by'
	@echo '                     user-mode Linux, which is built at first; writes docs/performance.md'
	@echo '  times            - measure how long demo, test, behaviours and shell take here; writes that'
	@echo '                     into README.md'
	@echo '  site             - the page of make lab, and the catalogue of behaviours and messages, as'
	@echo '                     files for any web server, in build/site'
	@echo '  docs             - write docs/behaviours.md and docs/messages.md from the last behaviours'
	@echo
	@echo 'Missing Debian packages are listed, then installed; but not by make install, and not by'
	@echo 'make modules if the kernel headers are there.'
	@echo 'Downloads stay in $${XDG_CACHE_HOME:-~/.cache}/taskmods; remove it to get newer ones.'
