"""Missing documents, as text for a terminal and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from kpi.documents.missing import DocumentState, DocumentTally, IncompleteDossier, RequiredState
from kpi.documents.subjects import label_target
from kpi.terminal_tables import LEFT, RIGHT, align_rows
from tracker.events.documents import KINDS


def format_tallies(tallies: Sequence[DocumentTally]) -> list[str]:
    """How many of each required document there are."""
    rows = (
        (
            one.file.title,
            one.title,
            str(one.needed),
            str(one.held),
            str(one.stated or ""),
            f"{one.held * 10000 // one.needed / 100:.2f}%",
        )
        for one in tallies
        if one.needed
    )
    header = ("档案", "应归档材料", "应归档", "在档", "有登记无原件", "归档率")
    return align_rows([header, *rows], LEFT * 2 + RIGHT * 4)


def format_incomplete(incomplete: Sequence[IncompleteDossier]) -> Iterator[str]:
    """One line for each thing that lacks something, and what mends each sort of gap."""
    if not incomplete:
        yield "应归档材料均已在档。"
        return
    rows = (
        (
            label_target(dossier.about),
            "—" if dossier.about.startswith("person/") else dossier.label or "—",
            dossier.since.isoformat(),
            _format_required(missing),
        )
        for dossier, missing in incomplete
    )
    yield from align_rows([("档案", "摘要", "应归档日期", "缺少"), *rows], LEFT * 4)
    yield "\n补充办法："
    remedies = dict.fromkeys(
        (KINDS[one.document], one.remedy) for _, missing in incomplete for one, _ in missing
    )
    for title, remedy in remedies:
        yield f"  {title}：{remedy}"
    yield ("“有登记无原件”指花名册已登记、原件未上传。上传：hotline documents attach 文件 --to 种类/编号")


def _format_required(missing: Sequence[RequiredState]) -> str:
    marks = {DocumentState.STATED: "（有登记无原件）"}
    return "、".join(KINDS[one.document] + marks.get(state, "") for one, state in missing)


def serialize_tally(one: DocumentTally) -> dict[str, Any]:
    """A tally as an object of the JSON output."""
    return {
        "file": one.file.key,
        "document": one.required.document,
        "title": one.title,
        "needed": one.needed,
        "held": one.held,
        "stated": one.stated,
    }


def serialize_missing(incomplete: Sequence[IncompleteDossier]) -> Iterator[dict[str, Any]]:
    """Every missing document as an object of the JSON output."""
    for dossier, missing in incomplete:
        for one, state in missing:
            yield {
                "about": dossier.about,
                "label": dossier.label,
                "document": one.document,
                "title": KINDS[one.document],
                "state": state.value,
                "since": dossier.since.isoformat(),
                "remedy": one.remedy,
            }
