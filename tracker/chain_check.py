"""Follows a log's hash chain, event by event, wherever the log was read from. No database."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tracker import chain

ChainLink = tuple[dict[str, Any], bytes, bytes]  # envelope as hashed, canonical payload, hash


@dataclass
class ChainCheck:
    """How far the chain holds; `problem` is None when every event fits."""

    seq: int = 0  # the last event that fits
    hash: bytes = chain.GENESIS  # its hash
    problem: str | None = None  # what is wrong with the next event
    met: bool = False  # an event had the hash looked for


def follow_chain(
    links: Iterable[ChainLink], digest: chain.Digest, looked_for: bytes | None = None
) -> ChainCheck:
    """Recomputes hash(1), hash(2), … from what the events say; stops at the first that does not fit."""
    found = ChainCheck(met=looked_for is None)
    for envelope, payload, recorded in links:
        seq = found.seq + 1
        if envelope["seq"] != seq:
            found.problem = f"缺少第 {seq} 号事件：下一条是第 {envelope['seq']} 号，说明有记录被删除。"
            break
        computed = digest(found.hash + chain.canonicalize(envelope, payload))
        if computed != recorded:
            found.problem = f"第 {seq} 号事件的内容与其哈希值不符：它或它之前的记录被改动过。"
            break
        found.seq, found.hash = seq, computed
        found.met = found.met or computed == looked_for
    return found
