"""The seals of months: where they stand in the log, who signed them, and what permitted a correction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from kpi.handover.verify.findings import CheckStep, make_judged_step
from kpi.handover.verify.log_checks import find_position
from kpi.offline.duck import Duck
from tracker.signatures import is_same_person

TITLE = "锁定"

SealEvent = tuple[int, dict[str, Any]]  # number of the event, its contents
SealedFigures = dict[
    tuple[str, str], dict[str, Any]
]  # indicator and period → the figure of the newest vintage


def check_seals(duck: Duck, seals: Sequence[SealEvent]) -> CheckStep:
    """Every seal names the log's end just before it, bears two signatures, and replaces what it says.

    A correction needs a lock exception that two people opened and that had not expired."""
    exceptions = _read_exceptions(duck)
    before: dict[str, tuple[int, SealedFigures]] = {}
    problems = []
    for seq, seal in seals:
        vintage, sealed = before.get(seal["month"], (0, {}))
        name = f"{seal['month']} 第{seal['vintage']}版（第 {seq} 号事件）"
        problems += [
            f"{name}：{problem}" for problem in _find_problems(duck, seq, seal, vintage, sealed, exceptions)
        ]
        newer = {(one["indicator"], one["period"]): one for one in seal["figures"]}
        before[seal["month"]] = (seal["vintage"], sealed | newer)
    corrections = sum(seal["vintage"] > 1 for _, seal in seals)
    right = (
        f"{len(seals) - corrections} 个月已锁定，其后更正 {corrections} 次，限期解锁 {len(exceptions)} 次；"
        "每次都有两人确认，所记的日志校验值都在链上。"
    )
    none = "日志里没有锁定的月份，数字均未锁定。"
    return make_judged_step(TITLE, problems, right if seals else none, "锁定事件与日志不符：")


def _find_problems(
    duck: Duck,
    seq: int,
    seal: Mapping[str, Any],
    vintage: int,
    sealed: SealedFigures,
    exceptions: Mapping[str, Mapping[str, Any]],
) -> Iterator[str]:
    if not find_position(duck, seal["head_hash"]) == seal["head_seq"] == seq - 1:
        yield "所记的日志末尾不是它前一条事件"
    if seal["vintage"] != vintage + 1:
        yield f"前一版是第{vintage}版，数据版本不连续"
    if is_same_person(seal["sealed_by"], seal["approved_by"]):
        yield f"申请和批准都是{seal['sealed_by']}，不是两个人"
    if seal["vintage"] > 1:
        if not _is_permitted(exceptions.get(seal["exception"]), seal):
            yield f"没有生效的限期解锁（{seal['exception']}），不能更正"
        if any(sealed.get((one["indicator"], one["period"])) != one for one in seal["replaced"]):
            yield "所说的更正前的数字，与原先锁定的不同"


def _is_permitted(exception: Mapping[str, Any] | None, seal: Mapping[str, Any]) -> bool:
    if exception is None or exception["month"] != seal["month"] or "opened_at" not in exception:
        return False
    if is_same_person(exception["requested_by"], exception["approved_by"]):
        return False
    ends = [exception[name] for name in ("expires_at", "closed_at") if name in exception]
    at = datetime.fromisoformat(seal["sealed_at"])
    opened = datetime.fromisoformat(exception["opened_at"])
    return opened <= at < min(datetime.fromisoformat(end) for end in ends)


def _read_exceptions(duck: Duck) -> dict[str, dict[str, Any]]:
    """Subject → what was said of the lock exception, later acts laid over earlier ones."""
    found: dict[str, dict[str, Any]] = {}
    acts: Iterable[Any] = duck.sql(
        "SELECT subject, data FROM log WHERE type LIKE 'lock_exception.%' ORDER BY seq"
    )
    for subject, data in acts:
        found[subject] = found.get(subject, {}) | orjson.loads(data)
    return found
