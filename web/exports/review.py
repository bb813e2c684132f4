"""What the evaluator's room rests on: all figures computed again, and her verdicts as a signed file."""

from typing import Any

import orjson

from kpi.evaluation.verdicts import Judged, Verdict, holding, verdicts_of_year
from kpi.handover.package.keys import signing_key
from kpi.handover.package.signature import fingerprint
from kpi.handover.recomputing import recomputation_table, recompute
from kpi.handover.verdict_file import write_verdicts
from kpi.handover.verify.findings import Compared
from tracker import log
from web.exports.making import Making, NothingToMake


def make_recomputation(making: Making) -> dict[str, Any]:
    """The table of all figures, and beside it one small file a period for the pages."""
    found = recompute(making.instance.database, making.center, making.job.year, making.now)
    making.path.write_bytes(recomputation_table(found))
    by_period: dict[str, dict[str, Any]] = {}
    for one in found.figures:
        by_period.setdefault(one.period, {})[one.indicator] = _kept(one)
    for period, figures in by_period.items():
        (making.folder / f"{period}.json").write_bytes(orjson.dumps(figures))
    differing = sum(1 for one in found.figures if not one.agrees)
    agreeing = len(found.figures) - differing
    return {
        "说明": f"{agreeing:,} 个一致，{differing:,} 个不一致；日志至第 {found.head.seq:,} 号事件",
        "末尾哈希": found.head.hash.hex(),
        "seq": found.head.seq,
        "moment": found.moment.isoformat(),
        "agreeing": agreeing,
        "differing": differing,
    }


def make_verdicts(making: Making) -> dict[str, Any]:
    """The verdicts that hold of whoever asks, signed with the centre's key."""
    code = making.center.center_id
    with making.instance.database.connect() as connection:
        head = log.head(connection, code)
        held = holding(verdicts_of_year(connection, code, making.job.year), making.job.login)
    if not held:
        raise NothingToMake("您还没有登记任何结论；请先在评价核验页逐项填写，再导出。")
    key = signing_key(making.instance.settings, code)
    making.path.write_bytes(
        write_verdicts(key, making.center, making.job.year, head, held.values(), making.now)
    )
    return {
        "说明": "，".join(f"{one.label} {_count(held.values(), one)} 项" for one in Verdict),
        "末尾哈希": head.hash.hex(),
        "公钥指纹": fingerprint(key.public_key().public_bytes_raw()),
        "seq": head.seq,
    }


def _count(held: Any, verdict: Verdict) -> int:
    judged: list[Judged] = list(held)
    return sum(1 for one in judged if one.verdict is verdict)


def _kept(one: Compared) -> dict[str, Any]:
    return {
        "vintage": one.vintage,
        "claimed": one.claimed,
        "recomputed": one.recomputed,
        "differing": list(one.differing),
    }
