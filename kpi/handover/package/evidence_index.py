"""The evidence index: what a reviewer asks for, where it lies, what it ties to (a PBC list)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from kpi.handover.package import layout
from kpi.handover.package.bag import compute_digests, list_files
from kpi.handover.package.layout import dump_csv
from kpi.offline import Replay
from tracker.facts import FACTS

IndexRow = tuple[str, ...]

HEADER = ("序号", "资料", "文件", "来源", "参数", "范围", "行数", "勾稽关系", "SHA-256")

_DELIVERED = (
    "导入编号", "数据来源", "文件名", "SHA-256", "字节", "导入方案", "数据截止时"
    "间", "截止时间依据", "导入时间",
    "行数", "新增", "变更", "相同", "过期版本未采用", "未导入", "已作废",
)  # fmt: skip

_FACTS = {fact.name: fact.title for fact in FACTS}


def list_index_rows(bag: Path, replay: Replay, about: Mapping[str, Any], figures: int) -> list[IndexRow]:
    """One row for each file of the payload that is there, but the index itself and the crate."""
    seq, year, count = about["head"]["seq"], f"{about['year']}年", str(figures)
    events, spans = f"第1号至第{seq}号", f"{about['year']}年各月、各季、全年"
    fixed: dict[str, tuple[str, ...]] = {
        layout.ABOUT: ("打包参数", "系统", year, "", "", "与签名所述一致"),
        layout.EVENTS: (
            "数据日志",
            "系统",
            events,
            _format_span(replay),
            str(seq),
            "哈希链首尾相接，日志校验值见封面",
        ),
        layout.BATCHES: (
            "日志的批次",
            "系统",
            events,
            "",
            _count_rows(replay, "batches"),
            "由事件哈希值重算默克尔根；摘要记入数据日志",
        ),
        layout.DEFINITIONS: ("指标和统计项口径", "系统", year, "", "", "与核验程序自带的口径逐项比对"),
        layout.FIGURES: ("指标数字", "系统", year, spans, count, "由事件重算，逐位比对"),
        layout.FIGURES_TABLE: ("指标数字（表格）", "系统", year, spans, count, "与 figures.json 相同"),
        layout.NET: ("剔除前后的指标数字", "系统", year, spans, "", "由事件重算，逐位比对"),
        layout.EXCLUSIONS: ("剔除明细", "系统", year, f"{about['year']}年各月", "", "剔除前减明细等于剔除后"),
        layout.DELIVERIES: (
            "导入清单",
            "系统",
            "",
            "",
            _count_rows(replay, "deliveries"),
            "与日志中的导入记录相同",
        ),
        layout.PAPERS: (
            "佐证材料登记",
            "经办人上传",
            "",
            "",
            _count_rows(replay, "documents"),
            "与日志中的登记相同",
        ),
        layout.COMMITMENTS: (
            "个人信息的加盐承诺",
            "个人信息库",
            "",
            "",
            _count_rows(replay, "commitments"),
            "摘要记入数据日志；与披露文件逐条对应",
        ),
        layout.WORKBOOK: ("年度指标工作簿", "系统", year, spans, "", "由事件重新生成，逐字节比对"),
    }
    rows: list[IndexRow] = []
    for name in list_files(bag):
        if name.startswith("data/") and name not in (layout.EVIDENCE, layout.CRATE):
            about_file = fixed.get(name) or _describe_folder(name, replay)
            title, source, parameters, span, count, tied = about_file
            digest = compute_digests(bag / name)["sha256"]
            rows.append((str(len(rows) + 1), title, name, source, parameters, span, count, tied, digest))
    return rows


def write_index_table(rows: Sequence[IndexRow]) -> bytes:
    return dump_csv(HEADER, rows)


def write_deliveries_table(replay: Replay) -> bytes:
    """What was delivered, file by file, with what became of its rows."""
    rows = replay.duck.sql(
        "SELECT delivery, source, file_name, sha256, size, profile, as_of, as_of_basis, imported_at,"
        ' "rows", "new", changed, same, stale, quarantined, voided FROM deliveries ORDER BY imported_at, seq'
    )
    return dump_csv(_DELIVERED, ([_format_cell(cell) for cell in row] for row in rows))


def _describe_folder(name: str, replay: Replay) -> tuple[str, ...]:
    folder, _, file = name.rpartition("/")
    stem = file.rpartition(".")[0]
    if folder == layout.FACTS:
        return (
            f"事实表：{_FACTS.get(stem, stem)}",
            "由事件推出",
            "",
            "",
            _count_rows(replay, stem),
            "由事件重放，逐行比对",
        )
    if folder == layout.CALENDARS:
        tied = "摘要记入数据日志；办结时限按它计算"
        return (f"{stem}年工作日历", "国务院办公厅通知", f"{stem}年", "", "", tied)
    if folder == layout.DOCUMENTS:
        return ("佐证材料", "经办人上传", stem[:16], "", "", "文件名即内容的 SHA-256，日志中有登记")
    return (file, "", "", "", "", "")


def _format_span(replay: Replay) -> str:
    row = replay.duck.sql(
        "SELECT min(recorded_at)[:10] AS first, max(recorded_at)[:10] AS last FROM log"
    ).one()
    return f"{row.first}至{row.last}登记" if row.first else ""


def _count_rows(replay: Replay, table: str) -> str:
    return str(replay.duck.sql(f'SELECT count(*) FROM "{table}"').scalar_one())


def _format_cell(cell: Any) -> Any:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return cell.isoformat() if isinstance(cell, datetime) else cell
