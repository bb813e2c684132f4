"""The centre's signing key: made at its first use, in a file that only the owner reads."""

from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from kpi.handover.package.signature import compute_fingerprint
from tracker.database import make_data_folder
from tracker.file_writing import write_bytes
from tracker.settings import Settings

_FOLDER = "keys"


class KeyProblem(RuntimeError):
    """签名密钥不能用。"""


def load_signing_key(settings: Settings, center: str) -> Ed25519PrivateKey:
    """The private key of a centre. Raises: KeyProblem when its file holds something else."""
    path = make_data_folder(settings, _FOLDER) / _get_key_name(center)
    _make_key(path)
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except ValueError as problem:
        raise KeyProblem(f"签名密钥文件 {path} 读不懂；请从备份恢复它，不要另造一个。") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyProblem(f"签名密钥文件 {path} 不是 Ed25519 私钥；请从备份恢复它。")
    return key


def read_or_make_fingerprint(settings: Settings, center: str) -> str:
    """How the centre's public key is named on paper; makes the key at its first use. Raises: KeyProblem."""
    return compute_fingerprint(load_signing_key(settings, center).public_key().public_bytes_raw())


def find_fingerprint(settings: Settings, center: str) -> str | None:
    """How the centre's public key is named on paper; None where no key was made yet. Raises: KeyProblem."""
    there = (settings.home / _FOLDER / _get_key_name(center)).exists()
    return read_or_make_fingerprint(settings, center) if there else None


def _get_key_name(center: str) -> str:
    return f"signing-{center}.pem"


def _make_key(path: Path) -> None:
    if path.exists():
        return
    made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with suppress(FileExistsError):  # another process was faster
        write_bytes(path, made, private=True, replace=False)
