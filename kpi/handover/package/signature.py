"""The centre's signature: Ed25519 over what a package claims, and through its manifests over every byte."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "Ed25519"
NAMES = ("algorithm", "fingerprint", "public_key", "signature", "statement")  # of `signature.json`


class PackageSignatureProblem(ValueError):
    """签名不成立。"""


def make_statement(bag: Path, about: Mapping[str, Any]) -> dict[str, Any]:
    """What is signed: whose package of which log position, and the checksums of its tag manifests."""
    manifests = {path.name: sha256(path.read_bytes()).hexdigest() for path in bag.glob("tagmanifest-*.txt")}
    return {
        "center": about["center"]["id"],
        "head": about["head"],
        "tag_manifests": manifests,
        "year": about["year"],
    }


def sign_statement(key: Ed25519PrivateKey, content: Mapping[str, Any]) -> dict[str, Any]:
    """The contents of `signature.json`."""
    public = key.public_key().public_bytes_raw()
    return {
        "algorithm": ALGORITHM,
        "fingerprint": compute_fingerprint(public),
        "public_key": public.hex(),
        "signature": key.sign(_serialize_canonically(content)).hex(),
        "statement": dict(content),
    }


def verify_statement(envelope: Any, content: Mapping[str, Any]) -> str:
    """The fingerprint of the key that signed exactly what the package says. Raises: SignatureProblem."""
    try:
        public, signature = bytes.fromhex(envelope["public_key"]), bytes.fromhex(envelope["signature"])
        algorithm, claimed, claims = envelope["algorithm"], envelope["fingerprint"], envelope["statement"]
        key = Ed25519PublicKey.from_public_bytes(public)
    except (KeyError, TypeError, ValueError) as problem:
        raise PackageSignatureProblem("signature.json 读不懂，它被改动过。") from problem
    if algorithm != ALGORITHM or claimed != compute_fingerprint(public):
        raise PackageSignatureProblem("signature.json 中的算法或指纹与公钥不符，它被改动过。")
    try:
        key.verify(signature, _serialize_canonically(content))
    except InvalidSignature as problem:
        raise PackageSignatureProblem(
            "签名与包内的清单不符：打包以后，清单或其中的文件被改动过。"
        ) from problem
    if claims != dict(content):
        raise PackageSignatureProblem("signature.json 所述的内容与包不符，它被改动过。")
    return str(claimed)


def compute_fingerprint(public: bytes) -> str:
    """How a public key is named on paper: its SHA-256, in eight groups of eight digits."""
    digits = sha256(public).hexdigest()
    return " ".join(digits[start : start + 8] for start in range(0, 64, 8))


def read_fingerprint(text: str) -> str:
    """A fingerprint as somebody typed it.

    Raises: SignatureProblem.
    """
    digits = "".join(text.split()).replace(":", "").replace("-", "").lower()
    if len(digits) != 64 or not set(digits) <= set("0123456789abcdef"):
        raise PackageSignatureProblem("公钥指纹应为 64 位十六进制数字（空格不计）；盖章的报告上印有它。")
    return " ".join(digits[start : start + 8] for start in range(0, 64, 8))


def _serialize_canonically(content: Mapping[str, Any]) -> bytes:
    return orjson.dumps(dict(content), option=orjson.OPT_SORT_KEYS)
