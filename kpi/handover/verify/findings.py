"""What verifying found, step by step and figure by figure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kpi.handover.package.container import UnreadablePackage

HEAD = "日志校验值"  # title of the step that compares with what is known from outside


class StepOutcome(StrEnum):
    """What became of a step."""

    PASSED = "通过"
    FAILED = "不通过"
    NOTED = "提示"  # nothing is wrong, but something is left to the reader
    SKIPPED = "未执行"  # what it needs is missing or altered, which another step says


@dataclass(frozen=True)
class CheckStep:
    """One thing checked, with a sentence, and what is wrong item by item."""

    title: str
    outcome: StepOutcome
    told: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class FigureComparison:
    """A claimed figure beside the recomputed one."""

    indicator: str
    period: str
    vintage: int
    claimed: dict[str, Any] | None  # None: the package leaves the figure out
    recomputed: dict[str, Any] | None  # None: the log gives no such figure
    differing: tuple[str, ...]  # names of the fields that are not the same

    @property
    def agrees(self) -> bool:
        return not self.differing


@dataclass
class PackageFindings:
    """Everything found of a package."""

    package: str
    steps: list[CheckStep] = field(default_factory=list)
    figures: list[FigureComparison] = field(default_factory=list)

    @property
    def agree(self) -> bool:
        """Whether nothing failed and nothing was left undone."""
        return bool(self.steps) and not any(
            step.outcome in (StepOutcome.FAILED, StepOutcome.SKIPPED) for step in self.steps
        )

    @property
    def bound(self) -> bool:
        """Whether the end of the package's log is the head that was given from outside."""
        return any(step.title == HEAD and step.outcome is StepOutcome.PASSED for step in self.steps)


def make_passed_step(title: str, sentence: str) -> CheckStep:
    return CheckStep(title, StepOutcome.PASSED, sentence)


def make_note_step(title: str, sentence: str) -> CheckStep:
    return CheckStep(title, StepOutcome.NOTED, sentence)


def make_judged_step(title: str, problems: Iterable[str], right: str, wrong: str) -> CheckStep:
    """Failed where there are problems."""
    found = tuple(problems)
    return CheckStep(title, StepOutcome.FAILED, wrong, found) if found else make_passed_step(title, right)


def attempt_check(title: str, check: Callable[[], CheckStep]) -> CheckStep:
    """Runs a check on contents that somebody may have made to break it: whatever it raises is a failure."""
    try:
        return check()
    except (UnreadablePackage, MemoryError):
        raise
    except Exception as problem:
        reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        return CheckStep(title, StepOutcome.FAILED, f"内容读不懂，不是打包时的样子（{reason}）。")
