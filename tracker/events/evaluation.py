"""What people tell for the year-end evaluation: attested values, marks of experts, verdicts, the scheme."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from tracker.events.event import Event, Json


@dataclass(frozen=True, kw_only=True)
class IndicatorAttested(Event):
    """A person attested the actual value of an indicator of a scheme, with the documents that show it.

    Source: the attestation itself (填报), one per scheme, period and indicator; a later one holds.
    """

    type: ClassVar[str] = "indicator.attested"
    source: ClassVar[str] = "evaluation"

    scheme: str
    indicator: str  # code of the third-level indicator in the scheme
    period: str  # 2023
    value: str  # as the scheme's rule takes it: 98.95%, 是,是,否, 达成
    unit: str
    attested_by: str
    attested_at: datetime
    documents: list[Json]  # SHA-256 of each document, in hex
    remark: str | None
    reason: str | None  # why it holds against what the log counts; None: then the log holds

    @property
    def subject(self) -> str:
        return f"attestation/{self.scheme}/{self.period}/{self.indicator}"

    @property
    def occurred_at(self) -> datetime:
        return self.attested_at


@dataclass(frozen=True, kw_only=True)
class ExpertMarked(Event):
    """An expert of the panel marked an indicator of a scheme.

    Source: table of marks (专家打分表), one row per expert and indicator; a later mark holds.
    """

    type: ClassVar[str] = "expert.marked"
    source: ClassVar[str] = "evaluation"

    scheme: str
    indicator: str
    period: str
    expert: str
    points: Decimal
    marked_at: datetime
    remark: str | None

    @property
    def subject(self) -> str:
        return f"expert_mark/{self.scheme}/{self.period}/{self.indicator}/{self.expert}"

    @property
    def occurred_at(self) -> datetime:
        return self.marked_at


@dataclass(frozen=True, kw_only=True)
class FigureJudged(Event):
    """An evaluator said whether she accepts a figure as it was shown to her.

    Source: the evaluator's room (评价核验). Every verdict stays; her later one on a figure holds.
    """

    type: ClassVar[str] = "figure.judged"
    source: ClassVar[str] = "evaluation"

    indicator: str
    period: str  # 2023, 2023-Q2 or 2023-05
    verdict: str  # accepted | rejected | unverifiable
    note: str | None
    code: str  # of the figure that she saw
    value: str | None  # exactly as it was shown
    recomputed: str | None  # what computing it again gave then; None: no value, or not computed again
    recomputed_seq: int | None  # the log's end at that time; None: it had not been computed again
    judged_by: str
    login: str
    judged_at: datetime

    @property
    def subject(self) -> str:
        return f"figure_verdict/{self.period}/{self.indicator}"

    @property
    def slot(self) -> str:
        return self.login

    @property
    def occurred_at(self) -> datetime:
        return self.judged_at


@dataclass(frozen=True, kw_only=True)
class RowSeen(Event):
    """An evaluator held a row of a drawn sample against its original.

    Source: the evaluator's room (评价核验), the list of a sample. Every one stays; her later one on a row
    holds.
    """

    type: ClassVar[str] = "row.seen"
    source: ClassVar[str] = "evaluation"

    year: int
    seed: str  # by which the row was drawn
    package: str  # SHA-256 of the evidence package that it was drawn from
    drawn: int  # rows of that sample
    row_seq: int  # the row's event
    row_hash: str  # of that event
    seen: str  # matches | differs | missing
    note: str | None
    seen_by: str
    login: str
    seen_at: datetime

    @property
    def subject(self) -> str:
        return f"row_check/{self.year}/{self.row_seq}"

    @property
    def slot(self) -> str:
        return self.login

    @property
    def occurred_at(self) -> datetime:
        return self.seen_at


@dataclass(frozen=True, kw_only=True)
class SchemeChosen(Event):
    """A centre's year is held against a scheme; a later choice holds. Source: the product's own pages."""

    type: ClassVar[str] = "scheme.chosen"
    source: ClassVar[str] = "evaluation"

    period: str  # 2023
    scheme: str
    chosen_by: str
    chosen_at: datetime

    @property
    def subject(self) -> str:
        return f"chosen_scheme/{self.period}"

    @property
    def occurred_at(self) -> datetime:
        return self.chosen_at


TYPES = (IndicatorAttested, ExpertMarked, FigureJudged, RowSeen, SchemeChosen)
