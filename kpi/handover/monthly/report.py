"""What a monthly report says. Both renderings print these texts, so that they cannot differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kpi.closing.states import Exemption, MonthSeal
from kpi.figures import catalogue
from kpi.figures.attainment import TargetProgress, judge
from kpi.figures.controls.checking import TotalCheck
from kpi.figures.definitions.in_force import Adoption
from kpi.figures.figure import Figure, LockState, Status
from kpi.figures.from_months import MonthComparison
from kpi.figures.indicators import Indicator
from kpi.figures.serializing import format_exact
from kpi.figures.shared_gaps import SharedGap
from kpi.terminal_tables import NO_VALUE, format_share
from tracker.centers import Center
from tracker.events.times import BEIJING
from tracker.periods import Month, Period

_DIGESTS = {"sha256": "SHA-256", "sm3": "SM3"}
_GROUP = 4  # digits of a digest printed together


class ReportProblem(ValueError):
    """这个月还出不了月报。"""


@dataclass(frozen=True)
class PrintedFigure:
    """What a figure says, digit by digit as in the JSON output, with thousands set apart; — for no number."""

    value: str
    numerator: str
    denominator: str
    coverage: str
    code: str


@dataclass(frozen=True)
class FigureLine:
    """One figure of the report."""

    indicator: Indicator  # by the version that counted it
    figure: Figure
    of_months: MonthComparison | None = None  # of a quarter or a year with locked months: beside those
    progress: TargetProgress | None = None  # towards a target that is set for longer

    @property
    def numbers(self) -> PrintedFigure:
        return format_figure(self.figure)

    @property
    def target(self) -> str:
        target = self.indicator.target
        return NO_VALUE if target is None else target.words(self.indicator.unit)

    @property
    def met(self) -> str:
        """达标, 未达标 or 未定, and why where it needs a word; or how a target set for longer is coming.

        Empty where there is no target or no value."""
        judgement = judge(self.indicator, self.figure) or self.progress
        return "" if judgement is None else judgement.words

    @property
    def vintage(self) -> str:
        """未锁定, 第1版, 第2版 更正."""
        figure = self.figure
        if figure.vintage == 0:
            return LockState.PROVISIONAL.value
        return f"第{figure.vintage}版" + (" 更正" if figure.vintage > 1 else "")

    @property
    def bounds(self) -> str:
        """Worst to best case, or the interval of a survey; empty where none is given."""
        figure = self.figure
        if figure.low is None or figure.high is None:
            return ""
        return f"{figure.low:f}至{figure.high:f}{figure.unit}（{figure.bounds}）"


@dataclass(frozen=True)
class PeriodFigures:
    """The figures of the month, or of the quarter or year that is sealed with it."""

    period: Period
    groups: tuple[tuple[str, tuple[FigureLine, ...]], ...]  # theme → figures

    @property
    def lines(self) -> tuple[FigureLine, ...]:
        return tuple(line for _, lines in self.groups for line in lines)


@dataclass(frozen=True)
class Restatement:
    """A figure before and after."""

    period: str
    title: str
    unit: str
    before: PrintedFigure
    after: PrintedFigure


@dataclass(frozen=True)
class Correction:
    """A new vintage of a locked month."""

    seal: MonthSeal
    changes: tuple[Restatement, ...]

    @property
    def heading(self) -> str:
        """Which vintage, why, by whom, caused by which events."""
        seal = self.seal
        events = "、".join(
            f"{one[0]}至{one[1]}" if isinstance(one, list) else str(one) for one in seal.caused_by
        )
        return (
            f"{seal.month.label}第{seal.vintage}版，{format_minute(seal.sealed_at)}，{seal.sealed_by}申请、"
            f"{seal.approved_by}批准。理由：{seal.reason}" + (f"（起因：第{events}号记录）" if events else "")
        )


@dataclass(frozen=True)
class LateRecords:
    """What was recorded of a locked month after its newest seal."""

    counts: tuple[tuple[str, str, int], ...]  # source, kind of lateness, events
    changes: tuple[Restatement, ...]  # sealed figures that the facts no longer come to

    @property
    def total(self) -> int:
        return sum(count for _, _, count in self.counts)


@dataclass(frozen=True)
class DefinitionInForce:
    """A definition by which a figure of the report was counted."""

    indicator: Indicator
    adoption: Adoption | None  # None: packaged

    @property
    def version(self) -> str:
        return f"第{self.indicator.version}版"

    @property
    def since(self) -> str:
        began = self.indicator.effective_from
        return f"{began}起" if began else "系统启用起"

    @property
    def formula(self) -> str:
        return catalogue.format_formula(self.indicator)

    @property
    def decided(self) -> str:
        """Who decided it and when, or that it came with the product."""
        if self.adoption is None:
            return "随系统发布"
        one = self.adoption
        return f"{one.proposed_by}申请、{one.approved_by}批准，{format_minute(one.adopted_at)[:10]}"


@dataclass(frozen=True)
class LogMark:
    """A place of the log with its digest, to be held against the log or an evidence package later."""

    about: str
    seq: int
    digest: str  # hex

    @property
    def grouped(self) -> str:
        """1f0c 83ab …: as it is copied from paper; the commands ignore the spaces."""
        return " ".join(self.digest[start : start + _GROUP] for start in range(0, len(self.digest), _GROUP))


@dataclass(frozen=True)
class MonthlyReport:
    """A centre's month as it is printed, signed and stamped."""

    center: Center
    month: Month
    made_at: datetime
    seals: tuple[MonthSeal, ...]  # of the month; none: provisional
    parts: tuple[PeriodFigures, ...]
    lacks: tuple[SharedGap, ...]
    corrections: tuple[Correction, ...]
    corrections_since: MonthSeal | None  # the lock of an earlier month: the last report; None: from the start
    exemptions: tuple[Exemption, ...]
    late: LateRecords | None  # None: the month is not locked
    totals_failed: tuple[TotalCheck, ...]
    totals_passed: int
    totals_unchecked: int  # stated totals of the month that cannot be checked
    definitions: tuple[DefinitionInForce, ...]
    marks: tuple[LogMark, ...]  # the first is the one that the seal holds
    fingerprint: str | None  # of the key that signs the centre's evidence packages; None: none was made yet

    @property
    def locked(self) -> bool:
        return bool(self.seals)

    @property
    def title(self) -> str:
        return f"运行情况月报（{self.month.label}）" + ("" if self.locked else "（内部参阅，未锁定）")

    @property
    def state(self) -> str:
        """未锁定, 已锁定 or 已更正."""
        if not self.seals:
            return LockState.PROVISIONAL.value
        corrected = self.seals[-1].vintage > 1
        return LockState.CORRECTED.value if corrected else LockState.LOCKED.value

    @property
    def state_sentence(self) -> str:
        """What the state means, in a sentence."""
        if not self.seals:
            return "本月数据尚未锁定，仅供内部参阅，不作为考核和对外报送依据。"
        first, last = self.seals[0], self.seals[-1]
        sentence = (
            f"数据于{format_minute(first.sealed_at)}锁定（申请人：{first.sealed_by}，"
            f"批准人：{first.approved_by}）"
        )
        if last is not first:
            sentence += f"；{format_minute(last.sealed_at)}更正为第{last.vintage}版"
            sentence += f"（申请人：{last.sealed_by}，批准人：{last.approved_by}）"
        return f"{sentence}。"

    @property
    def warning(self) -> str:
        """What must not be overlooked; empty for a locked month."""
        return "" if self.locked else "本月数据未锁定，不得对外报送"

    @property
    def about(self) -> str:
        """The line below the title."""
        return (
            f"统计期：{self.month.label}（北京时间）　单位：{self.center.name}　"
            f"生成时间：{format_minute(self.made_at)}"
        )

    @property
    def foot(self) -> str:
        """What every page ends with: when it was made, and where the log stood."""
        mark = self.marks[0]
        return f"生成时间 {format_minute(self.made_at)}　数据日志第{mark.seq}号 {mark.grouped[:9]}…"

    @property
    def algorithm(self) -> str:
        """The digest of the centre's log, as people call it."""
        return _DIGESTS[self.center.digest]

    @property
    def bounded(self) -> tuple[FigureLine, ...]:
        """The month's own figures that are given with an interval."""
        return tuple(line for part in self.parts[:1] for line in part.lines if line.bounds)


