"""The centre's signing key: made at its first use, in a file that only the owner reads."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tracker.database import data_folder
from tracker.settings import Settings


class KeyProblem(RuntimeError):
    """签名密钥不能用。"""


def signing_key(settings: Settings, center: str) -> Ed25519PrivateKey:
    """The private key of a centre. Raises: KeyProblem when its file holds something else."""
    path = data_folder(settings, "keys") / f"signing-{center}.pem"
    _make(path)
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except ValueError as problem:
        raise KeyProblem(f"签名密钥文件 {path} 读不懂；请从备份恢复它，不要另造一个。") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyProblem(f"签名密钥文件 {path} 不是 Ed25519 私钥；请从备份恢复它。")
    return key


def _make(path: Path) -> None:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(file, "wb") as made:
        key = Ed25519PrivateKey.generate()
        made.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
