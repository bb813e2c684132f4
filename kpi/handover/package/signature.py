"""The centre's signature: Ed25519 over what a package claims, and through its manifests over every byte."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "Ed25519"


class SignatureProblem(ValueError):
    """签名不成立。"""


def statement(bag: Path, about: Mapping[str, Any]) -> dict[str, Any]:
    """What is signed: whose package of which log position, and the checksums of its tag manifests."""
    manifests = {path.name: sha256(path.read_bytes()).hexdigest() for path in bag.glob("tagmanifest-*.txt")}
    return {
        "center": about["center"]["id"],
        "head": about["head"],
        "tag_manifests": manifests,
        "year": about["year"],
    }


def signed(key: Ed25519PrivateKey, told: Mapping[str, Any]) -> dict[str, Any]:
    """The contents of `signature.json`."""
    public = key.public_key().public_bytes_raw()
    return {
        "algorithm": ALGORITHM,
        "fingerprint": fingerprint(public),
        "public_key": public.hex(),
        "signature": key.sign(_canonical(told)).hex(),
        "statement": dict(told),
    }


def check(held: Any, told: Mapping[str, Any]) -> str:
    """The fingerprint of the key that signed exactly what the package says. Raises: SignatureProblem."""
    try:
        public, signature = bytes.fromhex(held["public_key"]), bytes.fromhex(held["signature"])
        algorithm, claimed, claims = held["algorithm"], held["fingerprint"], held["statement"]
        key = Ed25519PublicKey.from_public_bytes(public)
    except (KeyError, TypeError, ValueError) as problem:
        raise SignatureProblem("signature.json 读不懂，它被改动过。") from problem
    if algorithm != ALGORITHM or claimed != fingerprint(public):
        raise SignatureProblem("signature.json 中的算法或指纹与公钥不符，它被改动过。")
    try:
        key.verify(signature, _canonical(told))
    except InvalidSignature as problem:
        raise SignatureProblem("签名与包内的清单不符：打包以后，清单或其中的文件被改动过。") from problem
    if claims != dict(told):
        raise SignatureProblem("signature.json 所述的内容与包不符，它被改动过。")
    return str(claimed)


def fingerprint(public: bytes) -> str:
    """How a public key is named on paper: its SHA-256, in eight groups of eight digits."""
    digits = sha256(public).hexdigest()
    return " ".join(digits[start : start + 8] for start in range(0, 64, 8))


def read_fingerprint(text: str) -> str:
    """A fingerprint as somebody typed it.

    Raises: SignatureProblem.
    """
    digits = "".join(text.split()).replace(":", "").replace("-", "").lower()
    if len(digits) != 64 or not set(digits) <= set("0123456789abcdef"):
        raise SignatureProblem("公钥指纹应为 64 位十六进制数字（空格不计）；盖章的报告上印有它。")
    return " ".join(digits[start : start + 8] for start in range(0, 64, 8))


def _canonical(told: Mapping[str, Any]) -> bytes:
    return orjson.dumps(dict(told), option=orjson.OPT_SORT_KEYS)
