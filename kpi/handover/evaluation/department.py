"""部门评价表: head with the funds, then weights and scores at all three levels."""

from pathlib import Path

from kpi.evaluation.numbers import show_number, show_points
from kpi.handover.evaluation import wording
from kpi.handover.evaluation.docx_writer import Cell, Merge, Paper, Todo
from kpi.handover.evaluation.dossier import Dossier, YearFunds, find_group_spans

_WIDTHS = (2.2, 1.3, 2.8, 1.3, 4.0, 1.6, 2.4)
_SOURCES = ("中央财政", "省财政", "市县财政", "其他")
_HEAD = 4  # rows before the funds by source


def write_department(path: Path, dossier: Dossier) -> None:
    """Writes the form. Raises: OSError."""
    paper = Paper(f"{dossier.title}部门评价表", dossier.now, dossier.foot, margin=1.8)
    paper.title("部门评价表")
    rows, merged = _build_head(dossier)
    first = len(rows)
    rows.append(["二、绩效评价指标评分", *(None,) * 6])
    merged.append(Merge(first, 0, first, 6))
    rows.append(["一级指标", "分值", "二级指标", "分值", "三级指标", "分值", "得分"])
    top = len(rows)
    for line in dossier.lines:
        upper, lower = line.groups[0], line.groups[-1]
        rows.append(
            [
                upper.title, show_points(upper.weight), lower.title, show_points(lower.weight),
                line.item.title, show_points(line.item.weight), show_points(line.score.final.points),
            ]
        )  # fmt: skip
    for columns, level in (((0, 1), 0), ((2, 3), -1)):
        for start, end, _ in find_group_spans(dossier.lines, level):
            merged += [Merge(top + start, place, top + end, place) for place in columns if end > start]
    total = show_points(dossier.scheme.total)
    rows.append(["总分", total, None, total, None, total, show_points(dossier.evaluation.total)])
    rows.append(["评价等次", _format_boxes(dossier), *(None,) * 5])
    rows.append([None, wording.format_bands(dossier.scheme), *(None,) * 5])
    last = len(rows) - 1
    merged += [Merge(last - 1, 0, last, 0), Merge(last - 1, 1, last - 1, 6), Merge(last, 1, last, 6)]
    shaded = [(first, 0), *((first + 1, place) for place in range(7)), (last - 2, 0), (last - 1, 0)]
    paper.table(rows, _WIDTHS, merged=merged, headers=0, size=9, padding=1, shaded=shaded)
    paper.note("注：指标参考财政部《项目支出绩效评价管理办法》附件2《项目支出绩效评价指标体系框架》设置。")
    paper.note("评价单位（盖章）：　　　　　　　　　　上报时间：")
    paper.save(path)


def _build_head(dossier: Dossier) -> tuple[list[list[Cell]], list[Merge]]:
    """Name, units, kind, and the funds planned, received and used."""
    money: YearFunds = dossier.money
    planned, received, used = (
        "无法核实" if one is None else show_number(one) for one in (money.budget, money.received, money.paid)
    )
    rows: list[list[Cell]] = [
        ["项目名称", None, dossier.scheme.title, *(None,) * 4],
        ["主管部门", None, Todo("主管部门"), None, "项目实施单位", dossier.center.name, None],
        ["项目负责人", None, Todo("负责人"), None, "联系电话", Todo("电话"), None],
        ["项目类型", None, "经常性项目（　）　一次性项目（　）", *(None,) * 4],
        [
            "计划投资额（万元）", None, planned, f"实际到位资金（万元）：{received}", None,
            f"实际使用（万元）：{used}", None,
        ],
    ]  # fmt: skip
    for source in _SOURCES:
        rows.append([f"其中：{source}", None, None, f"其中：{source}：", None, None, None])
    merged = [
        Merge(0, 0, 0, 1), Merge(0, 2, 0, 6), Merge(1, 0, 1, 1), Merge(1, 2, 1, 3), Merge(1, 5, 1, 6),
        Merge(2, 0, 2, 1), Merge(2, 2, 2, 3), Merge(2, 5, 2, 6), Merge(3, 0, 3, 1), Merge(3, 2, 3, 6),
    ]  # fmt: skip
    for row in range(_HEAD, _HEAD + 1 + len(_SOURCES)):
        merged += [Merge(row, 0, row, 1), Merge(row, 3, row, 4), Merge(row, 5, row, 6)]
    return rows, merged


def _format_boxes(dossier: Dossier) -> str:
    """优 ☑　良 ☐ …, from the best down."""
    bands = sorted(dossier.scheme.bands, key=lambda band: -band.low)
    return "　".join(
        f"{band.name} {'☑' if band.name == dossier.evaluation.rating else '☐'}" for band in bands
    )
