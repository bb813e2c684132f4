"""Does the log still say what was written? Recomputes the chain from the stored bytes."""

from dataclasses import dataclass
from typing import Any

import psycopg

from tracker import chain
from tracker.chain_check import ChainCheck, follow_chain
from tracker.log.reading import LogHead, read_head, stream_events


@dataclass(frozen=True)
class LogVerification:
    """What recomputing found; `problem` is None when everything fits."""

    center: str
    checked: int  # events that fit
    head_seq: int
    head_hash: bytes
    first_bad: int | None = None  # number of the first event that does not fit
    problem: str | None = None


def verify(
    connection: psycopg.Connection[Any], center: str, *, expected_head: bytes | None = None
) -> LogVerification:
    """Recomputes hash(1) … hash(head); names the first event that does not fit.

    `expected_head` is a head hash known from outside, a stamped report for example: it finds a log that was
    rewritten or cut short as a whole.
    """
    there = read_head(connection, center)
    digest = chain.get_digest(_read_digest_name(connection, center))
    links = (
        (event.build_envelope(), event.text.encode(), event.hash)
        for event in stream_events(connection, center, first=1, last=2**62)
    )
    found = follow_chain(links, digest, expected_head)
    if found.problem is not None:
        return LogVerification(center, found.seq, there.seq, there.hash, found.seq + 1, found.problem)
    return LogVerification(center, found.seq, there.seq, there.hash, *_check_ending(found, there))


def _check_ending(found: ChainCheck, there: LogHead) -> tuple[int | None, str | None]:
    seq = found.seq
    if seq < there.seq:
        return seq + 1, f"日志在第 {seq} 号事件后中断，但记录的末尾是第 {there.seq} 号：末尾的记录被删除。"
    if seq > there.seq or found.hash != there.hash:
        return seq, f"日志末尾（第 {seq} 号）与登记的末尾（第 {there.seq} 号）不符。"
    if not found.met:
        return seq, "日志自身前后一致，但其中没有外部给出的日志校验值：整个日志被改写或截断过。"
    return None, None


def _read_digest_name(connection: psycopg.Connection[Any], center: str) -> str:
    row = connection.execute("SELECT digest FROM centers WHERE center_id = %s", (center,)).fetchone()
    assert row is not None
    return str(row[0])
