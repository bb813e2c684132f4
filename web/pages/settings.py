"""What a centre sets up on the pages: its name, posts and seats, hours and time limits, the year's scheme."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ingest.profiles.own_deadline import find_deadline, save_deadline
from ingest.profiles.own_profile import to_file_name
from ingest.profiles.toml_profiles import ProfileProblem
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scheme_files import SchemeProblem, list_scheme_paths, read_scheme
from tracker.centers import CenterProblem, rename_center
from tracker.facts.evaluation import chosen_schemes
from tracker.facts.seats import contracted_seats
from tracker.facts.staffing import posts
from tracker.file_writing import copy_file
from tracker.workdays import Calendar
from web.access import Action, Right, allowed, get_visible_years, note
from web.deadline_form import DeadlineProblem, read_rule
from web.instance import get_connection, get_instance, open_log_transaction
from web.pages.frame import make_frame
from web.uploads import UploadProblem, receive

pages = Blueprint("settings", __name__)

PAUSES = {"": "未约定", "extend": "顺延", "keep": "不顺延"}
_DAYS = "一二三四五六日"


class SettingProblem(ValueError):
    """设置里有要改的地方。"""


@pages.get("/<center:center>/settings/")
@allowed(Right.SEE_FIGURES)
def index(center: str) -> str:
    """Everything that the centre set up."""
    return _render(center)


@pages.post("/<center:center>/settings/name")
@allowed(Right.SUBMIT)
def rename(center: str) -> Response | tuple[str, int]:
    """Gives the centre another name."""
    refuse_some_years(center)
    try:
        with open_log_transaction() as connection:
            before = rename_center(connection, center, request.form.get("name", ""))
            name = " ".join(request.form["name"].split())
            note(connection, Action.CENTER_CHANGED, center, details={"name": [before, name]})
    except CenterProblem as problem:
        return _render(center, name=str(problem)), 422
    flash(f"中心名称已改为“{name}”；以前生成的报告不变。")
    return redirect(url_for("settings.index", center=center))


@pages.post("/<center:center>/settings/schemes")
@allowed(Right.SUBMIT)
def bring_scheme(center: str) -> Response | tuple[str, int]:
    """Takes in a scheme of one's own under its file's name, when it is sound; none is replaced."""
    refuse_some_years(center)
    home = get_instance().home
    try:
        with receive(suffixes=(".toml",)) as path:
            key = to_file_name(path.stem)
            if not key or key in list_scheme_paths(home):
                raise SettingProblem(f"已有名为“{key}”的评价方案，或文件名不能用；请换一个文件名。")
            title = read_scheme(path).title
            (home / "schemes").mkdir(parents=True, exist_ok=True)
            copy_file(path, home / "schemes" / f"{key}.toml")
    except (SettingProblem, SchemeProblem, UploadProblem) as problem:
        return _render(center, scheme=str(problem)), 422
    with open_log_transaction() as connection:
        note(connection, Action.CENTER_CHANGED, center, details={"change": f"导入评价方案 {key}"})
    flash(f"已导入评价方案“{title}”；请在“评价”中为年度选定。")
    return redirect(url_for("settings.index", center=center, _anchor="scheme"))


@pages.post("/<center:center>/settings/hours")
@allowed(Right.SUBMIT)
def set_hours(center: str) -> Response | tuple[str, int]:
    """Keeps working hours and time limits of orders for what is imported and entered from now on."""
    refuse_some_years(center)
    try:
        save_deadline(get_instance().home, center, read_rule(request.form))
    except (DeadlineProblem, ProfileProblem) as problem:
        return _render(center, hours=str(problem)), 422
    with open_log_transaction() as connection:
        note(connection, Action.CENTER_CHANGED, center, details={"change": "工作时间和办理时限"})
    flash("已保存；对以后导入和录入的工单有效，以前导入的工单，重新导入后按新的时限计算。")
    return redirect(url_for("settings.index", center=center, _anchor="hours"))


def refuse_some_years(center: str) -> None:
    """Answers 403 to whoever may act for some years alone: what is set up holds for all of them."""
    if get_visible_years(center) is not None:
        abort(403, "设置对全部年度有效，请由授权不限年度的业务主管办理。")


def _render(center: str, **problems: str) -> str:
    around, home = make_frame(center), get_instance().home
    return render_template(
        "settings/index.html",
        frame=around,
        problems=problems,
        typed=request.form,
        posts=_list_posts(center),
        seats=_list_seats(center),
        rule=find_deadline(home, center),
        pauses=PAUSES,
        chosen=_list_chosen(center, _list_schemes()),
        calendar=Calendar.load(home / "calendars"),
    )


def _list_schemes() -> dict[str, Scheme]:
    """Key → scheme, those left out whose file is faulty."""
    found = {}
    for key, path in list_scheme_paths(get_instance().home).items():
        with suppress(SchemeProblem):
            found[key] = read_scheme(path)
    return found


def _list_chosen(center: str, schemes: Mapping[str, Scheme]) -> list[tuple[str, str, str, datetime]]:
    """Year, the title of its scheme, who chose it and when; the newest year first."""
    table = chosen_schemes.c
    rows = (
        sa.select(table.period, table.scheme, table.chosen_by, table.chosen_at)
        .where(table.center_id == center)
        .order_by(table.period.desc())
    )
    return [
        (year, schemes[key].title if key in schemes else f"{key}（文件不在了）", by, at)
        for year, key, by, at in get_connection().execute(rows)
    ]


def _list_posts(center: str) -> list[tuple[date, str, int, str | None]]:
    """Effective day, post, headcount and what fixed it; the newest day first."""
    table = posts.c
    rows = sa.select(table.effective_on, table.post, table.headcount, table.basis)
    newest_first = rows.where(table.center_id == center).order_by(table.effective_on.desc(), table.post)
    return [(day, post, count, basis) for day, post, count, basis in get_connection().execute(newest_first)]


def _list_seats(center: str) -> list[tuple[date, str, int, int]]:
    """Effective day, day of the week, hours that have seats and the most seats, of the newest timetable."""
    table = contracted_seats.c
    newest = sa.select(sa.func.max(table.effective_on)).where(table.center_id == center).scalar_subquery()
    rows = (
        sa.select(table.effective_on, table.weekday, sa.func.count(), sa.func.max(table.seats))
        .where(table.center_id == center, table.effective_on == newest)
        .group_by(table.effective_on, table.weekday)
        .order_by(table.weekday)
    )
    return [
        (day, f"周{_DAYS[number - 1]}", hours, most)
        for day, number, hours, most in get_connection().execute(rows)
    ]
