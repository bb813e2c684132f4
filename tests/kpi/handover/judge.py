"""Verifies the packages named on standard input, one a line, with the code at a path: ours, or a file's.

Each line is [path, heads, fingerprint]; the answer says whether the verdict is 通过, and what failed first. A
verdict cannot get better after a step that failed, so that it ends there.
"""

import sys

sys.path.insert(0, sys.argv[1])

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from kpi.handover.package.container import UnreadablePackage
from kpi.handover.verify import findings, verification
from kpi.handover.verify.findings import CheckStep, StepOutcome
from kpi.handover.verify.verification import OutsideKnowledge, verify_package
from kpi.offline import Replay


class Enough(BaseException):
    """A step failed."""


def stop_at_first_failure() -> None:
    def attempt(title: str, check: Callable[[], CheckStep]) -> CheckStep:
        step = findings.attempt_check(title, check)
        if step.outcome is StepOutcome.FAILED:
            raise Enough(step)
        return step

    verification.attempt_check = attempt


def remember_figures() -> None:
    """The figures of one log at one position are the same each time."""
    compute, known = Replay._compute_figures, {}

    def remembered(self: Replay, year: int, now: datetime) -> Any:
        events = self.duck.sql("SELECT max(seq) AS seq, max_by(hash, seq) AS hash FROM log").one()
        key = (*events, self.seq, year, now)
        if key not in known:
            known[key] = compute(self, year, now)
        return known[key]

    Replay._compute_figures = remembered  # type: ignore[method-assign]


def judge(path: str, heads: list[str], fingerprint: str | None) -> dict[str, Any]:
    try:
        found = verify_package(Path(path), OutsideKnowledge(heads=heads, fingerprint=fingerprint))
    except UnreadablePackage as problem:
        return {"passes": False, "agree": False, "told": str(problem)}
    except Enough as enough:
        [step] = enough.args
        return {"passes": False, "agree": False, "told": "\n".join((step.title, step.told, *step.items))}
    failed = [step.title for step in found.steps if step.outcome is StepOutcome.FAILED]
    return {"passes": found.agree and found.bound, "agree": found.agree, "told": "、".join(failed)}


if __name__ == "__main__":
    stop_at_first_failure()
    remember_figures()
    for line in sys.stdin:
        print(json.dumps(judge(*json.loads(line))), flush=True)
