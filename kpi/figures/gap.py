"""A gap: one thing that a figure lacks, as data. `gap_words` says it in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kpi.figures.day_runs import DayRun
from tracker.events import Json


class GapCode(StrEnum):
    """What kind of gap it is; its remedy follows from that and from the source."""

    MISSING = "missing"  # units that are not there, though their month is over
    OWED = "owed"  # units that are not there, while their month runs
    NOTHING = "nothing"  # none of the units expected is there
    CARRIED_NEVER = "carried_never"  # nothing of the month before, whose rows may count in the period
    CARRIED_MISSING = "carried_missing"  # units of the month before, whose rows may count in the period
    CARRIED_EARLIER = "carried_earlier"  # units before that month, whose rows may count in the period
    NEIGHBOURS = "neighbours"  # days before the period, whose rows make rows of it count
    ROWS_HELD = "rows_held"
    ROWS_ASKED = "rows_asked"  # that wait with their file for an answer
    COLUMN_UNTOLD = "column_untold"  # a field that no row tells
    FIELD_LACKING = "field_lacking"  # rows that do not tell a field
    FIELD_MISREAD = "field_misread"  # rows that do not tell a field, some for a cell that was not understood
    LEAVING_UNTOLD = "leaving_untold"  # people of whom nobody told whether and when they left
    TOPIC_UNDECLARED = "topic_undeclared"  # rows of which the centre's own declarations should say something
    UNSETTLED = "unsettled"  # rows last told of before they were settled
    NOT_TOLD_APART = "not_told_apart"  # no row is of a sort, and perhaps the source does not know that sort


_OF_UNITS = frozenset(
    {
        GapCode.MISSING, GapCode.OWED, GapCode.NOTHING, GapCode.NEIGHBOURS,
        GapCode.CARRIED_NEVER, GapCode.CARRIED_MISSING, GapCode.CARRIED_EARLIER,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """What one source lacks."""

    code: GapCode
    source: str  # key of the source
    runs: tuple[DayRun, ...] = ()  # the units that lack
    count: int = 0  # rows; of NOTHING, how many units were expected
    misread: int = 0  # of the rows, whose cell was there but was not understood
    titles: tuple[str, ...] = ()  # of the field; of NOT_TOLD_APART, what no row is
    unit: str = "行"  # what is counted, where several rows make one thing

    @property
    def is_of_rows(self) -> bool:
        """Whether something is there that does not tell enough; else days or months are not there."""
        return self.code not in _OF_UNITS


def write_gaps(gaps: Iterable[Gap]) -> list[Json]:
    """Gaps as JSON, each without what it has none of."""
    return [_write(gap) for gap in gaps]


def read_gaps(objects: Iterable[Any]) -> tuple[Gap, ...]:
    """Gaps from the JSON that `write_gaps` made of them."""
    return tuple(map(_read, objects))


def _write(gap: Gap) -> Json:
    fields: dict[str, Json] = {"code": gap.code.value, "source": gap.source}
    if gap.runs:
        fields["runs"] = [
            [run.first.isoformat(), run.last.isoformat(), run.lacking, run.whole] for run in gap.runs
        ]
    if gap.count:
        fields["count"] = gap.count
    if gap.misread:
        fields["misread"] = gap.misread
    if gap.titles:
        fields["titles"] = list(gap.titles)
    if gap.unit != Gap.unit:
        fields["unit"] = gap.unit
    return fields


def _read(fields: Mapping[str, Any]) -> Gap:
    runs = (
        DayRun(date.fromisoformat(first), date.fromisoformat(last), lacking, whole)
        for first, last, lacking, whole in fields.get("runs", ())
    )
    return Gap(
        GapCode(fields["code"]),
        fields["source"],
        tuple(runs),
        fields.get("count", 0),
        fields.get("misread", 0),
        tuple(fields.get("titles", ())),
        fields.get("unit", Gap.unit),
    )
