"""毛与净之间: each row that assessment leaves out of a figure, who asked for it, why, and who decided."""

from collections.abc import Iterator
from fractions import Fraction

from flask import Blueprint, Response, abort, render_template, request

from kpi.figures.counted_rows import PartName
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.exclusions import ExcludedRow, NetComparison, compare_net
from kpi.figures.forks.net import make_gross_and_net
from kpi.figures.gap_words import find_remedy
from kpi.figures.indicators import Indicator
from tracker.periods import Period
from web import breadcrumbs
from web.access import Action, Right, allowed, audit
from web.access.guard import get_session
from web.breadcrumbs import Crumb
from web.downloads import format_csv_line, make_stamp, stream_csv
from web.figure_view import FigureView
from web.formatting import amount
from web.instance import get_connection, get_now
from web.labels import label_subject
from web.pages.earlier_figures import find_locked_figure
from web.pages.frame import make_frame
from web.pages.indicator import find_indicator
from web.pages.rows import SIDES
from web.paging import Paging, read_page_number

pages = Blueprint("exclusions", __name__)

_COLUMNS = (
    "对象", "记录号", "归属日期", "计入分子", "计入分母", "结果", "申诉单位", "申诉日期", "申诉理由",
    "审核人", "审核日期", "申诉记录号",
)  # fmt: skip


@pages.get("/<center:center>/<period:period>/<key>/net")
@allowed(Right.SEE_ROWS)
def listed(center: str, period: Period, key: str) -> str:
    """The figure gross and net, and one page of the rows between."""
    declared, found = _compare(center, period, key)
    paging = Paging(len(found.rows), read_page_number(request.args))
    locked = find_locked_figure(center, key, period)
    return render_template(
        "exclusions.html",
        frame=make_frame(center, period),
        indicator=declared,
        period=period,
        found=found,
        gross=FigureView(declared, period, found.gross),
        net=FigureView(declared, period, found.net),
        remedies=dict.fromkeys(map(find_remedy, found.net.gaps)),
        proofs=[make_proof(found, part) for part in _list_parts(declared)],
        locked=locked if locked and locked.value != found.gross.value else None,
        rows=found.rows[paging.offset : paging.offset + paging.per_page],
        paging=paging,
        trail=[*breadcrumbs.to_indicator(center, period, declared), Crumb(f"{period.label}剔除前后")],
    )


@pages.get("/<center:center>/<period:period>/<key>/net.csv")
@allowed(Right.EXPORT)
def file(center: str, period: Period, key: str) -> Response:
    """All the rows between as a file for spreadsheets."""
    declared, found = _compare(center, period, key)
    most = get_session().policy.export_rows
    if len(found.rows) > most:
        abort(413, f"共 {len(found.rows):,} 行，超过一个文件的上限 {most:,} 行。请按月或按季度下载。")
    name = f"{declared.title}_{period}_剔除明细.csv"
    audit(Action.EXPORTED, f"{center}：{name}", details={"rows": len(found.rows)})
    return stream_csv(_format_lines(found, make_stamp()), name)


def make_proof(found: NetComparison, part: PartName) -> str:
    """分母：剔除前 31 − 同意剔除 3 − 未定 1 = 剔除后 27 ✓"""
    gross, net = (getattr(one, part.value) for one in (found.gross, found.net))
    if gross is None or net is None:
        return f"{SIDES[part]}：数据缺失，无法核对剔除前后。"
    less = [
        ("同意剔除", found.sum_rows(part, granted=True)),
        ("未定", found.sum_rows(part, granted=False)),
        ("没有考核申诉表的月份", found.unlisted.get(part, Fraction())),
    ]
    agrees = gross - sum(number for _, number in less) == net
    taken = "".join(f" − {word} {amount(number)}" for word, number in less if number or word == "同意剔除")
    relation, mark = ("=", "✓") if agrees else ("≠", "✕")
    return f"{SIDES[part]}：剔除前 {amount(gross)}{taken} {relation} 剔除后 {amount(net)} {mark}"


def _list_parts(declared: Indicator) -> list[PartName]:
    return list(PartName) if declared.formula.denominator else [PartName.NUMERATOR]


def _compare(center: str, period: Period, key: str) -> tuple[Indicator, NetComparison]:
    """The definition in force, and the figure by it gross and net; answers 404 where there is none."""
    find_indicator(key)
    declared = read_definitions(get_connection(), center).find_in_force(key, period)
    if make_gross_and_net(declared) is None:
        abort(404, f"“{declared.title}”不按考核申诉剔除，没有剔除前后之分。")
    found = compare_net(get_connection(), center, [(declared, period)], get_now())
    return declared, found.get((declared, period)) or abort(404, f"{period.label}还没有开始。")


def _format_lines(found: NetComparison, mark: str) -> Iterator[str]:
    yield format_csv_line([*_COLUMNS, mark])
    for row in found.rows:
        yield format_csv_line([*(_format(cell) for cell in _list_cells(row)), ""])


def _list_cells(row: ExcludedRow) -> tuple[object, ...]:
    return (
        label_subject(row.subject), row.seq, row.day, amount(row.numerator), amount(row.denominator),
        row.outcome, row.asked_by, row.asked_on, row.reason, row.decided_by, row.decided_on, row.appeal_seq,
    )  # fmt: skip


def _format(cell: object) -> str:
    return "" if cell is None else str(cell)
