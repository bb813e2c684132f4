"""The life of a work order: which step may follow which, said plainly where it may not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.kinds import RowProblem

TITLES = {
    "accepted": "受理", "dispatched": "派单", "signed": "签收", "returned": "退单", "reassigned": "改派",
    "extended": "延期", "urged": "催办/督办", "paused": "暂停", "resumed": "恢复", "closed": "办结",
    "cancelled": "作废", "followed_up": "回访", "redone": "重办",
}  # fmt: skip

_BEFORE = {  # a step, and one of which there must have been
    "dispatched": ("accepted",),
    "signed": ("dispatched", "reassigned"),
    "returned": ("dispatched", "reassigned"),
    "reassigned": ("dispatched",),
    "extended": ("dispatched",),
    "urged": ("dispatched",),
    "paused": ("accepted",),
    "resumed": ("paused",),
    "closed": ("dispatched",),
    "cancelled": ("accepted",),
    "followed_up": ("closed",),
    "redone": ("closed",),
}
_WHILE_OPEN = (
    "dispatched", "signed", "returned", "reassigned", "extended", "urged", "paused", "resumed", "closed",
    "cancelled",
)  # fmt: skip


@dataclass(frozen=True)
class OrderStep:
    """A milestone of an order; `at` is None where it is known to have happened, but not when."""

    name: str
    at: datetime | None
    unit: str = ""

    @property
    def title(self) -> str:
        return TITLES.get(self.name, self.name)


def check_step(steps: Sequence[OrderStep], step: OrderStep) -> None:
    """Whether a step can follow what is known. Raises: RowProblem that says what comes first."""
    names = {one.name for one in steps}
    if "accepted" not in names:
        raise RowProblem("order_id", "还没有受理", "请核对编号；没有登记过的，请先填“工单受理”")
    before = _BEFORE[step.name]
    if not names.intersection(before):
        first = "或".join(TITLES[name] for name in before)
        raise RowProblem("action", f"“{step.title}”不能在{first}之前", _word_first(step, first))
    if step.name in _WHILE_OPEN and is_closed(steps, step.at):
        raise RowProblem(
            "action",
            f"“{step.title}”填不了：这张工单已经办结",
            "要重新办理，请先填“重办”；日期填错的，请更正那一条",
        )
    _check_time(steps, step, before)


def is_closed(steps: Sequence[OrderStep], at: datetime | None = None) -> bool:
    """Whether the order stands closed; with a time, as it stood then."""
    steps = [one for one in steps if at is None or one.at is None or one.at <= at]
    last = {name: max((_get_key(one) for one in steps if one.name == name), default="") for name in TITLES}
    return any(one.name == "closed" for one in steps) and last["redone"] <= last["closed"]


def _word_first(step: OrderStep, first: str) -> str:
    if step.name == "closed":
        return "请先填“派单”；当场答复、不用派出去的，派单的承办单位写热线中心自己"
    return f"请先填“{first}”"


def _check_time(steps: Sequence[OrderStep], step: OrderStep, before: tuple[str, ...]) -> None:
    """A step lies after the first of those that it follows, and after the acceptance."""
    for one in steps:
        if one.name == "accepted" and _is_earlier(step.at, one.at):
            raise RowProblem("at", f"早于受理时间（{_format_moment(one.at)}）", "请核对时间")
    earliest = min((one.at for one in steps if one.name in before and one.at), default=None)
    if _is_earlier(step.at, earliest):
        names = "或".join(TITLES[name] for name in before)
        raise RowProblem("at", f"早于{names}的时间（{_format_moment(earliest)}）", "请核对时间")


def _is_earlier(at: datetime | None, other: datetime | None) -> bool:
    return at is not None and other is not None and at < other


def _format_moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def _get_key(step: OrderStep) -> str:
    return step.at.isoformat() if step.at else ""
