"""Working hours and time limits of work orders as a person types them."""

import re
from collections.abc import Mapping
from datetime import time

from ingest.profiles.deadlines import DeadlineRule, Limit, limit_of
from tracker.workdays import Hours

_HOURS = re.compile(r"(\d{1,2}[:：]\d\d)\s*(?:-|－|–|—|~|至|到)\s*(\d{1,2}[:：]\d\d)")
_CLOCK = re.compile(r"(\d{1,2})[:：](\d\d)", re.ASCII)
_LIMIT = re.compile(r"(\S+?)[\s:：,，]+(\S.*)")


class DeadlineProblem(ValueError):
    """工作时间或办理时限看不懂。"""


def read_rule(form: Mapping[str, str]) -> DeadlineRule:
    """The rule of `hours`, `limits` (a line a kind of appeal), `otherwise`, `cutoff`, `pauses`.

    Raises: DeadlineProblem with what is wrong and how it is written.
    """
    typed = {name: form.get(name, "").strip() for name in ("hours", "otherwise", "limits", "cutoff")}
    limits = dict(_parse_limit(line) for line in typed["limits"].splitlines() if line.strip())
    otherwise = typed["otherwise"]
    if otherwise and not re.fullmatch(r"[1-9]\d{0,2}", otherwise, re.ASCII):
        raise DeadlineProblem("其他诉求的时限应为 1 至 999 的整数（工作日）。")
    if not limits and not otherwise:
        raise DeadlineProblem("请至少填写一个办理时限。")
    pauses = form.get("pauses", "")
    return DeadlineRule(
        limits=limits,
        otherwise=int(otherwise) if otherwise else None,
        cutoff=_parse_clock(typed["cutoff"]) if typed["cutoff"] else None,
        pauses=None if pauses not in ("extend", "keep") else pauses == "extend",
        work_hours=_parse_hours(typed["hours"]),
    )


def _parse_limit(line: str) -> tuple[str, Limit]:
    """投诉 10个工作日 → the kind of appeal and its limit. Raises: DeadlineProblem."""
    found = _LIMIT.fullmatch(line.strip())
    limit = limit_of(found[2]) if found else None
    if found is None or limit is None:
        raise DeadlineProblem(
            f"“{line.strip()}”看不懂：请写成“投诉：10个工作日”“求助：48工作时”或“举报：24小时”，每行一类。"
        )
    return found[1], limit


def _parse_hours(text: str) -> tuple[Hours, ...]:
    """09:00-12:00 14:00-18:00 → spans, one after the other. Raises: DeadlineProblem."""
    spans = tuple((_parse_clock(opens), _parse_clock(closes)) for opens, closes in _HOURS.findall(text))
    ends = [end for span in spans for end in span]
    rest = re.sub(r"[\s,，、;；和]", "", _HOURS.sub("", text))
    if rest or ends != sorted(set(ends)):
        raise DeadlineProblem(f"工作时间“{text}”看不懂：请写成先后不重叠的时段，如 09:00-12:00 14:00-18:00。")
    return spans


def _parse_clock(text: str) -> time:
    """Raises: DeadlineProblem."""
    found = _CLOCK.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise DeadlineProblem(f"“{text}”不是时刻：请写成 09:00 这样。")
    return time(int(found[1]), int(found[2]))
