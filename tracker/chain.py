"""Canonical form and hashes of the log.

hash(n) = H(hash(n-1) ‖ canonical(event n)), H = SHA-256 or SM3. The canonical form is RFC 8785 over envelope
and payload; they hold no floating-point number, so sorted keys without spaces are that form.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import orjson

GENESIS = bytes(32)
DIGESTS = ("sha256", "sm3")
_SORTED = orjson.OPT_SORT_KEYS


class DigestUnavailable(RuntimeError):
    """本机的 Python 不提供这种摘要算法。"""


class UnreadableHash(ValueError):
    """读到的不是一个哈希值。"""


def check_available(name: str) -> None:
    """Raises: DigestUnavailable when this Python's OpenSSL lacks the digest, or nobody knows it."""
    if name not in DIGESTS or name not in hashlib.algorithms_available:
        raise DigestUnavailable(f"本机的 Python 不提供摘要算法 {name}；可用 sha256。")


def read_hash(text: str) -> bytes:
    """A head hash as somebody typed it off a page: 64 hexadecimal digits, spaces left out.

    Raises: UnreadableHash.
    """
    digits = "".join(text.split()).lower()
    if len(digits) != 64 or not set(digits) <= set("0123456789abcdef"):
        raise UnreadableHash("日志校验值应为 64 位十六进制数字（空格不计）。")
    return bytes.fromhex(digits)


Digest = Callable[[bytes], bytes]


def get_digest(name: str) -> Digest:
    """The digest function of a centre's log."""
    check_available(name)
    if name == "sha256":
        return _hash_sha256
    return lambda data: hashlib.new(name, data).digest()


def _hash_sha256(data: bytes, new: Callable[[bytes], Any] = hashlib.sha256) -> bytes:
    return new(data).digest()  # type: ignore[no-any-return]


def canonicalize(envelope: dict[str, Any], data: bytes) -> bytes:
    """One event as it is hashed: the envelope, which is changed, with the stored payload under `data`."""
    envelope["data"] = orjson.Fragment(data)
    return orjson.dumps(envelope, option=_SORTED)


def compute_merkle_root(hashes: Sequence[bytes], digest: Digest) -> bytes:
    """Root over a batch's event hashes. Source: RFC 6962 §2.1 (leaves 0x00, nodes 0x01, no padding)."""
    if not hashes:
        return digest(b"")
    level = [digest(b"\x00" + leaf) for leaf in hashes]
    while len(level) > 1:
        level = _hash_level(level, digest)
    return level[0]


MerklePath = list[tuple[str, str]]  # side of the neighbour (left, right), its hash in hexadecimal


def build_merkle_path(hashes: Sequence[bytes], place: int, digest: Digest) -> MerklePath:
    """What proves that one of a batch's hashes is under its root: the neighbours on the way up."""
    level, path = [digest(b"\x00" + leaf) for leaf in hashes], []
    while len(level) > 1:
        neighbour = place ^ 1
        if neighbour < len(level):
            path.append(("left" if neighbour < place else "right", level[neighbour].hex()))
        level, place = _hash_level(level, digest), place // 2
    return path


def compute_root(leaf: bytes, path: MerklePath, digest: Digest) -> bytes:
    """The root that a path leads to from an event's hash."""
    node = digest(b"\x00" + leaf)
    for side, text in path:
        other = bytes.fromhex(text)
        node = digest(b"\x01" + (other + node if side == "left" else node + other))
    return node


def _hash_level(level: list[bytes], digest: Digest) -> list[bytes]:
    paired = [digest(b"\x01" + left + right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return paired + level[len(paired) * 2 :]
