"""Files sealed by a key: encrypted piece by piece, so that none has to fit into memory.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance, 2015) as in Tink's AES256-GCM-HKDF-1MB: a key for each file by HKDF-SHA256;
pieces of 1 MiB by AES-256-GCM, in whose nonce stand the number of the piece and whether it is the last one.
Pieces that were left out, put elsewhere, or taken from another file are not opened.

Layout: magic (4 bytes), name of the key (8), salt (32), beginning of the nonces (7); then each piece with its
tag of 16 bytes. What a file is about goes into its key.
"""

import secrets
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PIECE = 1 << 20  # bytes
_TAG = 16
_MAGIC = b"HLF1"
_NAME, _SALT, _BEGIN = 8, 32, 7  # bytes
_HEADER = len(_MAGIC) + _NAME + _SALT + _BEGIN


class SealBroken(ValueError):
    """密文被改动过，或不完整。"""


class OtherKey(ValueError):
    """文件由另一把密钥加密。"""


def seal_file(source: BinaryIO, target: BinaryIO, key: bytes, about: str) -> None:
    """Encrypts what is left of `source`. `key`: 32 bytes. Raises: OSError."""
    header = _MAGIC + _name_key(key) + secrets.token_bytes(_SALT + _BEGIN)
    cipher = _derive_cipher(header, key, about)
    target.write(header)
    for number, (piece, last) in enumerate(_cut(source, PIECE)):
        target.write(cipher.encrypt(_make_nonce(header, number, last=last), piece, None))


def open_sealed(path: Path, key: bytes, about: str) -> Iterator[bytes]:
    """The bytes of a sealed file, each piece proven before it is given; only a reader who came to the end
    knows that nothing is missing. Raises: SealBroken, OtherKey, OSError."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
        if len(header) < _HEADER or not header.startswith(_MAGIC):
            raise SealBroken
        if not header.startswith(_name_key(key), len(_MAGIC)):
            raise OtherKey
        cipher = _derive_cipher(header, key, about)
        for number, (piece, last) in enumerate(_cut(file, PIECE + _TAG)):
            try:
                yield cipher.decrypt(_make_nonce(header, number, last=last), piece, None)
            except InvalidTag:
                raise SealBroken from None


def measure_plain(path: Path) -> int:
    """How many bytes a sealed file is of. Raises: OSError."""
    sealed = path.stat().st_size - _HEADER
    return sealed - _TAG * max(1, -(-sealed // (PIECE + _TAG)))


def _cut(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """What is left of a file in pieces, and whether each is the last; an empty file is one empty piece."""
    piece = _read(source, size)
    while following := _read(source, size) if len(piece) == size else b"":
        yield piece, False
        piece = following
    yield piece, True


def _read(source: BinaryIO, size: int) -> bytes:
    """So many bytes, fewer only at the end; what comes over a network gives fewer at a time."""
    piece = source.read(size)
    while 0 < len(piece) < size and (more := source.read(size - len(piece))):
        piece += more
    return piece


def _make_nonce(header: bytes, number: int, *, last: bool) -> bytes:
    return header[-_BEGIN:] + number.to_bytes(4) + bytes((last,))


def _derive_cipher(header: bytes, key: bytes, about: str) -> AESGCM:
    derived = HKDF(SHA256(), 32, salt=header[-_SALT - _BEGIN : -_BEGIN], info=header[:12] + about.encode())
    return AESGCM(derived.derive(key))


def _name_key(key: bytes) -> bytes:
    return blake2b(key=key, digest_size=_NAME, person=b"name of key").digest()
