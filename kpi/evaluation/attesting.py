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
from kpi.evaluation.actual import Actual, Amount, MetPoints
from kpi.evaluation.claims.claim import PERCENT
from kpi.evaluation.facts_files import get_amount_unit, read_actual
from kpi.evaluation.numbers import show_points
from kpi.evaluation.rules import ScoreProblem
from kpi.evaluation.scheme import Scheme, SchemeItem
from tracker import log
from tracker.blob_store import hash_file
from tracker.events import Event
from tracker.events.evaluation import ExpertMarked, IndicatorAttested
from tracker.events.event import Json


class AttestationProblem(ValueError):
    """填报或打分未保存，原因见说明。"""


class DocumentProblem(AttestationProblem):
    """编号所指的佐证材料不能用。"""


class MissingDocument(AttestationProblem):
    """填报须附佐证材料。"""


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
    values: Sequence[Attested],
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
    events = [_make_attestation(scheme, year, one, by.strip(), now) for one in values]
    documents: list[list[Json]] = [list(_list_document_hashes(connection, center, one)) for one in values]
    events = [replace(event, documents=found) for event, found in zip(events, documents, strict=True)]
    _append(connection, center, events, now)
    for event, one in zip(events, values, strict=True):
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
    _append(connection, center, [_make_mark(scheme, year, one, now) for one in marks], now)


def count_manual_points(item: SchemeItem) -> int:
    """How many points of a list a person has to attest; the others the log decides alone."""
    return sum(1 for point in item.points if point.when is None)


def read_attested_value(item: SchemeItem, text: str) -> Actual:
    """A value as attested, of the kind that the rule takes; points that the log decides alone are left open.

    Raises: ValueError that says what is wanted.
    """
    actual = read_actual(item.rule, get_amount_unit(item), text)
    if not isinstance(actual, MetPoints):
        return actual
    if len(actual.points) != count_manual_points(item):
        named = "、".join(point.text for point in item.points if point.when is None)
        counts = f"要填报{count_manual_points(item)}条（{named}），读到{len(actual.points)}条"
        raise ValueError(f"{counts}；每条写 是、否 或 ?，以逗号分开。")
    answers = iter(actual.points)
    return MetPoints(tuple(next(answers) if point.when is None else None for point in item.points))


def split_documents(entries: Sequence[str], folder: Path) -> tuple[tuple[str, ...], tuple[Path, ...]]:
    """Numbers of documents on file, and files by their paths from a folder."""
    files = tuple(folder / one for one in entries if (folder / one).is_file())
    return tuple(one for one in entries if not (folder / one).is_file()), files


def _list_document_hashes(connection: psycopg.Connection[Any], center: str, value: Attested) -> Iterator[str]:
    """The SHA-256 of what is on file or will be, in hex. Raises: DocumentProblem."""
    for number in value.documents:
        try:
            document = find_bytes(connection, center, number)
        except ShelfProblem:
            raise DocumentProblem(
                f"{value.code}：“{number}”不是文件，也不是已上传材料的编号；请核对。"
            ) from None
        if document.withdrawn:
            raise DocumentProblem(f"{value.code}：佐证材料{document.document}已撤销，请更换。")
        yield document.sha256
    for path in value.files:
        yield hash_file(path, "sha256")


def _make_attestation(
    scheme: Scheme, year: int, value: Attested, by: str, now: datetime
) -> IndicatorAttested:
    item = _find_item(scheme, value.code)
    _check_manual(item)
    try:
        actual = read_attested_value(item, value.value)
        item.rule.score(actual, item.target, item.weight)
    except ScoreProblem as problem:
        raise AttestationProblem(f"{_format_item_name(item)}：{problem}") from None
    except ValueError as problem:
        raise AttestationProblem(f"{_format_item_name(item)}：实际值{problem}") from None
    _check_share(item, value, actual)
    if item.needs_document and not value.documents and not value.files:
        wanted = "、".join(item.evidence) or item.feed.attested or "佐证材料"
        raise MissingDocument(
            f"{_format_item_name(item)}未附佐证材料，未提交；请上传{wanted}。确无材料的，评分时按无法核实处理。"
        )
    return IndicatorAttested(
        scheme=scheme.key,
        indicator=item.code,
        period=str(year),
        value=value.value,
        unit=get_amount_unit(item),
        attested_by=by,
        attested_at=now,
        documents=[],
        remark=value.remark,
        reason=(value.reason or "").strip() or None,
    )


def _check_share(item: SchemeItem, value: Attested, actual: Actual) -> None:
    """A percentage over 100 is a slip unless a remark says why it is none."""
    if isinstance(actual, Amount) and actual.unit == PERCENT and actual.value > 100 and not value.remark:
        raise AttestationProblem(
            f"{_format_item_name(item)}：{actual}超过100%；请核对，情况属实的请在备注中说明。"
        )


def _check_manual(item: SchemeItem) -> None:
    """A value that the log gives is not attested; one that may lack back-end statistics may be."""
    if item.feed.automatic and not item.no_backing:
        source = item.feed.figure or item.feed.measure
        raise AttestationProblem(
            f"{_format_item_name(item)}：由系统按 {source} 自动取数，不能人工填报；请补报缺失的数据。"
        )
    if item.points and not count_manual_points(item):
        raise AttestationProblem(f"{_format_item_name(item)}：各条都由系统自动判定，不用填报。")


def _make_mark(scheme: Scheme, year: int, mark_row: Marked, now: datetime) -> ExpertMarked:
    item = _find_item(scheme, mark_row.code)
    if not mark_row.expert.strip():
        raise AttestationProblem(f"{_format_item_name(item)}：打分必须写明专家。")
    if not 0 <= Fraction(mark_row.points) <= item.weight:
        raise AttestationProblem(
            f"{_format_item_name(item)}：{mark_row.expert}打{mark_row.points}分，应在0与{show_points(item.weight)}分之间。"
        )
    return ExpertMarked(
        scheme=scheme.key,
        indicator=item.code,
        period=str(year),
        expert=mark_row.expert.strip(),
        points=mark_row.points,
        marked_at=now,
        remark=mark_row.remark,
    )


def _append(connection: psycopg.Connection[Any], center: str, events: Iterable[Event], now: datetime) -> None:
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        appending.add([(event, None) for event in events])


def _find_item(scheme: Scheme, code: str) -> SchemeItem:
    for item in scheme.items:
        if code in (item.code, item.title):
            return item
    codes = "、".join(item.code for item in scheme.items)
    raise AttestationProblem(f"方案 {scheme.key} 里没有指标“{code}”；可用的有 {codes}。")


def _format_item_name(item: SchemeItem) -> str:
    return f"{item.code} {item.title}"
