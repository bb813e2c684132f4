"""年终材料: the files that a year is handed in with, made at once, and one page with all of them."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from tracker.periods import Year
from web.access import Right, allowed, may
from web.breadcrumbs import Crumb
from web.exports.export_files import list_files
from web.exports.kinds import KINDS, ExportKind
from web.instance import get_connection, get_instance, get_now, open_transaction
from web.jobs.job import Job, JobState, make_key
from web.jobs.keeping import forget_old
from web.jobs.working import start
from web.pages.export_list import (
    SLOW,
    YEAR_END,
    explain_reach,
    find_last_finished_month,
    find_year_scheme,
    list_schemes,
    make_job,
)
from web.pages.frame import PageFrame, make_frame

pages = Blueprint("year_end", __name__)


@dataclass(frozen=True)
class SetFile:
    """A file of the set: how far it has come, or why it is not made."""

    kind: ExportKind
    job: Job | None  # None: it was not asked for
    obstacle: str = ""

    @property
    def made(self) -> bool:
        return self.job is not None and self.job.state is JobState.DONE

    @property
    def running(self) -> bool:
        return self.job is not None and self.job.running


@pages.get("/<center:center>/<year:year>/exports/year-end")
@allowed(Right.EXPORT)
def show(center: str, year: Year) -> str:
    """The newest set of a year: each file with its state."""
    around = make_frame(center, year)
    found = list_files(get_connection(), get_instance().home, center, year.year)
    newest = next((job.asked["set"] for job in found if "set" in job.asked), None)
    jobs = {job.kind: job for job in found if newest and job.asked.get("set") == newest}
    choices = _choose(around, year)
    files = [
        SetFile(KINDS[key], jobs.get(key), _explain_obstacle(around, KINDS[key], choices)) for key in YEAR_END
    ]
    return render_template(
        "year_end.html",
        frame=around,
        files=files,
        done=sum(1 for one in files if one.made),
        asked=len(jobs),
        running=any(one.running for one in files),
        slow=SLOW,
        steps=[
            Crumb(f"{year.label}导出", url_for("export_list.index", center=center, year=year)),
            Crumb("年终材料"),
        ],
    )


@pages.post("/<center:center>/<year:year>/exports/year-end")
@allowed(Right.EXPORT)
def make(center: str, year: Year) -> Answer:
    """Asks for every file of the set that can be made; what cannot is told on the page."""
    around, home = make_frame(center, year), get_instance().home
    there = redirect(url_for("year_end.show", center=center, year=year))
    found = list_files(get_connection(), home, center, year.year)
    if any(job.running and "set" in job.asked for job in found):
        flash("年终材料正在生成，请稍候。")
        return there
    choices = _choose(around, year)
    possible = [KINDS[key] for key in YEAR_END if not _explain_obstacle(around, KINDS[key], choices)]
    with open_transaction() as connection:
        forget_old(connection, home, center, get_now())
    number = make_key(get_now())
    asked = [(one, choices.get(one.asks, {}) | {"set": number}) for one in possible]
    start(get_instance(), *(make_job(center, year, *one) for one in asked))
    return there


def _choose(around: PageFrame, year: Year) -> dict[str, dict[str, Any]]:
    """What a person would choose, by what a kind of file asks: last month that is over, the year's scheme."""
    month, key = find_last_finished_month(around, year), find_year_scheme(around.center.center_id, year)
    found: dict[str, dict[str, Any]] = {}
    if month:
        found["month"] = {"month": str(month), "label": month.label}
    if key:
        found["scheme"] = {"scheme": key, "label": dict(list_schemes(year))[key]}
    return found


def _explain_obstacle(around: PageFrame, kind: ExportKind, choices: dict[str, dict[str, Any]]) -> str:
    """Why a file cannot be made now; empty where it can."""
    center, year = around.center.center_id, around.year
    if not may(kind.right, center, year.year):
        return f"您没有“{kind.right.value}”权限。"
    if kind.asks == "month" and "month" not in choices:
        return f"{year.label}还没有已结束的月份，月报在当月结束后生成。"
    if kind.asks == "scheme" and "scheme" not in choices:
        return f"{year.label}尚未选定评价方案，或选定的方案已不可用。请由业务主管在“评价”页选定。"
    return explain_reach(kind, center)
