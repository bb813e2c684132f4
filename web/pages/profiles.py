"""A centre's import profiles: who saved them and what they read; taken away, brought, copied, removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from ingest.profiles.own_profiles import list_own, remove_own, take_in
from ingest.profiles.profile import Profile
from ingest.profiles.toml_profiles import ProfileProblem
from tracker.database import execute
from tracker.events.times import BEIJING
from tracker.facts.deliveries import deliveries
from web.access import Action, Right, allowed, audit, get_visible_years, may
from web.access.trail import find_latest
from web.access.years import list_visible_deliveries
from web.downloads import send_text
from web.instance import get_instance, get_log_connection, get_now
from web.pages.frame import PageFrame, make_frame
from web.uploads import UploadProblem, receive

pages = Blueprint("profiles", __name__)


@dataclass(frozen=True)
class ProfileLine:
    """A profile as the page lists it."""

    profile: Profile
    saved_at: datetime
    saved_by: str  # empty: nobody on the pages; it was put into the folder
    files: int  # that it read, as far as the person may see them
    last_file: str


@pages.get("/<center:center>/profiles/")
@allowed(Right.LOG)
def listed(center: str) -> str:
    """Every profile of the centre's own."""
    return _render(center)


@pages.post("/<center:center>/profiles/")
@allowed(Right.LOG)
def bring(center: str) -> Answer | tuple[str, int]:
    """Takes in a profile that was taken away elsewhere, when nothing is wrong with it."""
    try:
        with receive(suffixes=(".toml",)) as path:
            made = take_in(get_instance().home, center, path, replace=bool(request.form.get("replace")))
    except (UploadProblem, ProfileProblem) as problem:
        return _render(center, str(problem)), 422
    audit(Action.PROFILE_SAVED, f"{center}：{made.name}", details={"step": "由文件导入"})
    flash(f"已导入方案“{made.title}”，以后相同文件自动采用。")
    return redirect(url_for("profiles.listed", center=center))


@pages.get("/<center:center>/profiles/<profile>.toml")
@allowed(Right.LOG)
def take_away(center: str, profile: str) -> Response | Answer:
    """The profile as a file, for another centre or another instance."""
    found = _find(center, profile)
    if isinstance(found, Answer):
        return found
    assert found.source is not None
    audit(Action.EXPORTED, f"{center}：导入方案 {found.name}")
    return send_text(found.source.read_text(encoding="utf-8-sig"), f"{found.name}.toml")


@pages.post("/<center:center>/profiles/<profile>/copy")
@allowed(Right.LOG)
def copy(center: str, profile: str) -> Answer | tuple[str, int]:
    """Gives it to another centre in which the person may import as well."""
    found, target = _find(center, profile), request.form.get("to", "")
    if isinstance(found, Answer):
        return found
    targets = _list_targets(make_frame(center))
    if target not in targets:
        abort(403, "只能复制到您也有“数据填报和导入”权限的中心。")
    assert found.source is not None
    try:
        take_in(get_instance().home, target, found.source)
    except ProfileProblem as problem:
        return _render(center, f"没有复制：{str(problem).replace('本中心', '那个中心')}"), 422
    audit(Action.PROFILE_SAVED, f"{target}：{found.name}", details={"step": f"由 {center} 复制"})
    flash(f"已把导入方案“{found.title}”复制到“{targets[target]}”。")
    return redirect(url_for("profiles.listed", center=center))


@pages.post("/<center:center>/profiles/<profile>/removal")
@allowed(Right.LOG)
def remove(center: str, profile: str) -> Answer:
    """Takes it out of use."""
    found = _find(center, profile)
    if isinstance(found, Answer):
        return found
    remove_own(get_instance().home, center, found.name, get_now())
    audit(Action.PROFILE_REMOVED, f"{center}：{found.name}")
    flash(f"已删除导入方案“{found.title}”。已导入的数据不变；以后遇到此类文件须重新设置各列。")
    return redirect(url_for("profiles.listed", center=center))


def _render(center: str, problem: str = "") -> str:
    frame = make_frame(center)
    return render_template(
        "imports/profiles.html", frame=frame, lines=_list_lines(center), targets=_list_targets(frame),
        problem=problem,
    )  # fmt: skip


def _list_targets(frame: PageFrame) -> dict[str, str]:
    """The other centres in which the person may import, with their names."""
    others = (one for one in frame.centers if one.center_id != frame.center.center_id)
    return {one.center_id: one.name for one in others if may(Right.LOG, one.center_id)}


def _list_lines(center: str) -> list[ProfileLine]:
    own, connection = list_own(get_instance().home, center), get_log_connection()
    saved = find_latest(connection, Action.PROFILE_SAVED, (f"{center}：{one.name}" for one in own))
    read = _list_files(connection, center, [one.name for one in own])
    return [_make_line(one, saved.get(f"{center}：{one.name}"), read.get(one.name, [])) for one in own]


def _make_line(profile: Profile, saved: tuple[datetime, str] | None, files: list[str]) -> ProfileLine:
    assert profile.source is not None
    written = datetime.fromtimestamp(profile.source.stat().st_mtime, BEIJING)
    at, by = saved or (written, "")
    return ProfileLine(profile, at, by, len(files), files[-1] if files else "")


def _list_files(
    connection: psycopg.Connection[Any], center: str, profiles: list[str]
) -> Mapping[str, list[str]]:
    """Profile → names of the files that it read and that the person may see, in the order of their import."""
    table, found = deliveries.c, dict[str, list[str]]()
    rows = (
        sa.select(table.profile, table.file_name)
        .where(table.center_id == center, table.profile.in_(profiles), table.voided.is_(False))
        .order_by(table.imported_at)
    )
    seen = list_visible_deliveries(connection, center, get_visible_years(center))
    if seen is not None:
        rows = rows.where(table.delivery.in_(seen))
    for profile, name in execute(connection, rows):
        found.setdefault(profile, []).append(name)
    return found


def _find(center: str, name: str) -> Profile | Answer:
    """One of the centre's own; back to the list where it is not there."""
    found = next((one for one in list_own(get_instance().home, center) if one.name == name), None)
    if found is None:
        flash("没有该导入方案，可能已删除。")
        return redirect(url_for("profiles.listed", center=center))
    return found
