"""Recomputes facts and figures from the events, and compares them with what the package claims."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from kpi.figures.codes import as_sealed, code_of_sealed
from kpi.figures.figure import Figure
from kpi.handover.package import layout
from kpi.handover.package.claims import COMPARED, Claim, beside_months, title_of
from kpi.handover.package.definitions import definitions
from kpi.handover.verify.findings import Compared, Outcome, Step, judged, passed
from kpi.offline import Replay
from kpi.offline.duck import literal, quoted
from kpi.terminal_tables import of_months_text
from tracker.events.times import BEIJING, day_of, day_start
from tracker.facts import FACTS
from tracker.periods import Period, Year

FACT_TABLES, DEFINITIONS, FIGURES, MOMENT = "事实表", "口径", "指标数字", "统计时点"
MONTHS = "季度、年度与各月"

Seal = tuple[int, dict[str, Any]]
Key = tuple[str, str]  # indicator, period

NAMES = {
    "code": "溯源码",
    "numerator": "分子",
    "denominator": "分母",
    "value": "数值",
    "coverage": "有据率",
    "status": "状态",
    "reason": "说明",
    "gaps": "缺口",
    "unit": "单位",
    "low": "下限",
    "high": "上限",
    "bounds": "区间含义",
    "definition_version": "口径版本",
    "provisional": "期间已结束",
    "vintage": "版次",
    "figure": "整个数字",
}


def check_moment(replay: Replay, about: Mapping[str, Any]) -> Step:
    """The moment of the figures decides which days have ended: it must not lie before the log's end."""
    last = replay.duck.sql("SELECT max(recorded_at) FROM log").scalar()
    moment = datetime.fromisoformat(about["moment"])
    if last is not None and moment < datetime.fromisoformat(last):
        return Step(MOMENT, Outcome.FAILED, f"统计时点 {about['moment']} 早于日志末尾的登记时间 {last}。")
    if moment < day_start(Year(about["year"]).end_day):
        told = f"{about['year']}年在统计时点 {about['moment']} 尚未结束，带*的数字是暂定的。"
        return Step(MOMENT, Outcome.NOTED, told)
    return passed(MOMENT, f"{about['year']}年已结束，统计时点 {about['moment']}。")


def check_facts(replay: Replay, bag: Path, altered: Collection[str]) -> Step:
    """The facts in the package are the facts that the events give, row by row; altered files stay closed."""
    problems = []
    for name in sorted({fact.name for fact in FACTS}):
        path = bag / layout.FACTS / f"{name}.parquet"
        if not path.is_file():
            problems.append(f"{name}：包里缺少这张事实表")
            continue
        if path.relative_to(bag).as_posix() in altered:
            problems.append(f"{name}：文件被改动过，没有逐行比对")
            continue
        there, made = f"read_parquet({literal(str(path))})", quoted(name)
        for more, fewer, told in ((there, made, "重算没有"), (made, there, "包里没有")):
            subject = replay.duck.sql(
                f"SELECT subject FROM (FROM {more} EXCEPT ALL FROM {fewer}) ORDER BY subject LIMIT 1"
            ).scalar()
            if subject is not None:
                problems.append(f"{name}：{subject} 的行{told}")
    return judged(FACT_TABLES, problems, "各事实表与由事件重放的逐行相同。", "事实表与由事件重放的不同：")


def check_definitions(replay: Replay, claimed: Mapping[str, Any], about: Mapping[str, Any]) -> Step:
    """The package's definitions beside this verifier's own and those that the log says were adopted; figures
    are computed by the latter."""
    own = definitions(about["center"]["id"], about["year"], replay.definitions())
    differing = [
        f"{kind}/{key}"
        for kind in own
        for key in sorted(own[kind].keys() | claimed.get(kind, {}).keys())
        if own[kind].get(key) != claimed.get(kind, {}).get(key)
    ]
    right = f"{len(own['indicators'])} 个指标、{len(own['measures'])} 个计量的口径与核验程序自带的相同。"
    wrong = (
        "包内的口径与核验程序自带的不同；数字按核验程序的口径重算，请用与打包时同一版本的核验程序再核一次："
    )
    return judged(DEFINITIONS, differing, right, wrong)


