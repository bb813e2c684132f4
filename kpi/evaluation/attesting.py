"""Attesting actual values and marking, checked against the scheme before anything is recorded."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import psycopg

from kpi.documents import attaching
from kpi.documents.media import DocumentRefused
from kpi.documents.shelf import ShelfProblem, find_bytes
from kpi.evaluation.actual import Actual, Amount, Met
from kpi.evaluation.claims.claim import PERCENT
from kpi.evaluation.facts_files import read_actual, unit_of
from kpi.evaluation.numbers import points_text
from kpi.evaluation.rules import ScoreProblem
from kpi.evaluation.scheme import Item, Scheme
from tracker import blob_store, log
from tracker.events import Event
from tracker.events.evaluation import ExpertMarked, IndicatorAttested
from tracker.events.event import Json


class AttestationProblem(ValueError):
    """填报或打分不能登记，原因见说明。"""


class DocumentProblem(AttestationProblem):
    """编号所指的证明材料不能用。"""


class DocumentLacking(AttestationProblem):
    """填报须附证明文件，没有附。"""


@dataclass(frozen=True)
class Attested:
    """One value as a person tells it."""

    code: str
    value: str
    documents: tuple[str, ...] = ()  # numbers or hashes of documents on file
    files: tuple[Path, ...] = ()  # to be put on file
    remark: str | None = None
    reason: str | None = None  # why it holds although the log counts otherwise


@dataclass(frozen=True)
class Marked:
    """One expert's mark as a table tells it."""

    expert: str
    code: str
    points: Decimal
    remark: str | None = None


def attest(
    connection: psycopg.Connection[Any],
    home: Path,
    center: str,
    scheme: Scheme,
    year: int,
    told: Sequence[Attested],
    *,
    by: str,
    now: datetime,
    limit: int,
) -> None:
    """Records all values and puts their files of up to `limit` bytes on file, or nothing of it.

    Raises: AttestationProblem that names the indicator and what to do; of a file also AttachingProblem,
    DocumentRefused, OSError.
    """
    if not by.strip():
        raise AttestationProblem("填报必须写明填报人。")
    events = [_attestation(scheme, year, one, by.strip(), now) for one in told]
    documents: list[list[Json]] = [list(_hashes(connection, center, one)) for one in told]
    events = [replace(event, documents=found) for event, found in zip(events, documents, strict=True)]
    _append(connection, center, events, now)
    for event, one in zip(events, told, strict=True):
        for path in one.files:
            try:
                attaching.attach(
                    connection, home, center, path,
                    to=event.subject, kind="attestation", by=by, limit=limit, now=now,
                )  # fmt: skip
            except DocumentRefused as problem:
                raise DocumentRefused(f"{one.code}“{path.name}”：{problem}") from problem


def mark(
    connection: psycopg.Connection[Any],
    center: str,
    scheme: Scheme,
    year: int,
    marks: Sequence[Marked],
    *,
    now: datetime,
) -> None:
    """Records all marks, or none. Raises: AttestationProblem that names the indicator and what to do."""
    _append(connection, center, [_mark(scheme, year, one, now) for one in marks], now)


def manual_points(item: Item) -> int:
    """How many points of a list a person has to attest; the others the log decides alone."""
    return sum(1 for point in item.points if point.when is None)


def attested_value(item: Item, text: str) -> Actual:
    """A value as attested, of the kind that the rule takes; points that the log decides alone are left open.

    Raises: ValueError that says what is wanted.
    """
    actual = read_actual(item.rule, unit_of(item), text)
    if not isinstance(actual, Met):
        return actual
    if len(actual.points) != manual_points(item):
        named = "、".join(point.text for point in item.points if point.when is None)
        counts = f"要填报{manual_points(item)}条（{named}），读到{len(actual.points)}条"
        raise ValueError(f"{counts}；每条写 是、否 或 ?，以逗号分开。")
    told = iter(actual.points)
    return Met(tuple(next(told) if point.when is None else None for point in item.points))


