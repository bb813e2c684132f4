"""The whole package made again from its log, and compared file by file, byte by byte.

This is the one rule for what a package may hold: a file is what the log gives, or what the log has the hash
of, or it is refused.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from shutil import copyfile

from kpi.handover.package import layout
from kpi.handover.package.bag import compute_digests, list_files
from kpi.handover.package.binding import Binding
from kpi.handover.package.contents import write_contents
from kpi.handover.package.papers import read_document_records
from kpi.handover.package.year_figures import YearFigures
from kpi.handover.verify.findings import CheckStep, make_judged_step
from kpi.offline import Replay
from tracker.chain import DIGESTS

TITLE = "逐字节重建"
_TEXTS = (".csv", ".html", ".json", ".txt", ".toml")
_CHUNK = 1 << 20


def check_contents(
    bag: Path, again: Path, replay: Replay, binding: Binding, digest: str, figures: YearFigures
) -> CheckStep:
    """Writes everything anew into the folder `again`, and names each file that is not the same.

    The replay stands at the log's end; `digest` is the algorithm of the centre's chain."""
    _copy_bound(bag, again, replay, binding)
    write_contents(again, replay, binding, digest, figures)
    problems = list_differences(bag, again)
    right = f"{len(list_files(again)):,} 个文件由日志重新生成，与包内的逐字节相同；没有多出的文件。"
    return make_judged_step(TITLE, problems, right, "与由日志重新生成的不同：")


def list_differences(bag: Path, again: Path, names: Iterable[str] | None = None) -> list[str]:
    """A sentence for each file, or each of those named, that is not the same in both folders."""
    there, made = set(list_files(bag)) - {layout.SIGNATURE}, set(list_files(again))
    wanted = there | made if names is None else set(names)
    problems = [f"{name}：证据包里不应有这个文件" for name in sorted(wanted & (there - made))]
    problems += [f"{name}：包里没有这个文件" for name in sorted(wanted & (made - there))]
    return problems + [
        f"{name}：{difference}"
        for name in sorted(wanted & there & made)
        if (difference := _find_difference(bag / name, again / name)) is not None
    ]


def _copy_bound(bag: Path, again: Path, replay: Replay, binding: Binding) -> None:
    """What the log has the hash of, and what this machine cannot compute."""
    for name, known in _list_bound(replay, binding):
        if (bag / name).is_file() and compute_digests(bag / name)["sha256"] == known:
            (again / name).parent.mkdir(parents=True, exist_ok=True)
            copyfile(bag / name, again / name)
    for name in _list_uncomputed_manifests():
        if (bag / name).is_file():
            copyfile(bag / name, again / name)


def _list_uncomputed_manifests() -> list[str]:
    """The manifests of digests that this machine cannot compute."""
    missing = [one for one in DIGESTS if one not in hashlib.algorithms_available]
    return [f"{kind}-{one}.txt" for one in missing for kind in ("manifest", "tagmanifest")]


def _list_bound(replay: Replay, binding: Binding) -> Iterator[tuple[str, str]]:
    """File → SHA-256."""
    for year, digest in binding.prepared.calendars.items():
        yield f"{layout.CALENDARS}/{year}.toml", str(digest)
    for one in read_document_records(replay):
        if one.enclosed:
            yield f"{layout.DOCUMENTS}/{one.file_name}", one.sha256


def _find_difference(there: Path, made: Path) -> str | None:
    """Where two files part, for a person; None where they are the same."""
    if _hash(there) == _hash(made):
        return None
    if there.suffix in _TEXTS:
        with there.open("rb") as one, made.open("rb") as other:
            lines = enumerate(zip_longest(one, other), start=1)
            number = next(number for number, (line, again) in lines if line != again)
        return f"第 {number:,} 行与重新生成的不同"
    return "内容与重新生成的不同"


def _hash(path: Path) -> bytes:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.digest()
