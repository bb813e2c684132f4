"""The bag: every file of a package with its checksums. Source: RFC 8493, The BagIt File Packaging Format."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from tracker.chain import DIGESTS

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_CHUNK = 1 << 20


class ManifestProblem(ValueError):
    """清单读不懂。"""


def list_files(bag: Path) -> list[str]:
    """Every file below a folder by its path there, in order."""
    return sorted(path.relative_to(bag).as_posix() for path in bag.rglob("*") if not path.is_dir())


def compute_digests(path: Path) -> dict[str, str]:
    """A file's checksums, read once: those of DIGESTS that this machine can compute."""
    hashes = {name: hashlib.new(name) for name in DIGESTS if name in hashlib.algorithms_available}
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            for one in hashes.values():
                one.update(chunk)
    return {name: one.hexdigest() for name, one in hashes.items()}


def close_bag(bag: Path, about: Mapping[str, str]) -> None:
    """Writes the declaration, the facts of the bag and the manifests around the files that lie there."""
    payload = [name for name in list_files(bag) if name.startswith("data/")]
    size = sum((bag / name).stat().st_size for name in payload)
    entries = dict(about) | {"Payload-Oxum": f"{size}.{len(payload)}"}
    (bag / "bagit.txt").write_bytes(DECLARATION)
    (bag / "bag-info.txt").write_text("".join(f"{name}: {text}\n" for name, text in entries.items()), "utf-8")
    _write_manifests(bag, "manifest", payload)
    tags = [name for name in list_files(bag) if not name.startswith(("data/", "tagmanifest-"))]
    _write_manifests(bag, "tagmanifest", tags)


def read_manifest(path: Path) -> dict[str, str]:
    """File → checksum. Raises: ManifestProblem for what no manifest says."""
    found: dict[str, str] = {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as problem:
        raise ManifestProblem(f"{path.name} 不是 UTF-8 文本。") from problem
    for number, line in enumerate(lines, start=1):
        digest, _, name = line.partition("  ")
        if not digest or not name or name in found:
            raise ManifestProblem(f"{path.name} 第 {number} 行读不懂，或与前面的行重复。")
        found[name] = digest
    return found


def _write_manifests(bag: Path, kind: str, names: Iterable[str]) -> None:
    digests = {name: compute_digests(bag / name) for name in names}
    for algorithm in DIGESTS:
        lines = [
            f"{checksums[algorithm]}  {name}\n"
            for name, checksums in digests.items()
            if algorithm in checksums
        ]
        if lines:
            (bag / f"{kind}-{algorithm}.txt").write_text("".join(lines), "utf-8")
