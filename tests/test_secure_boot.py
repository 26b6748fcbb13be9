# SPDX-License-Identifier: GPL-2.0
"""What Debian's kernels say of modules where Secure Boot is on, as docs/install.md has it.

The firmware has Microsoft's keys, starts Debian's shim, that its GRUB, and that the kernel: each
signed by the one before. So these guests have a disk, and no agent: their console tells.
"""

import re
import subprocess
from pathlib import Path

import pytest

from harness.guest.recipe import Parts
from harness.host import cache, cpio
from harness.host.apt import Archive
from harness.host.paths import BUILD
from harness.host.progress import step
from harness.host.run import run
from harness.host.system import codename

pytestmark = [pytest.mark.slow, pytest.mark.needs("CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT")]

PACKAGES = ["ovmf", "shim-signed", "shim-helpers-amd64-signed", "grub-efi-amd64-signed"]
DISK = {"BOOTX64.EFI": "lib/shim/shimx64.efi.signed",
        "mmx64.efi": "lib/shim/mmx64.efi.signed",
        "grubx64.efi": "lib/grub/x86_64-efi-signed/grubx64.efi.signed"}
MENU = """\
search --no-floppy --file --set=root /vmlinuz
linux /vmlinuz console=ttyS0 panic=-1
initrd /overlay /userland
boot
"""
INIT = """\
#!/bin/busybox sh
export PATH=/bin:/usr/libexec/busybox
/bin/busybox mkdir -p /proc /sys /usr/libexec/busybox
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /usr/libexec/busybox
mount -t sysfs sysfs /sys
mount -t securityfs securityfs /sys/kernel/security
echo "locked down: $(cat /sys/kernel/security/lockdown)"
for module in unsigned signed; do
    dmesg -c > /dev/null
    echo "insmod $module: $(insmod /root/$module.ko 2>&1)"
    echo "log of $module: $(dmesg | grep -i 'loading')"
done
poweroff -f
"""
PATIENCE = 120


def fetch(place: Path) -> None:
    with step("Downloading firmware, shim and GRUB for Secure Boot (about 10 MB)"), \
            Archive(place / "scratch") as archive:
        archive.extract(PACKAGES, place)


def signed(parts: Parts, module: Path, place: Path) -> Path:
    """Sign a module with a key that nobody has enrolled."""
    key, certificate, done = place / "key.pem", place / "key.der", place / "signed.ko"
    run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes",
         "-subj", "/CN=Somebody/", "-keyout", key, "-outform", "DER", "-out", certificate],
        "make a key")
    run([parts.kernel.kdir / "scripts/sign-file", "sha256", key, certificate, module, done],
        "sign core_mod")
    return done


def disk(parts: Parts, tools: Path, place: Path) -> Path:
    """Lay out what the firmware boots, as a directory that QEMU shows as a disk."""
    root = place / "disk"
    for name, file in DISK.items():
        (root / "EFI/BOOT").mkdir(parents=True, exist_ok=True)
        (root / "EFI/BOOT" / name).write_bytes((tools / "usr" / file).read_bytes())
    (root / "EFI/debian").mkdir()
    (root / "EFI/debian/grub.cfg").write_text(MENU, encoding="ascii")
    (root / "vmlinuz").write_bytes(parts.kernel.image.read_bytes())
    (root / "userland").write_bytes(parts.initramfs.read_bytes())
    unsigned = BUILD / parts.kernel.release / "suite/core_mod/core_mod.ko"
    (root / "overlay").write_bytes(cpio.newc({
        "/init": (0o755, INIT.encode()), "/root/unsigned.ko": (0o644, unsigned.read_bytes()),
        "/root/signed.ko": (0o644, signed(parts, unsigned, place).read_bytes())}))
    return root


def console(parts: Parts, place: Path) -> str:
    """Boot with Secure Boot on; return what the console showed."""
    tools = cache.entry(f"secureboot-{codename()}", repr(PACKAGES), fetch)
    chips, variables = tools / "usr/share/OVMF", place / "variables"
    variables.write_bytes((chips / "OVMF_VARS_4M.ms.fd").read_bytes())
    done = subprocess.run([
        "qemu-system-x86_64", "-machine", "q35,smm=on", "-accel", "tcg", "-cpu", "max",
        "-m", "1024", "-nodefaults", "-nographic", "-no-reboot", "-serial", "stdio",
        "-global", "driver=cfi.pflash01,property=secure,value=on",
        "-drive", f"if=pflash,format=raw,readonly=on,file={chips / 'OVMF_CODE_4M.ms.fd'}",
        "-drive", f"if=pflash,format=raw,file={variables}",
        "-drive", f"if=virtio,format=raw,file=fat:rw:{disk(parts, tools, place)}"],
        stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=PATIENCE)
    return done.stdout.decode(errors="replace")


def test_a_module_without_an_enrolled_key(parts: Parts, tmp_path: Path) -> None:
    if parts.kernel.architecture.name != "amd64":
        pytest.skip("needs amd64: shim and GRUB are Debian's for it")
    said = console(parts, tmp_path)
    assert "locked down: none [integrity] confidentiality" in said
    if "CONFIG_IMA_ARCH_POLICY" in parts.kernel.options:
        error = "Key was rejected by service"
        logged = {"unsigned": "Loading of unsigned module is rejected",
                  "signed": "Loading of module with unavailable key is rejected"}
    else:
        error = "Operation not permitted"
        logged = dict.fromkeys(("unsigned", "signed"), "unsigned module loading is restricted")
    for module, line in logged.items():
        assert re.search(f"^insmod {module}: .*: {error}", said, re.MULTILINE), said
        assert re.search(f"^log of {module}: .*{line}", said, re.MULTILINE), said
