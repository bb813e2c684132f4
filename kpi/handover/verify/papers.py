"""The evidence documents of a package, and originals that the centre shows on the spot."""

from collections.abc import Sequence
from pathlib import Path

from kpi.handover.package import layout
from kpi.handover.package.bag import compute_digests
from kpi.handover.package.papers import read_document_records
from kpi.handover.verify.findings import CheckStep, make_judged_step
from kpi.offline import Replay
from tracker.events.documents import KINDS

DOCUMENTS, SHOWN = "佐证材料", "调阅的原件"


def check_documents(bag: Path, replay: Replay) -> CheckStep:
    """The files that belong into the package are there, and no other; a file's name is its hash."""
    records = read_document_records(replay)
    wanted = {one.sha256 for one in records if one.enclosed}
    there = {path.name[:64]: path for path in (bag / layout.DOCUMENTS).glob("*")}
    problems = [f"{digest}：登记在日志里，包里没有" for digest in sorted(wanted - there.keys())]
    problems += [f"{there[digest].name}：日志里没有这样登记" for digest in sorted(there.keys() - wanted)]
    problems += [
        f"{path.name}：内容与文件名中的摘要不符"
        for digest, path in sorted(there.items())
        if compute_digests(path)["sha256"] != digest
    ]
    withheld = sum(not one.withdrawn and not one.enclosed for one in records)
    right = f"{len(wanted)} 个文件与日志中的登记相符；另有 {withheld} 份涉及个人，留存中心，只列登记。"
    return make_judged_step(
        DOCUMENTS, problems, right if records else "日志里没有登记佐证材料。", "与日志中的登记不符："
    )


def check_shown_files(replay: Replay, paths: Sequence[Path]) -> CheckStep:
    """Files handed to the verifying person are the ones that were registered."""
    records = {one.sha256: one for one in read_document_records(replay) if not one.withdrawn}
    sentences, problems = [], []
    for path in paths:
        found = records.get(compute_digests(path)["sha256"])
        if found is None:
            problems.append(f"{path.name}：不是日志中登记的任何一份材料，或已撤销")
        else:
            sentences.append(
                f"{path.name} 是 {found.document}（{KINDS.get(found.kind, found.kind)}，{found.about}）"
            )
    return make_judged_step(
        SHOWN, problems, f"与登记的逐字节相同：{'；'.join(sentences)}。", "与登记的不符："
    )
