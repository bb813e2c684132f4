"""The log in the package: its chain, its end, its batches."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kpi.handover.verify.findings import HEAD, CheckStep, StepOutcome, make_judged_step, make_passed_step
from kpi.offline.duck import Duck
from kpi.offline.log_table import read_links
from tracker import chain
from tracker.chain_check import follow_chain

CHAIN, BATCHES = "哈希链", "批次"


def check_chain(duck: Duck, about: Mapping[str, Any]) -> CheckStep:
    """Recomputes every hash; names the first event that does not fit."""
    found = follow_chain(read_links(duck, about["center"]["id"]), chain.get_digest(about["center"]["digest"]))
    if found.problem is not None:
        return CheckStep(CHAIN, StepOutcome.FAILED, f"{found.problem}（此前 {found.seq:,} 条相符）")
    odd = duck.sql("SELECT min(seq) FROM log WHERE NOT regexp_full_match(hash, '[0-9a-f]{64}')").scalar()
    if odd is not None:
        return CheckStep(CHAIN, StepOutcome.FAILED, f"第 {odd} 号事件的哈希值不是 64 位小写十六进制数字。")
    seq, head_hash = about["head"]["seq"], about["head"]["hash"]
    if (found.seq, found.hash.hex()) != (seq, head_hash):
        return CheckStep(
            CHAIN,
            StepOutcome.FAILED,
            f"日志在第 {found.seq} 号事件结束，而包内记载的末尾是第 {seq} 号：末尾被截断或改写。",
        )
    return make_passed_step(CHAIN, f"{found.seq:,} 条事件逐条相符，首尾相接。")


def check_heads(duck: Duck, about: Mapping[str, Any], heads: Sequence[str]) -> CheckStep:
    """Looks for the head hashes given from outside; a report of an earlier month names an earlier event."""
    head = about["head"]
    if not heads:
        sentence = (
            f"包内记载的末尾是第 {head['seq']} 号 {head['hash']}。"
            "包自己证明不了自己：请与盖章报告上的比对，或用 --head 给出。"
        )
        return CheckStep(HEAD, StepOutcome.NOTED, sentence)
    found = {head_hash: find_position(duck, head_hash) for head_hash in heads}
    missing = [
        f"{head_hash}：日志里没有。日志自身前后一致，但整个被改写过，或在末尾被截断。"
        for head_hash, seq in found.items()
        if seq is None
    ]
    if missing:
        return CheckStep(HEAD, StepOutcome.FAILED, "给出的日志校验值在日志里找不到：", tuple(missing))
    newest = max(seq for seq in found.values() if seq is not None)
    if newest < head["seq"]:
        sentence = (
            f"给出的日志校验值是第 {newest} 号事件，包的末尾是第 {head['seq']} 号："
            f"其后的 {head['seq'] - newest:,} 条事件，个人信息的承诺、工作日历和中心名称，没有包外的凭据。"
            "请给出打包时印下的日志校验值。"
        )
        return CheckStep(HEAD, StepOutcome.NOTED, sentence)
    right = "、".join(f"第 {seq} 号" for seq in found.values())
    return make_passed_step(HEAD, f"给出的日志校验值就是包的末尾（{right}），全部内容由它约束。")


def check_batches(duck: Duck, about: Mapping[str, Any]) -> CheckStep:
    """Recomputes the Merkle root of every batch."""
    digest = chain.get_digest(about["center"]["digest"])
    problems, following = [], 1
    batches: Iterable[Any] = duck.sql(
        "SELECT first_seq, last_seq, merkle_root FROM batches ORDER BY first_seq"
    )
    for first, last, root in batches:
        if first != following:
            problems.append(f"第 {following} 号事件不在任何批次里")
        hashes = [
            bytes.fromhex(one)
            for (one,) in duck.sql(
                "SELECT hash FROM log WHERE seq BETWEEN $1 AND $2 ORDER BY seq", first, last
            )
        ]
        if chain.compute_merkle_root(hashes, digest).hex() != root:
            problems.append(f"第 {first} 至 {last} 号事件的默克尔根不符")
        following = last + 1
    if following != about["head"]["seq"] + 1:
        problems.append(f"批次到第 {following - 1} 号为止，日志到第 {about['head']['seq']} 号")
    return make_judged_step(BATCHES, problems, "各批次的默克尔根与事件相符。", "批次与事件不符：")


def find_position(duck: Duck, head_hash: str) -> int | None:
    """The number of the event with this hash; None where there is none."""
    found = duck.sql("SELECT seq FROM log WHERE hash = $1", head_hash.strip().lower()).scalar()
    return None if found is None else int(found)
