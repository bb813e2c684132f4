"""Files made in the background: what can be made, and the list to download from."""

from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kpi.evaluation.rehearsal.stored_rehearsal import find_chosen_scheme
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scheme_files import SchemeProblem, list_scheme_paths, read_scheme
from kpi.handover.templates.filling import TITLES, own_template
from kpi.handover.verify.sampling import DRAWN
from tracker.blob_store import FileUnusable
from tracker.periods import Month, PeriodProblem, Year, parse_period
from web.access import Action, Right, allowed, audit, get_person, may
from web.access.people import format_name
from web.access.written_years import format_years
from web.access.years import list_foreign_years
from web.downloads import send_pieces
from web.exports.export_files import find_made, find_newest, list_files
from web.exports.kinds import KINDS, ExportKind
from web.exports.making import PACKAGED
from web.instance import (
    get_connection,
    get_instance,
    get_log_connection,
    get_now,
    open_transaction,
)
from web.jobs.job import Job, make_key
from web.jobs.job_files import get_job_files
from web.jobs.keeping import KEPT, forget_old
from web.jobs.working import start
from web.pages.frame import PageFrame, make_frame

pages = Blueprint("export_list", __name__)

MOST_ROWS = 200  # of a sample
SLOW = 2  # seconds after which a page of something being made loads again
YEAR_END = (  # what is handed in at the end of a year
    "workbook", "monthly", "package", "evaluation-workbook", "evaluation-report", "self-evaluation",
    "department",
)  # fmt: skip
_OF_REVIEW = ("recomputation", "verdicts", "sample")  # asked for in the evaluator's room


@pages.get("/<center:center>/<year:year>/exports")
@allowed(Right.EXPORT)
def index(center: str, year: Year) -> str:
    """What can be made of the year, and everything that was."""
    around, home = make_frame(center, year), get_instance().home
    found = list_files(get_connection(), home, center, year.year)
    return render_template(
        "exports.html",
        frame=around,
        kinds=[kind for kind in KINDS.values() if kind.key not in _OF_REVIEW],
        beyond=(beyond := {key: told for key, one in KINDS.items() if (told := explain_reach(one, center))}),
        taken=[key for key, one in KINDS.items() if key not in beyond and may(one.right, center, year.year)],
        jobs=found,
        running={job.kind for job in found if job.running},
        months=list_months(around, year),
        finished=find_last_finished_month(around, year),
        schemes=(schemes := list_schemes(year)),
        scheme=(scheme := find_year_scheme(center, year)),
        scheme_title=dict(schemes).get(scheme or ""),
        set_of=YEAR_END,
        own_templates={name for name in TITLES if own_template(name, home).exists()},
        slow=SLOW,
        days=KEPT.days,
    )


@pages.post("/<center:center>/<year:year>/exports/<kind>")
@allowed(Right.EXPORT)
def make(center: str, year: Year, kind: str) -> Answer:
    """Begins to make a file; whoever made it and when is kept with it and in the audit trail."""
    wanted = KINDS.get(kind) or abort(404, "没有该导出类型。")
    check_reach(wanted, center, year)
    home, choices = get_instance().home, _read_request(make_frame(center, year), year, wanted)
    if any(
        one.running and (one.kind, one.asked) == (kind, choices)
        for one in list_files(get_connection(), home, center, year.year)
    ):
        flash(f"{wanted.title}正在生成，请稍候。")
        return _redirect_back(center, year)
    with open_transaction() as connection:
        forget_old(connection, home, center, get_now())
    start(get_instance(), make_job(center, year, wanted, choices))
    return _redirect_back(center, year)


@pages.get("/<center:center>/<year:year>/exports/<made>")
@allowed(Right.EXPORT)
def download(center: str, year: Year, made: str) -> Response | Answer:
    """A finished file; every download is written down."""
    job = find_made(get_connection(), get_instance().home, center, made)
    if job is None or job.year != year.year:
        flash("该文件已不存在或尚未生成。请重新生成。")
        return redirect(url_for("export_list.index", center=center, year=year))
    check_reach(KINDS[job.kind], center, year)
    pieces = get_job_files(job).read(job.file_name)
    try:
        first = next(pieces)
    except FileUnusable as problem:
        flash(f"“{job.file_name}”{problem}。请重新生成。")
        return redirect(url_for("export_list.index", center=center, year=year))
    audit(Action.EXPORTED, f"{center}：{job.file_name}", details={"step": "下载", "sha256": job.sha256})
    return send_pieces(chain((first,), pieces), job.file_name, job.size)


def explain_reach(kind: ExportKind, center: str) -> str:
    """Why somebody may not have a kind of file that holds every year; empty where she may."""
    years = get_person().years(Right.EXPORT, center) if kind.whole_log else None
    beyond = list_foreign_years(get_log_connection(), center, years)
    if years is None or not beyond:
        return ""
    return (
        f"{kind.title}出自本中心全部年度的日志，您的授权只到{format_years(years)}，不含{format_years(beyond)}。"
        "请由业务主管生成后当面移交，或请安全管理员扩大授权年度。"
    )


