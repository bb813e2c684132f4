"""Missing documents, as text for a terminal and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from kpi.documents.missing import Lacking, Paper, State, Tally
from kpi.documents.subjects import label_of
from kpi.terminal_tables import LEFT, RIGHT, lines
from tracker.events.documents import KINDS


def of_tallies(tallies: Sequence[Tally]) -> list[str]:
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
    header = ("档案", "应有材料", "应有", "在档", "已载无文件", "在档率")
    return lines([header, *rows], LEFT * 2 + RIGHT * 4)


def of_lacking(lacking: Sequence[Lacking]) -> Iterator[str]:
    """One line for each thing that lacks something, and what mends each sort of gap."""
    if not lacking:
        yield "应有的材料都在档。"
        return
    rows = (
        (label_of(filed.about), filed.label or "", filed.since.isoformat(), _papers(papers))
        for filed, papers in lacking
    )
    yield from lines([("档案", "摘要", "应有自", "缺少"), *rows], LEFT * 4)
    yield "\n怎么补："
    remedies = dict.fromkeys((KINDS[one.document], one.remedy) for _, papers in lacking for one, _ in papers)
    for title, remedy in remedies:
        yield f"  {title}：{remedy}"
    yield ("“已载无文件”指花名册已载明而没有文件作证。挂接：hotline documents attach 文件 --to 种类/编号")


def _papers(papers: Sequence[Paper]) -> str:
    marks = {State.STATED: "（已载无文件）"}
    return "、".join(KINDS[one.document] + marks.get(state, "") for one, state in papers)


def tally_as_json(one: Tally) -> dict[str, Any]:
    """A tally as an object of the JSON output."""
    return {
        "file": one.file.key,
        "document": one.required.document,
        "title": one.title,
        "needed": one.needed,
        "held": one.held,
        "stated": one.stated,
    }


def missing_as_json(lacking: Sequence[Lacking]) -> Iterator[dict[str, Any]]:
    """Every missing document as an object of the JSON output."""
    for filed, papers in lacking:
        for one, state in papers:
            yield {
                "about": filed.about,
                "label": filed.label,
                "document": one.document,
                "title": KINDS[one.document],
                "state": state.value,
                "since": filed.since.isoformat(),
                "remedy": one.remedy,
            }
