"""The monthly report as a DOCX, to be printed, signed and stamped."""

from pathlib import Path

from kpi.handover.monthly.docx_writer import CENTER, GREY, HEI, RED, SONG, Paper
from kpi.handover.monthly.report import MonthlyReport
from kpi.handover.monthly.sections import (
    SIGNERS,
    Block,
    HeadingBlock,
    TableBlock,
    TextBlock,
    build_sections,
    format_signatures_title,
)


def write_document(path: Path, report: MonthlyReport, stamp: str = "") -> None:
    """Writes the report as a DOCX; `stamp` at the foot of its pages says who took it out."""
    paper = Paper(f"{report.center.name}{report.title}", report.made_at)
    paper.margins(_head(report), f"{report.foot}　{stamp}".rstrip(), None if report.locked else RED)
    _add_title(paper, report)
    for section in build_sections(report):
        paper.heading(section.title)
        for block in section.blocks:
            _add(paper, block)
    _add_signatures(paper, report)
    paper.save(path)


def _head(report: MonthlyReport) -> str:
    return f"{report.center.name}　{report.title}　【{report.state}】{report.warning}"


def _add_title(paper: Paper, report: MonthlyReport) -> None:
    paper.line(report.center.name, 18, font=SONG, at=CENTER, bold=True, after=0, keep=True)
    paper.line(report.title, 24, font=SONG, at=CENTER, bold=True, after=6, keep=True)
    if report.locked:
        paper.line(f"【{report.state}】", 18, font=HEI, at=CENTER, after=2, keep=True)
    else:
        paper.banner("　".join(report.state), RED)
    paper.line(report.state_sentence, 12, at=CENTER, color=None if report.locked else RED, after=4)
    paper.line(report.about, 10.5, at=CENTER, color=GREY)


def _add(paper: Paper, block: Block) -> None:
    match block:
        case TextBlock(text):
            paper.line(text, 10.5)
        case HeadingBlock(text):
            paper.heading(text, 2)
        case TableBlock():
            paper.table(block.header, block.rows, block.widths, numbers=block.numbers, mono=block.codes)


def _add_signatures(paper: Paper, report: MonthlyReport) -> None:
    paper.heading(format_signatures_title())
    signers = [f"{name}（签字）：\n\n日期：　　　　年　　月　　日" for name in SIGNERS]
    paper.boxes([*signers, "单位（盖章处）：\n\n\n"], (60, 60, 60, 81), 42)
    if report.warning:
        paper.line(
            f"{report.month.label}{report.warning}：请锁定后重新出表，再签字盖章。", font=HEI, color=RED
        )
