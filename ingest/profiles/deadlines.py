"""A centre's own rule for the deadline of a work order, where an export delivers none or a length of time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import NamedTuple

from tracker.events.work_orders import BY_DAYS, BY_HOURS, BY_RULE
from tracker.workdays import END_OF_DAY, Calendar, CalendarUnknown, Hours, format_hours

DELIVERED = "来源文件"
WORKING_DAYS, WORKING_HOURS, HOURS = "个工作日", "工作时", "小时"
LIMITS = {
    "working_days": WORKING_DAYS,
    "working_hours": WORKING_HOURS,
    "hours": HOURS,
}
PAUSES = {True: "extend", False: "keep"}  # what becomes of a deadline while its order is paused
_WRITTEN = re.compile(r"(\d{1,4})个?(工作日|工作时|工作小时|小时)内?")


class Limit(NamedTuple):
    """A length of time within which an order is to be closed."""

    number: int
    unit: str  # WORKING_DAYS, WORKING_HOURS, HOURS

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


def limit_of(written: str) -> Limit | None:
    """5个工作日, 48工作时, 2小时; None for anything else: a bare number or 天 may mean either sort of day."""
    found = _WRITTEN.fullmatch(written.replace(" ", ""))
    if found is None or int(found[1]) == 0:
        return None
    unit = {"工作日": WORKING_DAYS, "小时": HOURS}.get(found[2], WORKING_HOURS)
    return Limit(int(found[1]), unit)


@dataclass(frozen=True, kw_only=True)
class DeadlineRule:
    """Lengths of time by kind of appeal; `cutoff` and `end_of_day` as tracker.workdays takes them."""

    limits: Mapping[str, Limit] = field(default_factory=dict)  # by 诉求类型
    otherwise: int | None = None  # working days, for kinds not listed
    cutoff: time | None = None
    end_of_day: time = END_OF_DAY
    pauses: bool | None = None  # whether time paused moves the deadline; None: the rule does not say
    work_hours: tuple[Hours, ...] = ()  # of a working day; without them nothing is counted in working hours

    def deadline(
        self, calendar: Calendar, kind: str | None, accepted_at: datetime
    ) -> tuple[datetime | None, str | None]:
        """The deadline and what it rests on; (None, None) where the rule says nothing of the kind.

        Raises: CalendarUnknown for a year without a published calendar."""
        limit = self.limits.get(kind or "")
        if limit is None and self.otherwise is not None:
            limit = Limit(self.otherwise, WORKING_DAYS)
        if limit is None:
            return None, None
        return self.end_of(limit, calendar, accepted_at), f"{BY_RULE}：{kind or '未注明类型'} {limit}"

    def end_of(self, limit: Limit, calendar: Calendar, accepted_at: datetime) -> datetime:
        """When a length of time after the acceptance has passed. Raises: CalendarUnknown."""
        if limit.unit == HOURS:
            return accepted_at + timedelta(hours=limit.number)
        if limit.unit == WORKING_HOURS:
            return calendar.add_working_time(accepted_at, timedelta(hours=limit.number), self.work_hours)
        return calendar.deadline(
            accepted_at, working_days=limit.number, cutoff=self.cutoff, end_of_day=self.end_of_day
        )

    def pauses_extend(self, basis: str | None) -> str | None:
        """What time paused is counted in where it moves a deadline of this basis; None where it does not."""
        if not self.pauses:
            return None
        counted_in = (basis or "").rpartition(" ")[2]
        if counted_in == WORKING_HOURS:
            return format_hours(self.work_hours)
        return BY_DAYS if counted_in == WORKING_DAYS else BY_HOURS


__all__ = ["DELIVERED", "CalendarUnknown", "DeadlineRule", "Limit", "limit_of"]
