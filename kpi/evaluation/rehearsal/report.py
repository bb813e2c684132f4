"""A rehearsal as plain text of a hundred columns, and as a JSON object."""

from collections.abc import Iterator
from typing import Any

from kpi.evaluation.numbers import show_parts, show_points
from kpi.evaluation.paragraphs import clip_text, wrap_text
from kpi.evaluation.rehearsal.points_status import Deadline, PointsStatus, Rehearsal, Task
from kpi.figures.serializing import format_exact
from kpi.terminal_tables import LEFT, RIGHT, align_rows

_TITLE, _WORK = 34, 64


def format_rehearsal(rehearsal: Rehearsal, *, how: bool = False, every: bool = False) -> Iterator[str]:
    """The sums, what to do by points, what is lost; `how` tells the ways, `every` each indicator."""
    evaluation = rehearsal.evaluation
    today = rehearsal.today
    yield f"{evaluation.facts.title}，按评价方案 {evaluation.scheme.key}（{evaluation.scheme.title}）"
    yield f"模拟评分（截至{today.year}年{today.month}月{today.day}日）：{_format_total(rehearsal)}"
    yield ""
    yield from align_rows(_list_sums(rehearsal), LEFT + RIGHT + LEFT)
    yield ""
    yield from _format_tasks(rehearsal, how=how)
    yield ""
    yield from _format_lost(rehearsal)
    if every:
        yield ""
        yield from align_rows([_HEADER, *map(_format_status_row, rehearsal.statuses)], LEFT + RIGHT * 5)
    if not rehearsal.ended:
        yield ""
        yield from wrap_text(
            "年度尚未结束：余下月份的业务量按已过去的月份推算；各项在最差和最好之间的计为待落实。"
        )


def convert_rehearsal(rehearsal: Rehearsal) -> dict[str, Any]:
    """Sums, tasks by points, and every indicator's standing; points are exact texts."""
    evaluation = rehearsal.evaluation
    return {
        "scheme": evaluation.scheme.key,
        "title": evaluation.facts.title,
        "today": rehearsal.today.isoformat(),
        "ended": rehearsal.ended,
        "total": format_exact(evaluation.total),
        "rating": evaluation.rating,
        "safe": format_exact(rehearsal.safe),
        "at_risk": format_exact(rehearsal.at_risk),
        "lost": format_exact(rehearsal.lost),
        "best": format_exact(rehearsal.best),
        "tasks": [_convert_task(one) for one in rehearsal.tasks],
        "indicators": [_convert_status(one) for one in rehearsal.statuses],
    }


def _format_total(rehearsal: Rehearsal) -> str:
    evaluation = rehearsal.evaluation
    best = evaluation.scheme.rating(rehearsal.best)
    text = f"{show_points(evaluation.total)}分，等级“{evaluation.rating}”"
    return f"{text}；全部落实后可达{show_points(rehearsal.best)}分，等级“{best}”。"


def _list_sums(rehearsal: Rehearsal) -> list[tuple[str, str, str]]:
    safe, at_risk, lost = show_parts((rehearsal.safe, rehearsal.at_risk, rehearsal.lost))
    return [
        ("已落实", f"{safe}分", "数据完整且已锁定，或已附佐证材料"),
        ("待落实", f"{at_risk}分", "尚可争取，处理办法见下"),
        ("已失分", f"{lost}分", "已无法挽回"),
    ]


def _format_tasks(rehearsal: Rehearsal, *, how: bool) -> Iterator[str]:
    if not rehearsal.tasks:
        yield "暂无待办事项。"
        return
    yield "待办事项（按分值由高到低）：" if how else "待办事项（按分值由高到低；加 --how 查看处理办法）："
    if not how:
        rows = [_TASK_HEADER, *(row for task in rehearsal.tasks for row in _list_task_rows(task, rehearsal))]
        yield from align_rows(rows, RIGHT + LEFT * 4)
        return
    for number, task in enumerate(rehearsal.tasks, start=1):
        yield ""
        yield from wrap_text(f"{number:>2}. {show_points(task.points)}分  {_describe_work(task)}", indent="")
        yield from wrap_text(f"期限：{_format_deadline(task, rehearsal)}", indent="    ")
        yield from wrap_text(f"涉及指标：{_describe_items(task)}", indent="    ")
        for why in dict.fromkeys(stake.why for stake in task.stakes if stake.why):
            yield from wrap_text(f"原因：{why}", indent="    ")
        for one in task.remedies:
            yield from wrap_text(f"处理办法：{one.how}", indent="    ")
            yield from (f"      {command}" for command in one.commands)