def check_reach(kind: ExportKind, center: str, year: Year) -> None:
    """Answers 403 for a file that the person may neither have made nor take out, nor read on a page."""
    if not may(kind.right, center, year.year):
        abort(403, f"{kind.title}只有有“{kind.right.value}”权限的人能生成和下载。")
    if told := explain_reach(kind, center):
        abort(403, told)


def make_job(center: str, year: Year, kind: ExportKind, choices: dict[str, Any]) -> Job:
    """A file that the signed-in person asks for; `choices` as kept with it."""
    person, at = get_person(), get_now()
    title = "，".join((kind.title, *(str(choices[name]) for name in ("label",) if name in choices)))
    name = "_".join((center, choices.get("month", str(year)), kind.title, f"{at:%m%d%H%M%S}")) + kind.suffix
    return Job(
        key=make_key(at), kind=kind.key, title=title, created_at=at, center_id=center, year=year.year,
        login=person.login, person=format_name(get_log_connection(), person),
        address=request.remote_addr or "", asked=choices,
        file_name=name,
    )  # fmt: skip


def _read_request(around: PageFrame, year: Year, kind: ExportKind) -> dict[str, Any]:
    """What the person chose, checked."""
    return _asked_about(around, year, kind) | _asked_template(kind)


def _asked_template(kind: ExportKind) -> dict[str, Any]:
    wanted = kind.key in TITLES and request.form.get("template") == PACKAGED
    return {"template": PACKAGED} if wanted else {}


def _asked_about(around: PageFrame, year: Year, kind: ExportKind) -> dict[str, Any]:
    if kind.asks == "month":
        chosen = next(
            (one for one in list_months(around, year) if str(one) == request.form.get("month")), None
        )
        if chosen is None:
            abort(422, "请选一个已经开始的月份。")
        return {"month": str(chosen), "label": chosen.label}
    if kind.asks == "scheme":
        schemes = dict(list_schemes(year))
        key = request.form.get("scheme", "")
        if key not in schemes:
            abort(422, "请从列表中选一个评价方案。")
        return {"scheme": key, "label": schemes[key]}
    return _read_sample_request(around, year) if kind.asks == "sample" else {}


def _read_sample_request(around: PageFrame, year: Year) -> dict[str, Any]:
    center = around.center.center_id
    package = find_newest(list_files(get_connection(), get_instance().home, center, year.year), "package")
    if package is None:
        abort(422, "抽样从证据包里抽：请先在评价核验页生成证据包，再抽样。")
    seed, count = request.form.get("seed", "").strip(), request.form.get("count", "")
    if not 1 <= len(seed) <= 100:
        abort(422, "请填写种子：任意文字，不超过100字，如当场掷出的点数。")
    if not (count.isascii() and count.isdigit() and 1 <= int(count[:5]) <= MOST_ROWS):
        abort(422, f"抽取行数应为 1 至 {MOST_ROWS} 的整数。")
    source = request.form.get("source", "")
    if source and source not in DRAWN:
        abort(422, "请从列表中选数据来源。")
    return {"seed": seed, "count": int(count), "source": source, "package": package.key}


def list_months(around: PageFrame, year: Year) -> list[Month]:
    """Those that have begun, the newest first."""
    return [month for month in reversed(year.months) if month.first_day <= around.today]


def find_last_finished_month(around: PageFrame, year: Year) -> Month | None:
    """The last month of a year that is over; None where none is."""
    return next((month for month in list_months(around, year) if month.end_day <= around.today), None)


def find_year_scheme(center: str, year: Year) -> str | None:
    """Key of the scheme that was chosen for a year; where none was, of the only usable one made for it."""
    usable = list_schemes(year)
    chosen = find_chosen_scheme(get_connection(), center, year.year)
    if chosen is not None:
        return chosen.scheme if chosen.scheme in dict(usable) else None
    of_year = [key for key, one in _read_usable_schemes().items() if one.year == year.year]
    return of_year[0] if len(of_year) == 1 else None


def list_schemes(year: Year) -> list[tuple[str, str]]:
    """Key and title of each usable scheme, those of the year first."""
    usable = [(one.year != year.year, key, one.title) for key, one in _read_usable_schemes().items()]
    return [(key, title) for _, key, title in sorted(usable)]


def _read_usable_schemes() -> dict[str, Scheme]:
    paths = list_scheme_paths(get_instance().home)
    schemes = {key: _read_usable_scheme(path, path.stat().st_mtime_ns) for key, path in paths.items()}
    return {key: one for key, one in schemes.items() if one}


@lru_cache(maxsize=100)
def _read_usable_scheme(path: Path, _changed: int) -> Scheme | None:
    """A scheme's file as it was at its last change; None where it is not usable (`hotline schemes check`)."""
    try:
        return read_scheme(path)
    except SchemeProblem:
        return None


def _redirect_back(center: str, year: Year) -> Answer:
    """To the page that asked: the evaluator's room, or the list."""
    if request.form.get("back"):
        return redirect(url_for("review.room", center=center, period=_get_period(year)))
    return redirect(url_for("export_list.index", center=center, year=year))


def _get_period(year: Year) -> Any:
    try:
        period = parse_period(request.form["back"])
    except PeriodProblem:
        return year
    return period if period.first_day.year == year.year else year
