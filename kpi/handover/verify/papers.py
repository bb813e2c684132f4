"""The evidence documents of a package, and originals that the centre shows on the spot."""

from collections.abc import Sequence
from pathlib import Path

from kpi.handover.package import layout
from kpi.handover.package.bag import digests_of
from kpi.handover.package.papers import papers_of
from kpi.handover.verify.findings import Step, judged
from kpi.offline import Replay
from tracker.events.documents import KINDS

DOCUMENTS, SHOWN = "证明材料", "调阅的原件"


def check_documents(bag: Path, replay: Replay) -> Step:
    """The files that belong into the package are there, and no other; a file's name is its hash."""
    known = papers_of(replay)
    wanted = {one.sha256 for one in known if one.enclosed}
    there = {path.name[:64]: path for path in (bag / layout.DOCUMENTS).glob("*")}
    problems = [f"{digest}：登记在日志里，包里没有" for digest in sorted(wanted - there.keys())]
    problems += [f"{there[digest].name}：日志里没有这样登记" for digest in sorted(there.keys() - wanted)]
    problems += [
        f"{path.name}：内容与文件名中的摘要不符"
        for digest, path in sorted(there.items())
        if digests_of(path)["sha256"] != digest
    ]
    kept = sum(not one.withdrawn and not one.enclosed for one in known)
    right = f"{len(wanted)} 个文件与日志中的登记相符；另有 {kept} 份涉及个人，留存中心，只列登记。"
    return judged(DOCUMENTS, problems, right if known else "日志里没有登记证明材料。", "与日志中的登记不符：")


def check_shown(replay: Replay, paths: Sequence[Path]) -> Step:
    """Files handed to the verifying person are the ones that were registered."""
    known = {one.sha256: one for one in papers_of(replay) if not one.withdrawn}
    told, problems = [], []
    for path in paths:
        found = known.get(digests_of(path)["sha256"])
        if found is None:
            problems.append(f"{path.name}：不是日志中登记的任何一份材料，或已撤下")
        else:
            told.append(
                f"{path.name} 是 {found.document}（{KINDS.get(found.kind, found.kind)}，{found.about}）"
            )
    return judged(SHOWN, problems, f"与登记的逐字节相同：{'；'.join(told)}。", "与登记的不符：")
