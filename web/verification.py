"""A figure in the evaluator's room: as it is shown, as it was computed again, and what she says of it."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import orjson

from kpi.evaluation.verdicts import RecordedVerdict
from kpi.figures.codes import derive_code
from kpi.handover.package.claims import exact_text
from kpi.handover.verify.recomputation import NAMES
from tracker.blob_store import FileUnusable
from tracker.periods import Period
from web.figure_view import FigureView
from web.formatting import NO_DATA, NOT_APPLICABLE, with_unit
from web.jobs.job_files import JobFiles

_COMPARED = (
    "value", "numerator", "denominator", "coverage", "status", "reason", "low", "high", "bounds",
    "definition_version",
)  # fmt: skip


@dataclass(frozen=True)
class FieldComparison:
    """One field of a figure, shown beside computed again."""

    name: str
    claimed: str
    recomputed: str
    agrees: bool


@dataclass(frozen=True)
class VerifiedFigure:
    """One figure of the room."""

    shown: FigureView
    again: dict[str, Any] | None  # as kept by web/exports/review.py; None: not computed again
    judged: RecordedVerdict | None  # the evaluator's last verdict

    @property
    def key(self) -> str:
        return self.shown.indicator.key

    @property
    def outcome(self) -> str:
        """same | differs | moved | none: what computing it again gave for the figure shown now."""
        if self.again is None:
            return "none"
        claimed = self.again["claimed"]
        figure = self.shown.figure
        if claimed is None or figure is None or claimed["code"] != derive_code(figure, figure.vintage):
            return "moved"  # by what it says: a code that was left beside an altered number proves nothing
        return "differs" if self.again["differing"] else "same"

    @property
    def recomputed(self) -> str:
        """The value computed again, with its unit, or one of the marks."""
        again = self._again
        if again is None:
            return NO_DATA
        if again["value"] is None:
            return NOT_APPLICABLE if again["status"] == NOT_APPLICABLE else NO_DATA
        return with_unit(Decimal(again["value"]), self.shown.indicator.unit)

    @property
    def value_again(self) -> str | None:
        return None if self._again is None else self._again["value"]

    @property
    def outdated(self) -> bool:
        """Whether the verdict speaks of a figure that is no longer the one shown."""
        return self.judged is not None and self.judged.code != self.shown.code

    @cached_property
    def sides(self) -> list[FieldComparison]:
        """Field by field; none where it was not computed again."""
        if self.again is None:
            return []
        claimed, again = self.again["claimed"] or {}, self._again or {}
        return [
            FieldComparison(
                NAMES.get(name, name), _write_out(name, claimed.get(name)), _write_out(name, again.get(name)),
                name not in self.again["differing"] and bool(claimed) and bool(again),
            )
            for name in _COMPARED
            if claimed.get(name) is not None or again.get(name) is not None or name == "value"
        ]  # fmt: skip

    @property
    def _again(self) -> dict[str, Any] | None:
        return None if self.again is None else self.again["recomputed"]


def read_recomputed(files: JobFiles | None, period: Period) -> dict[str, dict[str, Any]]:
    """Indicator → what computing it again gave; empty where that was not done, or can no longer be read."""
    if files is None:
        return {}
    try:
        found: dict[str, dict[str, Any]] = orjson.loads(b"".join(files.read(f"{period}.json")))
    except (FileUnusable, OSError):
        return {}
    return found


def _write_out(name: str, value: Any) -> str:
    if value is None:
        return NO_DATA
    if name in ("numerator", "denominator", "coverage"):
        return exact_text(value) or NO_DATA
    return str(value)