def format_figure(figure: Figure) -> PrintedFigure:
    """A figure's numbers as printed."""
    return PrintedFigure(
        value=_format_value(figure.value, figure.status.value),
        numerator=_format_exact(figure.numerator),
        denominator=_format_exact(figure.denominator),
        coverage=format_share(figure.coverage),
        code=figure.code,
    )


def format_sealed_figure(sealed: Mapping[str, Any]) -> PrintedFigure:
    """A sealed figure's numbers as printed; a seal holds them as texts, fractions as "1/3"."""
    parts = (sealed[name] and Fraction(sealed[name]) for name in ("numerator", "denominator", "coverage"))
    numerator, denominator, coverage = parts
    value = None if sealed["value"] is None else Decimal(sealed["value"])
    return PrintedFigure(
        value=_format_value(value, sealed["status"]),
        numerator=_format_exact(numerator),
        denominator=_format_exact(denominator),
        coverage=format_share(coverage),
        code=sealed["code"],
    )


def format_minute(at: datetime) -> str:
    """A time in Beijing: 2023-06-05 09:00."""
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def _format_value(value: Decimal | None, status: str) -> str:
    if value is not None:
        return f"{value:,f}"
    return status if status == Status.NOT_APPLICABLE.value else NO_VALUE


def _format_exact(number: Fraction | None) -> str:
    whole, point, places = (format_exact(number) or NO_VALUE).partition(".")
    return f"{int(whole):,}{point}{places}" if whole.lstrip("-").isdigit() else f"{whole}{point}{places}"