def compare_figures(
    replay: Replay, about: Mapping[str, Any], claims: Sequence[Claim], seals: Sequence[Seal]
) -> list[Compared]:
    """Sealed figures at the log position of their seal, the others at the log's end, each digit by digit."""
    center, year = about["center"]["id"], about["year"]
    newest: dict[Key, tuple[int, dict[str, Any]]] = {}
    found: list[Compared] = []
    computed: dict[Key, Figure] = {}
    computed_at = None
    of_year = [seal for _, seal in seals if seal["month"].startswith(f"{year}-")]
    for seal in sorted(of_year, key=lambda one: (one["head_seq"], one["vintage"])):
        replay.advance(seal["head_seq"])
        sealed_at = datetime.fromisoformat(seal["sealed_at"])
        stands = (replay.counted_at, day_of(sealed_at))
        if stands != computed_at:
            computed, computed_at = _by_key(replay.figures(year, sealed_at)), stands
        for sealed in seal["figures"]:
            key, vintage = (sealed["indicator"], sealed["period"]), seal["vintage"]
            found.append(_compare(center, vintage, sealed, computed.get(key)))
            newest[key] = max(newest.get(key, (0, {})), (vintage, sealed), key=lambda one: one[0])
    replay.advance(about["head"]["seq"])
    computed = _by_key(replay.figures(year, datetime.fromisoformat(about["moment"]).astimezone(BEIJING)))
    claimed: dict[Key, Claim] = {}
    for claim in claims:
        key = (claim["indicator"], claim["period"])
        vintage, sealed = newest.get(key, (0, {}))
        if claim["vintage"] != vintage or key in claimed:
            found.append(Compared(*key, claim["vintage"], claim, None, ("vintage",)))
        elif vintage:
            found.append(_beside(key, vintage, claim, sealed, (*COMPARED, "code")))
        else:
            found.append(_compare(center, 0, claim, computed.get(key)))
        claimed[key] = claim
    left_out = (key for key in computed if key not in claimed)
    return found + [Compared(*key, 0, None, as_sealed(computed[key]), ("figure",)) for key in left_out]


def check_figures(figures: Sequence[Compared]) -> Step:
    """All of them in one sentence, and those that differ by name."""
    wrong = [one for one in figures if not one.agrees]
    return judged(
        FIGURES,
        [told_of(one) for one in wrong],
        f"{len(figures):,} 个数字由事件重算，逐位相同。",
        f"{len(figures):,} 个数字中有 {len(wrong):,} 个与重算的不同：",
    )


def check_months(replay: Replay, about: Mapping[str, Any], claims: Sequence[Claim]) -> Step:
    """How the figures of quarters and years stand to the locked figures of their months.

    A difference is no fault: what came after a lock is in the quarter and not in the month.
    """
    compared = beside_months(claims, about, replay)
    if not compared:
        return passed(MONTHS, "没有季度、年度的数字要与已锁定的月份比较。")
    apart = tuple(
        f"{title_of({'indicator': key})} {period}：{of_months_text(found)}"
        for (key, period), found in compared.items()
        if found.agrees is False
    )
    agreeing = sum(found.agrees is True for found in compared.values())
    told = f"季度、年度的数字中，{agreeing:,} 个与各月公布的数字合计一致"
    if not apart:
        return passed(MONTHS, f"{told}。")
    return Step(MONTHS, Outcome.NOTED, f"{told}，{len(apart):,} 个不一致，原因如下：", apart)


def told_of(one: Compared) -> str:
    """What differs, claimed beside recomputed."""
    name = f"{title_of({'indicator': one.indicator})}（{one.indicator}）{one.period}"
    if one.claimed is None:
        return f"{name}：由事件可以算出，但包里没有列出"
    if one.differing == ("vintage",):
        return f"{name}：自称第{one.vintage}版，与日志中的锁定不符，或重复列出"
    if one.recomputed is None:
        return f"{name}：由事件算不出这个数字"
    told = (
        f"{NAMES.get(field, field)} 自称 {_shown(one.claimed.get(field))}，"
        f"重算 {_shown(one.recomputed.get(field))}"
        for field in one.differing
    )
    return f"{name}：{'；'.join(told)}"


def _compare(center: str, vintage: int, claim: Mapping[str, Any], figure: Figure | None) -> Compared:
    key = (claim["indicator"], claim["period"])
    if figure is None:
        return Compared(*key, vintage, dict(claim), None, ("figure",))
    made: dict[str, Any] = dict(as_sealed(figure))
    made |= {"code": code_of_sealed(center, made, vintage), "provisional": figure.provisional}
    fields: Iterable[str] = (*COMPARED, "code", *(("provisional",) if "provisional" in claim else ()))
    return _beside(key, vintage, claim, made, fields)


def _beside(
    key: Key, vintage: int, claim: Mapping[str, Any], made: Mapping[str, Any], fields: Iterable[str]
) -> Compared:
    differing = tuple(name for name in fields if claim.get(name) != made.get(name))
    return Compared(*key, vintage, dict(claim), dict(made), differing)


def _by_key(figures: Mapping[str, Mapping[Period, Figure]]) -> dict[Key, Figure]:
    return {(key, str(period)): figure for key, found in figures.items() for period, figure in found.items()}


def _shown(value: Any) -> str:
    return "—" if value is None else str(value)
