"""Does the log still say what was written? Recomputes the chain from the stored bytes."""

from dataclasses import dataclass
from typing import Any

import psycopg

from tracker import chain
from tracker.log.reading import Recorded, head, stream


@dataclass(frozen=True)
class Verdict:
    """What recomputing found; `problem` is None when everything fits."""

    center: str
    checked: int  # events that fit
    head_seq: int
    head_hash: bytes
    first_bad: int | None = None  # number of the first event that does not fit
    problem: str | None = None


def verify(
    connection: psycopg.Connection[Any], center: str, *, expected_head: bytes | None = None
) -> Verdict:
    """Recomputes hash(1) … hash(head); names the first event that does not fit.

    `expected_head` is a head hash known from outside, a stamped report for example: it finds a log that was
    rewritten or cut short as a whole.
    """
    there = head(connection, center)
    digest = chain.hasher(_digest_name(connection, center))
    hash_so_far, seq, met = chain.GENESIS, 0, expected_head is None
    for event in stream(connection, center, first=1, last=2**62):
        seq += 1
        problem = _misfit(event, seq)
        if problem is None:
            hash_so_far = digest(hash_so_far + chain.canonical(event.envelope(), event.text.encode()))
            if hash_so_far != event.hash:
                problem = f"第 {seq} 号事件的内容与其哈希不符：它或它之前的记录被改动过。"
        if problem is not None:
            return Verdict(center, seq - 1, there.seq, there.hash, seq, problem)
        met = met or hash_so_far == expected_head
    return Verdict(center, seq, there.seq, there.hash, *_ending(seq, hash_so_far, there.seq, there.hash, met))


def _misfit(event: Recorded, seq: int) -> str | None:
    if event.seq == seq:
        return None
    return f"缺少第 {seq} 号事件：下一条是第 {event.seq} 号，说明有记录被删除。"


def _ending(
    seq: int, last_hash: bytes, head_seq: int, head_hash: bytes, met: bool
) -> tuple[int | None, str | None]:
    if seq < head_seq:
        return seq + 1, f"日志在第 {seq} 号事件后中断，但记录的末尾是第 {head_seq} 号：末尾的记录被删除。"
    if seq > head_seq or last_hash != head_hash:
        return seq, f"日志末尾（第 {seq} 号）与登记的末尾（第 {head_seq} 号）不符。"
    if not met:
        return seq, "日志自身前后一致，但其中没有外部给出的末尾哈希：整个日志被改写或截断过。"
    return None, None


def _digest_name(connection: psycopg.Connection[Any], center: str) -> str:
    row = connection.execute("SELECT digest FROM centers WHERE center_id = %s", (center,)).fetchone()
    assert row is not None
    return str(row[0])