_TASK_HEADER = ("分值", "类别", "事项", "期限", "涉及指标")


def _list_task_rows(task: Task, rehearsal: Rehearsal) -> Iterator[tuple[str, ...]]:
    """A line for the work, and one for whatever else must be done with it."""
    codes = [stake.item.code for stake in task.stakes]
    concerned = "、".join(codes[:3]) + (f"等{len(codes)}项" if len(codes) > 3 else "")
    for number, one in enumerate(task.remedies):
        points, items = (show_points(task.points), concerned) if number == 0 else ("", "")
        text = one.text if number == 0 else f"并且{one.text}"
        yield points, str(one.way), clip_text(text, _WORK), _format_day(one.deadline, rehearsal), items


def _format_day(deadline: Deadline, rehearsal: Rehearsal) -> str:
    if deadline.day is None:
        return deadline.basis
    return f"{deadline.day}（已过）" if deadline.passed(rehearsal.today) else str(deadline.day)


def _describe_work(task: Task) -> str:
    """What is to be done, all of it."""
    return "；并且".join(one.text for one in task.remedies)


def _format_deadline(task: Task, rehearsal: Rehearsal) -> str:
    deadlines = (format_deadline(one.deadline, rehearsal) for one in task.remedies)
    return "；".join(dict.fromkeys(deadlines))


def format_deadline(deadline: Deadline, rehearsal: Rehearsal) -> str:
    """The day with its reason; 已过 where it has passed."""
    if deadline.day is None:
        return deadline.basis
    passed = "，已过，请立即核实是否仍可取得" if deadline.passed(rehearsal.today) else ""
    return f"{deadline.day}（{deadline.basis}{passed}）"


def _describe_items(task: Task) -> str:
    return "、".join(
        f"{one.item.code} {one.item.title}（{show_points(one.points)}分）" for one in task.stakes
    )


def _format_lost(rehearsal: Rehearsal) -> Iterator[str]:
    found = [one for one in rehearsal.statuses if one.lost]
    if not found:
        yield "无已失分。"
        return
    yield "已失分："
    for one in sorted(found, key=lambda one: -one.lost):
        item = one.score.item
        yield from wrap_text(
            f"{item.code} {item.title} 失{show_points(one.lost)}分：{one.why_lost}", indent="  "
        )


_HEADER = ("指标", "分值", "今日得分", "已落实", "待落实", "已失分")


def _format_status_row(one: PointsStatus) -> tuple[str, ...]:
    item = one.score.item
    points = (item.weight, one.score.final.points, one.safe, one.at_risk, one.lost)
    return (clip_text(f"{item.code} {item.title}", _TITLE), *map(show_points, points))


def _convert_task(task: Task) -> dict[str, Any]:
    return {
        "points": format_exact(task.points),
        "indicators": [
            {
                "code": one.item.code,
                "title": one.item.title,
                "points": format_exact(one.points),
                "why": one.why,
            }
            for one in task.stakes
        ],
        "remedies": [
            {
                "way": str(one.way),
                "text": one.text,
                "how": one.how,
                "commands": list(one.commands),
                "effort": one.effort,
                "deadline": one.deadline.day.isoformat() if one.deadline.day else None,
                "deadline_basis": one.deadline.basis,
            }
            for one in task.remedies
        ],
    }


def _convert_status(one: PointsStatus) -> dict[str, Any]:
    item = one.score.item
    return {
        "code": item.code,
        "title": item.title,
        "weight": format_exact(item.weight),
        "actual": one.score.told.text,
        "today": format_exact(one.score.final.points),
        "safe": format_exact(one.safe),
        "at_risk": format_exact(one.at_risk),
        "lost": format_exact(one.lost),
        "why_lost": one.why_lost or None,
    }
