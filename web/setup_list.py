"""What is left to do before a centre's figures can be relied on: one line a thing, with where it is done.

Nothing is taken for settled because a default exists: what the product cannot know – whether the contract's
targets are those delivered with it – stays open until somebody says that she looked.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask import url_for

from ingest.profiles.own_profiles import list_own
from ingest.records.declarations import read_declarations
from kpi.evaluation.rehearsal.stored_rehearsal import find_chosen_scheme
from kpi.evaluation.scheme_files import SchemeProblem, UnknownScheme, find_scheme, read_scheme
from kpi.figures import results
from kpi.figures.coverage_reading import find_newest_year
from kpi.figures.definitions.in_force import read_definitions
from tracker.facts.deliveries import deliveries
from tracker.facts.seats import contracted_seats
from tracker.facts.staffing import posts
from tracker.periods import Month, Year
from tracker.workdays import Calendar
from web.access import Action, Right, Role
from web.access.people import count_holders
from web.access.trail import find_latest
from web.instance import get_connection, get_instance, get_log_connection

CHECKED = {  # what somebody may say that she looked at, or that it does not apply
    "targets": "目标值与合同、任务书一致",
    "posts": "没有核定岗位文件",
    "seats": "合同未约定座席数",
    "hours": "工单文件自带办理时限",
}
_NEEDED = (Role.CLERK, Role.MANAGER, Role.APPROVER)
_NEXT_NOTICE = 11  # the month in which the State Council tells the next year's holidays


@dataclass(frozen=True)
class SetupLine:
    """A thing to set up: how it stands in words, and where it is done."""

    key: str
    title: str
    words: str
    done: bool
    action: str
    address: str
    right: Right  # whoever has it can do it
    checked: tuple[datetime, str] | None = None  # who said that she looked, and when

    @property
    def settled(self) -> bool:
        return self.done or self.checked is not None

    @property
    def claim(self) -> str | None:
        """What may be said of it instead of doing it; None where it has to be done."""
        return None if self.settled else CHECKED.get(self.key)


def list_setup(center: str, today: date) -> list[SetupLine]:
    """Every line, in the order in which they are done best."""
    checked = find_latest(
        get_log_connection(), Action.SETUP_CHECKED, (name_check(center, key) for key in CHECKED)
    )
    return [
        _describe_people(center, today),
        _describe_targets(center, today, checked.get(name_check(center, "targets"))),
        _describe_posts(center, today, checked.get(name_check(center, "posts"))),
        _describe_seats(center, today, checked.get(name_check(center, "seats"))),
        _describe_calendar(center, today),
        *_describe_profiles(center, checked.get(name_check(center, "hours"))),
        _describe_scheme(center, today),
        _describe_files(center),
        _describe_declarations(center),
        _describe_figures(center, today),
    ]


def name_check(center: str, key: str) -> str:
    """What the audit trail calls the check of one line."""
    return f"{center}：{CHECKED[key]}"


def _describe_people(center: str, today: date) -> SetupLine:
    held = count_holders(get_log_connection(), today)
    counts = {role: held[center, role] + held[None, role] for role in _NEEDED}
    missing = [role.label for role, count in counts.items() if not count]
    told = "、".join(f"{role.label}{count}人" for role, count in counts.items() if count)
    words = f"{told}。" if told else ""
    words += f"还没有{'、'.join(missing)}。" if missing else ""
    address = url_for("new_people.index", center=center)
    return SetupLine("people", "人员", words, not missing, "新增人员", address, Right.MANAGE_PEOPLE)


def _describe_targets(center: str, today: date, checked: tuple[datetime, str] | None) -> SetupLine:
    definitions = read_definitions(get_connection(), center)
    indicators = [one for _, group in definitions.groups(Month.of(today)) for one in group]
    with_target = sum(one.target is not None for one in indicators)
    adopted = len({one.indicator.key for one in definitions.adopted})
    words = f"{with_target}项指标有目标值，" + (
        f"本中心变更过{adopted}项。" if adopted else "均为系统自带的。"
    )
    if checked is None:
        words += "请与合同、任务书逐项核对，不一致的申请变更。"
    address = url_for("definitions.index", center=center)
    return SetupLine("targets", "目标值", words, False, "核对目标值", address, Right.SUBMIT, checked)


def _describe_posts(center: str, today: date, checked: tuple[datetime, str] | None) -> SetupLine:
    count, people = _sum_posts(center)
    words = f"已登记{count}个岗位，核定{people:,}人。" if count else "尚未登记；有关编制的指标无法计算。"
    address = url_for("days.fill_in", center=center, day=today, form="post")
    return SetupLine("posts", "核定岗位", words, bool(count), "登记岗位", address, Right.LOG, checked)


def _sum_posts(center: str) -> tuple[int, int]:
    """The posts that are told of, and the people they are for, each by its latest day."""
    latest = (
        sa.select(posts.c.post, posts.c.headcount)
        .where(posts.c.center_id == center)
        .distinct(posts.c.post)
        .order_by(posts.c.post, posts.c.effective_on.desc())
        .subquery()
    )
    summed = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(latest.c.headcount), 0))
    count, people = get_connection().execute(summed.select_from(latest)).one()
    return int(count), int(people)


def _describe_seats(center: str, today: date, checked: tuple[datetime, str] | None) -> SetupLine:
    first = sa.select(sa.func.max(contracted_seats.c.effective_on)).where(
        contracted_seats.c.center_id == center
    )
    newest = get_connection().scalar(first)
    words = f"时段表自{newest}起执行。" if newest else "尚未登记；座席在岗的指标无法计算。"
    address = url_for("days.fill_in", center=center, day=today, form="contracted_seats")
    return SetupLine("seats", "合同座席", words, newest is not None, "登记座席", address, Right.LOG, checked)


def _describe_calendar(center: str, today: date) -> SetupLine:
    years = Calendar.load(get_instance().home / "calendars").years
    wanted = [today.year] + ([today.year + 1] if today.month > _NEXT_NOTICE else [])
    missing = [year for year in wanted if year not in years]
    words = f"已有{min(years)}至{max(years)}年。"
    if missing:
        words += f"缺{'、'.join(f'{year}年' for year in missing)}，时限无法计算。"
    address = url_for("settings.index", center=center, _anchor="calendar")
    return SetupLine("calendar", "工作日历", words, not missing, "查看", address, Right.SEE_FIGURES)


def _describe_profiles(center: str, checked: tuple[datetime, str] | None) -> Iterator[SetupLine]:
    own = list_own(get_instance().home, center)
    ruled = any(one.rules.deadline is not None for one in own)
    words = "已设置。" if ruled else "未设置：没有截止时间的工单，不判断是否逾期。"
    address = url_for("settings.index", center=center, _anchor="hours")
    yield SetupLine("hours", "工作时间和办理时限", words, ruled, "设置", address, Right.LOG, checked)
    words = f"已保存{len(own)}个。" if own else "尚未保存；表头能直接识别的文件不需要。"
    address = url_for("profiles.listed", center=center)
    yield SetupLine("profile", "导入方案", words, True, "查看", address, Right.LOG)


def _describe_scheme(center: str, today: date) -> SetupLine:
    chosen = find_chosen_scheme(get_connection(), center, today.year)
    words = f"{today.year}年：{_name_scheme(chosen.scheme)}。" if chosen else f"{today.year}年尚未选定。"
    address = url_for("evaluation.index", center=center, year=Year(today.year))
    return SetupLine("scheme", "评价方案", words, chosen is not None, "选定方案", address, Right.SUBMIT)


def _name_scheme(key: str) -> str:
    """The title of a scheme; its key where the file is not there, or faulty."""
    with suppress(SchemeProblem, UnknownScheme):
        return read_scheme(find_scheme(key, get_instance().home)).title
    return key


def _describe_files(center: str) -> SetupLine:
    counted = sa.select(sa.func.count()).where(
        deliveries.c.center_id == center, deliveries.c.voided.is_(False), deliveries.c.as_of_basis != "form"
    )
    count = int(get_connection().scalar(counted) or 0)
    words = f"已导入{count:,}次。" if count else "还没有导入文件：话单、工单、花名册等，可以打成一个压缩包。"
    address = url_for("imports.index", center=center)
    return SetupLine("files", "第一批文件", words, bool(count), "导入文件", address, Right.LOG)


def _describe_declarations(center: str) -> SetupLine:
    states = list(read_declarations(get_log_connection(), center))
    names = sum(len(one.unsaid) for one in states)
    opened = any(one.said for one in states if one.topic == "opened")
    words = [] if opened else ["热线启用日期未设定"]
    words += [f"数据中有{names}个名称未设定"] if names else []
    told = f"{'，'.join(words)}。" if words else "已全部设定。"
    address = url_for("declarations.listed", center=center)
    return SetupLine("declarations", "统计设定", told, not words, "去设定", address, Right.LOG)


def _describe_figures(center: str, today: date) -> SetupLine:
    """Done once calls or orders came and every figure rests on all that came."""
    year, current = (
        find_newest_year(get_connection(), center, today),
        results.read_freshness(get_connection(), center).current,
    )
    words = "导入话单或工单后自动计算，约1分钟。"
    if year is not None:
        words = f"{year}年已有指标。" if current else f"{year}年的数据已导入，正在计算，约1分钟。"
    address = url_for("centers.center", center=center)
    done = year is not None and current
    return SetupLine("figures", "第一批指标", words, done, "查看指标", address, Right.SEE_FIGURES)
