"""An evaluator's verdicts and the rows that she saw, as a signed file that she takes with her; its check."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kpi.evaluation.row_checks import RowCheck, RowOutcome
from kpi.evaluation.verdicts import RecordedVerdict, Verdict
from kpi.figures.indicators import INDICATORS
from kpi.handover.package.signature import (
    PackageSignatureProblem,
    read_fingerprint,
    sign_statement,
    verify_statement,
)
from tracker.centers import Center
from tracker.events.times import BEIJING
from tracker.log.reading import LogHead

FORMAT = 2
_READ = (1, FORMAT)  # 1: without the rows seen
PROVES = (
    "签名证明两点：本文件由持有该中心签名密钥的系统签出；签出以后一个字也没有改过。",
    "签名不证明：登录的确是评价人员本人；中心没有用同一密钥另签一份内容不同的文件。",
    "因此，请评价人员把本文件的 SHA-256 写在自己留存的纸上：以后谁出示的文件与它相同，才是当时导出的这一份。",
    "文件所记的日志校验值锚定了导出时的全部事件，结论本身也是其中的事件：事后改动日志，哈希值就对不上。",
)  # fmt: skip


@dataclass(frozen=True)
class VerdictFile:
    """What a verdict file says, once its signature holds."""

    fingerprint: str
    statement: Mapping[str, Any]

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        return list(self.statement["verdicts"])

    def count(self, verdict: Verdict) -> int:
        return sum(1 for one in self.verdicts if one["verdict"] == verdict.value)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Rows of samples that were held against their originals."""
        return list(self.statement.get("rows", ()))

    def count_rows(self, seen: RowOutcome) -> int:
        return sum(1 for one in self.rows if one["seen"] == seen.value)

    @property
    def samples(self) -> list[tuple[str, int, int]]:
        """Seed, rows seen and rows drawn of each sample."""
        drawn = {(one["seed"], one["package"]): one["drawn"] for one in self.rows}
        seen = [(one["seed"], one["package"]) for one in self.rows]
        return [(key[0], seen.count(key), number) for key, number in drawn.items()]


def write_verdicts(
    key: Ed25519PrivateKey,
    center: Center,
    year: int,
    head: LogHead,
    evaluator: tuple[str, str],
    verdicts: Iterable[RecordedVerdict],
    rows: Iterable[RowCheck],
    now: datetime,
) -> bytes:
    """One evaluator's holding verdicts on a year and the rows that she saw, signed with the centre's key.

    `evaluator` is her login and her name.
    """
    found = sorted(verdicts, key=lambda one: (one.period, one.indicator))
    login, name = evaluator
    statement = {
        "format": FORMAT,
        "center": {"digest": center.digest, "id": center.center_id, "name": center.name},
        "year": year,
        "head": {"hash": head.hash.hex(), "seq": head.seq},
        "evaluator": {"login": login, "name": name},
        "exported_at": now.astimezone(BEIJING).isoformat(),
        "proves": list(PROVES),
        "verdicts": [_describe_verdict(one) for one in found],
        "rows": [_describe_row_check(one) for one in sorted(rows, key=lambda one: one.row_seq)],
    }
    return orjson.dumps(sign_statement(key, statement), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


def read_verdicts(data: bytes, fingerprint: str | None = None) -> VerdictFile:
    """The contents of a file whose signature holds, by the key of that fingerprint where one is given.

    Raises: SignatureProblem.
    """
    try:
        content = orjson.loads(data)
        statement = content["statement"]
        is_readable = statement["format"] in _READ and isinstance(statement["verdicts"], list)
    except (KeyError, TypeError, ValueError) as problem:
        raise PackageSignatureProblem("这不是核验结论文件，或文件不完整；请用当时下载的原件。") from problem
    if not is_readable:
        raise PackageSignatureProblem("这份核验结论文件的格式比本程序新；请用导出它的同一版本核验。")
    try:
        found = verify_statement(content, statement)
    except PackageSignatureProblem as problem:
        raise PackageSignatureProblem("签名不成立：这份核验结论文件在签出以后被改动过。") from problem
    if fingerprint is not None and read_fingerprint(fingerprint) != found:
        raise PackageSignatureProblem(
            f"签名成立，但签名的密钥不是您指定的那一个；文件上的公钥指纹是 {found}。"
        )
    return VerdictFile(found, statement)


def _describe_row_check(one: RowCheck) -> dict[str, Any]:
    return {
        "drawn": one.drawn,
        "event": one.seq,
        "note": one.note,
        "package": one.package,
        "row_hash": one.row_hash,
        "row_seq": one.row_seq,
        "seed": one.seed,
        "seen": one.seen.value,
        "seen_at": one.seen_at.astimezone(BEIJING).isoformat(),
        "seen_label": one.seen.label,
    }


def _describe_verdict(one: RecordedVerdict) -> dict[str, Any]:
    declared = INDICATORS.get(one.indicator)
    return {
        "code": one.code,
        "event": one.seq,
        "indicator": one.indicator,
        "judged_at": one.judged_at.astimezone(BEIJING).isoformat(),
        "note": one.note,
        "period": one.period,
        "recomputed": one.recomputed,
        "recomputed_seq": one.recomputed_seq,
        "title": declared.title if declared else one.indicator,
        "value": one.value,
        "verdict": one.verdict.value,
        "verdict_label": one.verdict.label,
    }
