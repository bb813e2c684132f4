"""Recomputes what a package says of figures less what was left out of assessment, and of the rows between."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from kpi.handover.package import layout
from kpi.handover.package.claims import COMPARED, get_title
from kpi.handover.package.exclusions import (
    NetClaim,
    compare_year,
    list_appeal_sources,
    make_net_claims,
    write_exclusions_table,
)
from kpi.handover.verify.findings import CheckStep, make_judged_step
from kpi.offline import Replay
from tracker.events.times import BEIJING

TITLE = "剔除前后"
_NAMES = {
    "gross": "剔除前",
    "net": "剔除后",
    "excluded": "同意剔除",
    "open": "未定",
    "without_list": "没有申诉表的月份",
}


def is_told(bag: Path, replay: Replay) -> bool:
    """Whether there is anything to check: a package without appeals has no such files."""
    return bool(list_appeal_sources(replay)) or (bag / layout.NET).is_file()


def check_net(bag: Path, replay: Replay, about: Mapping[str, Any]) -> CheckStep:
    """Gross, net and the rows between are what the events give, and gross less the rows is net."""
    moment = datetime.fromisoformat(about["moment"]).astimezone(BEIJING)
    compared = compare_year(replay, about["year"], moment)
    made = make_net_claims(compared)
    claimed = orjson.loads((bag / layout.NET).read_bytes())
    problems = [*_compare(claimed, made), *_find_untied(claimed)]
    if (bag / layout.EXCLUSIONS).read_bytes() != write_exclusions_table(compared):
        problems.append(f"{layout.EXCLUSIONS}：剔除明细与由事件重算的不同")
    rows = sum(len(one.rows) for one in compared.values())
    return make_judged_step(
        TITLE,
        problems,
        f"{len(made):,} 个数字的剔除前、剔除后都由事件重算，逐位相同；其间 {rows:,} 行逐行相同，数目相合。",
        "剔除前后的数字或其间的明细与重算的不同：",
    )


def _compare(claimed: list[NetClaim], made: list[NetClaim]) -> Iterator[str]:
    """What is claimed otherwise, left out, or told twice."""
    there = {(one["indicator"], one["period"]): one for one in claimed}
    if len(there) != len(claimed):
        yield "同一个数字重复列出"
    for one in made:
        found = there.pop((one["indicator"], one["period"]), None)
        if found is None:
            yield f"{_name(one)}：由事件可以算出，但包里没有列出"
            continue
        for field, title in _NAMES.items():
            names = COMPARED if field in ("gross", "net") else one[field]
            for name in names:
                if found[field].get(name) != one[field].get(name):
                    yield (
                        f"{_name(one)}：{title}的 {name} 包内值 {found[field].get(name)}，"
                        f"重算值 {one[field].get(name)}"
                    )
    for left in there.values():
        yield f"{_name(left)}：由事件算不出这个数字"


def _find_untied(claimed: list[NetClaim]) -> Iterator[str]:
    for one in claimed:
        if one["ties"] is False:
            yield f"{_name(one)}：剔除前减去明细不等于剔除后"


def _name(claim: NetClaim) -> str:
    return f"{get_title(claim)}（{claim['indicator']}）{claim['period']}"