def told_documents(told: Sequence[str], folder: Path) -> tuple[tuple[str, ...], tuple[Path, ...]]:
    """Numbers of documents on file, and files by their paths from a folder."""
    files = tuple(folder / one for one in told if (folder / one).is_file())
    return tuple(one for one in told if not (folder / one).is_file()), files


def _hashes(connection: psycopg.Connection[Any], center: str, told: Attested) -> Iterator[str]:
    """The SHA-256 of what is on file or will be, in hex. Raises: DocumentProblem."""
    for number in told.documents:
        try:
            document = find_bytes(connection, center, number)
        except ShelfProblem:
            raise DocumentProblem(
                f"{told.code}：“{number}”不是文件，也不是已挂接材料的编号；请核对。"
            ) from None
        if document.withdrawn:
            raise DocumentProblem(f"{told.code}：证明材料{document.document}已经撤下，请换一份。")
        yield document.sha256
    for path in told.files:
        yield blob_store.digest_of(path, "sha256")


def _attestation(scheme: Scheme, year: int, told: Attested, by: str, now: datetime) -> IndicatorAttested:
    item = _item(scheme, told.code)
    _check_manual(item)
    try:
        actual = attested_value(item, told.value)
        item.rule.score(actual, item.target, item.weight)
    except ScoreProblem as problem:
        raise AttestationProblem(f"{_named(item)}：{problem}") from None
    except ValueError as problem:
        raise AttestationProblem(f"{_named(item)}：实际值{problem}") from None
    _check_share(item, told, actual)
    if item.needs_document and not told.documents and not told.files:
        wanted = "、".join(item.evidence) or item.feed.attested or "证明文件"
        raise DocumentLacking(
            f"{_named(item)}：没有附证明文件，不能登记；请附上{wanted}。没有文件的，评分时按无法核实处理。"
        )
    return IndicatorAttested(
        scheme=scheme.key,
        indicator=item.code,
        period=str(year),
        value=told.value,
        unit=unit_of(item),
        attested_by=by,
        attested_at=now,
        documents=[],
        remark=told.remark,
        reason=(told.reason or "").strip() or None,
    )


def _check_share(item: Item, told: Attested, actual: Actual) -> None:
    """A percentage over 100 is a slip unless a remark says why it is none."""
    if isinstance(actual, Amount) and actual.unit == PERCENT and actual.value > 100 and not told.remark:
        raise AttestationProblem(
            f"{_named(item)}：{actual}超过100%，请核对；确实如此的，请在备注里说明原因。"
        )


def _check_manual(item: Item) -> None:
    """A value that the log gives is not attested; one that may lack back-end statistics may be."""
    if item.feed.automatic and not item.no_backing:
        source = item.feed.figure or item.feed.measure
        raise AttestationProblem(
            f"{_named(item)}：由系统按 {source} 自动取数，不能人工填报；请补交缺少的数据。"
        )
    if item.points and not manual_points(item):
        raise AttestationProblem(f"{_named(item)}：各条都由系统自动判定，不用填报。")


def _mark(scheme: Scheme, year: int, told: Marked, now: datetime) -> ExpertMarked:
    item = _item(scheme, told.code)
    if not told.expert.strip():
        raise AttestationProblem(f"{_named(item)}：打分必须写明专家。")
    if not 0 <= Fraction(told.points) <= item.weight:
        raise AttestationProblem(
            f"{_named(item)}：{told.expert}打{told.points}分，应在0与{points_text(item.weight)}分之间。"
        )
    return ExpertMarked(
        scheme=scheme.key,
        indicator=item.code,
        period=str(year),
        expert=told.expert.strip(),
        points=told.points,
        marked_at=now,
        remark=told.remark,
    )


def _append(connection: psycopg.Connection[Any], center: str, events: Iterable[Event], now: datetime) -> None:
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        appending.add([(event, None) for event in events])


def _item(scheme: Scheme, code: str) -> Item:
    for item in scheme.items:
        if code in (item.code, item.title):
            return item
    codes = "、".join(item.code for item in scheme.items)
    raise AttestationProblem(f"方案 {scheme.key} 里没有指标“{code}”；可用的有 {codes}。")


def _named(item: Item) -> str:
    return f"{item.code} {item.title}"
