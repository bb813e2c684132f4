"""Are the files in the bag the files that its manifests list?"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from kpi.handover.package.bag import DECLARATION, ManifestProblem, compute_digests, list_files, read_manifest
from kpi.handover.package.layout import SIGNATURE
from kpi.handover.verify.findings import CheckStep, make_judged_step, make_note_step
from tracker.chain import DIGESTS

TITLE = "清单"


@dataclass(frozen=True)
class ManifestCheck:
    """The verdict, and the files whose contents nothing vouches for."""

    step: CheckStep
    altered: frozenset[str]


def check_manifests(bag: Path, broken: dict[str, str]) -> ManifestCheck:
    """Every file once in the manifest of its kind, with its checksums; `broken` did not unpack whole."""
    problems = {name: f"{name}：{told}" for name, told in broken.items()}
    there = {name: compute_digests(bag / name) for name in list_files(bag)}
    if (bag / "bagit.txt").is_file() and (bag / "bagit.txt").read_bytes() != DECLARATION:
        problems["bagit.txt"] = "bagit.txt：内容被改动过"
    for kind, payload in (("manifest", True), ("tagmanifest", False)):
        for algorithm in DIGESTS:
            name = f"{kind}-{algorithm}.txt"
            files = {one for one in there if _is_listed_in(one, payload)}
            problems |= _compare(bag, name, algorithm, files, there) | problems
    right = f"{len(there)} 个文件与清单逐一相符（SHA-256、SM3）。"
    step = make_judged_step(TITLE, problems.values(), right, f"{len(problems)} 个文件与清单不符：")
    missing = [name.upper() for name in DIGESTS if name not in hashlib.algorithms_available]
    if missing and not problems:
        sentence = f"{len(there)} 个文件与清单逐一相符；本机不能计算 {'、'.join(missing)}，未用它核对。"
        step = make_note_step(TITLE, sentence)
    return ManifestCheck(step, frozenset(problems))


def _is_listed_in(name: str, payload: bool) -> bool:
    if payload:
        return name.startswith("data/")
    return not name.startswith(("data/", "tagmanifest-")) and name != SIGNATURE


def _compare(
    bag: Path, manifest: str, algorithm: str, files: set[str], there: dict[str, dict[str, str]]
) -> dict[str, str]:
    if manifest not in there:
        return {manifest: f"{manifest}：缺少这份清单"}
    try:
        listed = read_manifest(bag / manifest)
    except ManifestProblem as problem:
        return {manifest: f"{manifest}：{problem}"}
    found = {name: f"{name}：清单里没有，是多出来的文件" for name in files - listed.keys()}
    found |= {name: f"{name}：清单里有，但包里缺少" for name in listed.keys() - files}
    for name in files & listed.keys():
        if there[name].get(algorithm, listed[name]) != listed[name]:
            found[name] = f"{name}：内容与清单 {manifest} 中的摘要不符"
    return found
