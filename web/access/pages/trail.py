"""The audit administrator's page: the trail, filtered, exported, verified."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta

from flask import Blueprint, Response, render_template, request

from tracker.chain import UnreadableHash, read_hash
from tracker.database import get_driver
from tracker.events.times import get_day_start
from tracker.periods import parse_day
from web.access import Action, Right, allowed, audit
from web.access import trail as kept
from web.access.trail import RESULTS, TrailEntry, TrailFilter
from web.downloads import format_csv_line, make_stamp, stream_csv
from web.formatting import moment
from web.instance import get_log_connection, open_read_connection
from web.paging import Paging, read_page_number

pages = Blueprint("trail", __name__, url_prefix="/-/audit")


@pages.get("/")
@allowed(Right.READ_AUDIT)
def index() -> str:
    """The newest rows first."""
    choice = _read_filter()
    paging = Paging(kept.count_entries(get_log_connection(), choice), read_page_number(request.args))
    return render_template(
        "access/trail.html",
        entries=kept.list_entries(get_log_connection(), choice, limit=paging.per_page, offset=paging.offset),
        paging=paging,
        actions=list(Action),
        results=RESULTS,
        asked=request.args,
    )


@pages.get("/trail.csv")
@allowed(Right.READ_AUDIT)
def file() -> Response:
    """The rows asked for as a file."""
    number, opened = kept.count_entries(get_log_connection(), _read_filter()), ExitStack()
    found = kept.stream_entries(get_driver(opened.enter_context(open_read_connection())), _read_filter())
    audit(Action.EXPORTED, "审计日志", details={"rows": number})
    return stream_csv(_format_lines(found, make_stamp()), "审计日志.csv", opened)


@pages.get("/verification")
@allowed(Right.READ_AUDIT)
def verification() -> str:
    """Recomputes the whole chain; ?head= is a hash noted earlier."""
    head = request.args.get("head", "").strip()
    try:
        expected = read_hash(head) if head else None
    except UnreadableHash as problem:
        return render_template("access/verification.html", verdict=None, asked=head, problem=problem)
    verdict = kept.verify_trail(get_log_connection(), expected_head=expected)
    return render_template("access/verification.html", verdict=verdict, asked=head, problem=None)


def _read_filter() -> TrailFilter:
    """The filter of an address; days are inclusive there, nonsense is left out."""
    arguments, since, until = request.args, _read_day("since"), _read_day("until")
    return TrailFilter(
        login=arguments.get("login", "").strip(),
        action=arguments.get("action", ""),
        result=arguments.get("result", ""),
        since=since,
        until=until + timedelta(days=1) if until else None,
    )


def _read_day(name: str) -> datetime | None:
    try:
        return get_day_start(parse_day(request.args.get(name, "")))
    except ValueError:
        return None


def _format_lines(found: Iterable[TrailEntry], mark: str) -> Iterator[str]:
    yield format_csv_line(
        ["编号", "时间（北京时间）", "账号", "地址", "操作", "对象", "结果", "说明", "哈希值", mark]
    )
    for one in found:
        at, login = moment(one.at), one.login or ""
        cells = (one.address, one.title, one.about, one.told, one.data, one.hash.hex())
        yield format_csv_line([str(one.seq), at, login, *cells, ""])
