# SPDX-License-Identifier: GPL-2.0
"""Keys made for a test, and modules signed with them as the kernel's build does it."""

from dataclasses import dataclass
from pathlib import Path

from . import host
from .kernel import Kernel


@dataclass(frozen=True)
class Key:
    """A private key in PEM, and its self-signed certificate in DER."""

    private: Path
    certificate: Path


def make_key(folder: Path, name: str) -> Key:
    """Make a key in `folder`; `name` is its owner's, which modinfo shows as the signer.

    Raises HarnessError where openssl fails or is not installed.
    """
    key = Key(folder / f"{name}.pem", folder / f"{name}.der")
    host.run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256",
              "-days", "36500", "-subj", f"/CN={name}/", "-addext", "keyUsage=digitalSignature",
              "-keyout", key.private, "-outform", "DER", "-out", key.certificate],
             f"make the key {name}")
    return key


def sign(kernel: Kernel, key: Key, module: Path) -> bytes:
    """Return a module with a signature appended; its file stays as it is.

    Raises HarnessError where the kernel's sign-file fails.
    """
    signed = key.private.with_name(f"{module.stem}.signed")
    host.run([kernel.kdir / "scripts/sign-file", "sha256", key.private, key.certificate, module,
              signed], f"sign {module.name}")
    content = signed.read_bytes()
    signed.unlink()
    return content
