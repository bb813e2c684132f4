"""A row of the evaluator's room: what she has chosen for a figure, beside what is recorded of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kpi.evaluation.verdicts import Verdict, explain_refusal
from kpi.figures.codes import derive_code
from kpi.figures.figure import Status
from web.verification import VerifiedFigure

MOVED = "未保存：数字在本页打开后已变动。现为新的数字，请核对后重新选择结论。"


@dataclass(frozen=True)
class VerdictRow:
    """One figure with the verdict and the note in its row."""

    figure: VerifiedFigure
    verdict: str  # "" where none is chosen
    note: str
    problem: str | None = None

    @classmethod
    def of(cls, figure: VerifiedFigure) -> "VerdictRow":
        """The row as recorded; a verdict on an earlier number is none on this one."""
        if figure.judged is None or figure.outdated:
            return cls(figure, "", "")
        return cls(figure, figure.judged.verdict.value, figure.judged.note or "")

    @property
    def fingerprint(self) -> str:
        """The code of what the figure says now, whatever code is stored with it."""
        shown = self.figure.shown.figure
        return "" if shown is None else derive_code(shown, shown.vintage)

    @property
    def changed(self) -> bool:
        """Whether it says something that is not recorded yet."""
        recorded = VerdictRow.of(self.figure)
        return (self.verdict, self.note) != (recorded.verdict, recorded.note)

    @property
    def unsaved(self) -> bool:
        return self.changed or self.problem is not None

    @property
    def sweepable(self) -> bool:
        """Whether 全部认可 takes it: verifiable, recomputed to the same, and nothing said of it yet.

        A number that replaced one which she did not accept is left to her."""
        shown, judged = self.figure.shown.figure, self.figure.judged
        return (
            self.figure.outcome == "same"
            and shown is not None
            and shown.status is Status.VERIFIABLE
            and (judged is None or (self.figure.outdated and judged.verdict is Verdict.ACCEPTED))
            and not (self.verdict or self.note or self.problem)
        )

    def accept(self) -> "VerdictRow":
        return replace(self, verdict=Verdict.ACCEPTED.value)


def read_typed_row(figure: VerifiedFigure, typed: Mapping[str, str]) -> VerdictRow:
    """The row as a form sent it; one that the form did not have stays as recorded."""
    row = VerdictRow.of(figure)
    fingerprint = typed.get(f"code-{figure.key}")
    if fingerprint is None:
        return row
    verdict = typed.get(f"verdict-{figure.key}", "")
    row = replace(row, verdict=verdict, note=typed.get(f"note-{figure.key}", "").strip())
    if fingerprint != row.fingerprint:
        return replace(row, verdict="", problem=MOVED if verdict or row.note else None)
    return replace(row, problem=explain_refusal(verdict, row.note)) if row.changed else row
