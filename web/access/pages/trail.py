"""The audit administrator's page: the trail, filtered, exported, verified."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta

from flask import Blueprint, Response, render_template, request

from tracker.chain import UnreadableHash, read_hash
from tracker.database import driver_of
from tracker.events.times import day_start
from web.access import Action, Right, allowed, audit
from web.access import trail as kept
from web.access.trail import RESULTS, Entry, Filter
from web.downloads import csv_file, csv_line, stamp
from web.formatting import moment
from web.instance import log_db, reading
from web.paging import Paging, page_asked

pages = Blueprint("trail", __name__, url_prefix="/-/audit")


@pages.get("/")
@allowed(Right.READ_AUDIT)
def index() -> str:
    """The newest rows first."""
    asked = _asked()
    paging = Paging(kept.count_entries(log_db(), asked), page_asked(request.args))
    return render_template(
        "access/trail.html",
        entries=kept.entries(log_db(), asked, limit=paging.per_page, offset=paging.offset),
        paging=paging,
        actions=list(Action),
        results=RESULTS,
        asked=request.args,
    )


@pages.get("/trail.csv")
@allowed(Right.READ_AUDIT)
def file() -> Response:
    """The rows asked for as a file."""
    number, opened = kept.count_entries(log_db(), _asked()), ExitStack()
    found = kept.each_entry(driver_of(opened.enter_context(reading())), _asked())
    audit(Action.EXPORTED, "审计日志", details={"rows": number})
    return csv_file(_lines(found, stamp()), "审计日志.csv", opened)


@pages.get("/verification")
@allowed(Right.READ_AUDIT)
def verification() -> str:
    """Recomputes the whole chain; ?head= is a hash noted earlier."""
    asked = request.args.get("head", "").strip()
    try:
        expected = read_hash(asked) if asked else None
    except UnreadableHash as problem:
        return render_template("access/verification.html", verdict=None, asked=asked, problem=problem)
    verdict = kept.verify_trail(log_db(), expected_head=expected)
    return render_template("access/verification.html", verdict=verdict, asked=asked, problem=None)


def _asked() -> Filter:
    """The filter of an address; days are inclusive there, nonsense is left out."""
    given, since, until = request.args, _day("since"), _day("until")
    return Filter(
        login=given.get("login", "").strip(),
        action=given.get("action", ""),
        result=given.get("result", ""),
        since=since,
        until=until + timedelta(days=1) if until else None,
    )


def _day(name: str) -> datetime | None:
    try:
        return day_start(date.fromisoformat(request.args.get(name, "")))
    except ValueError:
        return None


def _lines(found: Iterable[Entry], mark: str) -> Iterator[str]:
    yield csv_line(["编号", "时间（北京时间）", "账号", "地址", "操作", "对象", "结果", "说明", "哈希", mark])
    for one in found:
        at, login = moment(one.at), one.login or ""
        told = (one.address, one.title, one.about, one.told, one.data, one.hash.hex())
        yield csv_line([str(one.seq), at, login, *told, ""])
