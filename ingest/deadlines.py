"""A centre's own rule for the deadline of a work order, for exports that do not deliver one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from tracker.events.work_orders import DELIVERED
from tracker.workdays import END_OF_DAY, Calendar, CalendarUnknown


@dataclass(frozen=True, kw_only=True)
class DeadlineRule:
    """Working days by kind of appeal; `cutoff` and `end_of_day` as tracker.workdays counts them."""

    working_days: Mapping[str, int]  # 诉求类型 → working days
    otherwise: int | None = None  # for kinds not listed
    cutoff: time | None = None
    end_of_day: time = END_OF_DAY

    def deadline(
        self, calendar: Calendar, kind: str | None, accepted_at: datetime
    ) -> tuple[datetime | None, str | None]:
        """The deadline and what it rests on; (None, None) where the rule says nothing of the kind.

        Raises: CalendarUnknown for a year without a published calendar."""
        days = self.working_days.get(kind or "", self.otherwise)
        if days is None:
            return None, None
        at = calendar.deadline(accepted_at, working_days=days, cutoff=self.cutoff, end_of_day=self.end_of_day)
        return at, f"按规则推算：{kind or '未注明类型'} {days} 个工作日"


__all__ = ["DELIVERED", "CalendarUnknown", "DeadlineRule"]
