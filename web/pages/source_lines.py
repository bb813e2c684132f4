"""A record's line in the file that it came from, with the lines around it."""

from collections.abc import Collection
from dataclasses import replace

from flask import Blueprint, abort, render_template, url_for

from ingest.records.source_lines import SourceExcerpt, SourceLine, SourceUnreadable, read_source_lines
from tracker import log
from web.access import Right, allowed, get_visible_years
from web.access.years import is_seen
from web.breadcrumbs import Crumb
from web.instance import get_instance, get_log_connection
from web.pages.frame import make_frame
from web.pages.things import EventLine, read_file_names
from web.pages.vault import read_masks
from web.source_cells import Origin, compare_cells, find_converted

pages = Blueprint("source_lines", __name__)

BEYOND = "不在您可查看的年度内"


@pages.get("/<center:center>/events/<int:seq>/source")
@allowed(Right.SEE_ROWS)
def line(center: str, seq: int) -> str:
    """The delivered file opened at the row of one event. Whoever sees some years only sees lines of these."""
    around, connection, years = make_frame(center), get_log_connection(), get_visible_years(center)
    event = log.read_event(connection, center, seq)
    if event is None or not is_seen(connection, center, event.subject, years):
        abort(404, f"数据日志中没有第 {seq:,} 号记录。请从指标的明细进入。")
    if event.delivery is None or event.row is None:
        abort(404, f"第 {seq:,} 号记录不是从文件读入的，没有原始行。")
    found, problem = None, ""
    try:
        found = read_source_lines(
            connection, get_instance().home, get_instance().vault, center, event.delivery, event.row
        )
    except SourceUnreadable as unreadable:
        problem = str(unreadable)
    excerpt = found and _hide_other_years(found, event.row, years)
    here = next((one for one in excerpt.lines if one.number == event.row), None) if excerpt else None
    cells = compare_cells(excerpt, here, EventLine(event, "").fields) if excerpt else []
    return render_template(
        "source_line.html",
        frame=around,
        event=event,
        file_name=read_file_names(connection, center, [event]).get(event.delivery, event.delivery),
        excerpt=excerpt,
        problem=problem,
        cells=cells,
        converted=find_converted(excerpt, cells) if excerpt else frozenset(),
        Origin=Origin,
        masks=read_masks(connection, center, [event.data]),
        steps=[
            Crumb(f"日志记录 #{seq:,}", url_for("things.event", center=center, seq=seq)),
            Crumb(f"原始文件第 {event.row:,} 行"),
        ],
    )


def _hide_other_years(excerpt: SourceExcerpt, row: int, years: Collection[int] | None) -> SourceExcerpt:
    """The excerpt without what its other lines say of years that the person may not see."""
    if years is None:
        return excerpt
    return replace(excerpt, lines=tuple(_hide_line(one, row, years) for one in excerpt.lines))


def _hide_line(line: SourceLine, row: int, years: Collection[int]) -> SourceLine:
    if line.number == row or (line.day is not None and line.day.year in years):
        return line
    return replace(line, cells=(), why_hidden=BEYOND)
