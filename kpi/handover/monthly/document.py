"""The monthly report as a DOCX, to be printed, signed and stamped."""

from pathlib import Path
from typing import Any

from kpi.handover.monthly.report import MonthlyReport
from kpi.handover.monthly.sections import (
    SIGNATURES,
    SIGNERS,
    Block,
    HeadingBlock,
    Section,
    TableBlock,
    TextBlock,
    build_appendices,
    build_sections,
)
from kpi.handover.templates.filling import fill

COLUMNS = {
    "完成表": ("指标", "计量单位", "目标值", "实际完成值", "完成情况", "数据状态"),
    "缺失表": ("缺失数据", "数据状态", "影响指标", "处理办法"),
    "区间表": ("指标", "数值", "估计区间"),
    "核对表": ("期间", "核对项目", "出具单位", "外部数", "系统数", "差异", "说明"),
    "更正表": ("统计期", "指标", "计量单位", "更正前", "更正前分数", "更正后", "更正后分数", "溯源码"),
    "解锁表": ("月份", "序号", "范围", "理由", "申请", "批准", "到期", "结束"),
    "条数表": ("来源", "类别", "条数"),
    "变动表": ("统计期", "指标", "计量单位", "已锁定", "已锁定分数", "最新数据", "最新数据分数", "溯源码"),
    "指标表": (
        "指标",
        "计量单位",
        "数值",
        "分子",
        "分母",
        "目标值",
        "数据完整率",
        "数据状态",
        "数据版本",
        "溯源码",
    ),
    "各月表": ("指标", "与各月公布的数字"),
    "口径表": ("指标", "口径版本", "启用", "公式", "出处", "决定"),
    "校验表": ("项目", "记录号", "算法", "校验值"),
}  # of the tables, as a template names them


def write_document(path: Path, report: MonthlyReport, stamp: str = "", home: Path | None = None) -> None:
    """Writes the report as a DOCX; `stamp` at the foot of its pages says who took it out.

    `home` is the folder of the centre's own templates; None: the packaged one is wanted.
    Raises: TemplateProblem, OSError.
    """
    values = {
        "中心": report.center.name,
        "标题": report.title,
        "状态": report.state,
        "已锁定": report.locked,
        "大字": "　".join(report.state),
        "状态说明": report.state_sentence,
        "警告": report.warning,
        "说明": report.about,
        "页脚": f"{report.foot}　{stamp}".rstrip(),
        "各节": [_section(one) for one in build_sections(report)],
        "签章标题": SIGNATURES,
        "签字人": SIGNERS,
        "各附件": [_section(one) for one in build_appendices(report)],
    }
    title = f"{report.center.name}{report.title}"
    fill(path, "monthly", values, title=title, made_at=report.made_at, home=home)


def _section(section: Section) -> dict[str, Any]:
    return {"标题": section.title, "各块": [_block(block) for block in section.blocks]}


def _block(block: Block) -> dict[str, Any]:
    """A block as one thing out of all that it might be."""
    nothing: dict[str, Any] = {"文字": "", "小标题": "", **dict.fromkeys(COLUMNS, ())}
    match block:
        case TextBlock(text):
            return nothing | {"文字": text}
        case HeadingBlock(text):
            return nothing | {"小标题": text}
        case TableBlock():
            return nothing | {block.table: [_row(block, cells) for cells in block.rows]}


def _row(grid: TableBlock, cells: tuple[str, ...]) -> dict[str, str]:
    """A row by the names of its columns; one of a single cell is a heading within the table."""
    names = COLUMNS[grid.table]
    if len(cells) == 1:
        return {"组": cells[0], **dict.fromkeys(names, "")}
    return {"组": "", **dict(zip(names, cells, strict=True))}
