"""What verifying found, step by step and figure by figure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kpi.handover.package.container import Unreadable


class Outcome(StrEnum):
    """What became of a step."""

    PASSED = "通过"
    FAILED = "不通过"
    NOTED = "提示"  # nothing is wrong, but something is left to the reader
    SKIPPED = "未执行"  # what it needs is missing or altered, which another step says


@dataclass(frozen=True)
class Step:
    """One thing checked, with a sentence, and what is wrong item by item."""

    title: str
    outcome: Outcome
    told: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Compared:
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
class Findings:
    """Everything found of a package."""

    package: str
    steps: list[Step] = field(default_factory=list)
    figures: list[Compared] = field(default_factory=list)

    @property
    def agree(self) -> bool:
        """Whether nothing failed and nothing was left undone."""
        return bool(self.steps) and not any(
            step.outcome in (Outcome.FAILED, Outcome.SKIPPED) for step in self.steps
        )


def passed(title: str, told: str) -> Step:
    return Step(title, Outcome.PASSED, told)


def noted(title: str, told: str) -> Step:
    return Step(title, Outcome.NOTED, told)


def judged(title: str, problems: Iterable[str], right: str, wrong: str) -> Step:
    """Failed where there are problems."""
    found = tuple(problems)
    return Step(title, Outcome.FAILED, wrong, found) if found else passed(title, right)


def attempt(title: str, check: Callable[[], Step]) -> Step:
    """Runs a check on contents that somebody may have made to break it: whatever it raises is a failure."""
    try:
        return check()
    except Unreadable:
        raise
    except Exception as problem:
        told = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        return Step(title, Outcome.FAILED, f"内容读不懂，不是打包时的样子（{told}）。")
