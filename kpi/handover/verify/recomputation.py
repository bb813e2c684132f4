"""Recomputes facts and figures from the events, and compares them with what the package claims."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from kpi.figures.codes import as_sealed, derive_sealed_code
from kpi.figures.figure import Figure
from kpi.figures.from_months import MonthComparisons
from kpi.handover.package import layout
from kpi.handover.package.claims import COMPARED, FigureClaim, get_title
from kpi.handover.package.definitions import describe_definitions
from kpi.handover.verify.findings import (
    CheckStep,
    FigureComparison,
    StepOutcome,
    make_judged_step,
    make_passed_step,
)
from kpi.offline import Replay
from kpi.offline.duck import quote_id, quote_str
from kpi.terminal_tables import format_month_comparison
from tracker.events.times import BEIJING, get_day
from tracker.facts import FACTS
from tracker.periods import Period

FACT_TABLES, DEFINITIONS, FIGURES = "事实表", "口径", "指标数字"
MONTHS = "季度、年度与各月"

SealEvent = tuple[int, dict[str, Any]]
FigureKey = tuple[str, str]  # indicator, period

NAMES = {
    "code": "溯源码",
    "numerator": "分子",
    "denominator": "分母",
    "value": "数值",
    "coverage": "数据完整率",
    "status": "数据状态",
    "reason": "说明",
    "gaps": "数据缺失",
    "unit": "计量单位",
    "low": "下限",
    "high": "上限",
    "bounds": "区间含义",
    "definition_version": "口径版本",
    "provisional": "期间已结束",
    "vintage": "数据版本",
    "figure": "整个数字",
}


def check_facts(replay: Replay, bag: Path, altered: Collection[str]) -> CheckStep:
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
        there, made = f"read_parquet({quote_str(str(path))})", quote_id(name)
        for more, fewer, problem in ((there, made, "重算没有"), (made, there, "包里没有")):
            subject = replay.duck.sql(
                f"SELECT subject FROM (FROM {more} EXCEPT ALL FROM {fewer}) ORDER BY subject LIMIT 1"
            ).scalar()
            if subject is not None:
                problems.append(f"{name}：{subject} 的行{problem}")
    return make_judged_step(
        FACT_TABLES, problems, "各事实表与由事件重放的逐行相同。", "事实表与由事件重放的不同："
    )


def check_definitions(replay: Replay, claimed: Mapping[str, Any], about: Mapping[str, Any]) -> CheckStep:
    """The package's definitions beside this verifier's own and those that the log says were adopted; figures
    are computed by the latter."""
    own = describe_definitions(about["center"]["id"], about["year"], replay.definitions())
    differing = [
        f"{kind}/{key}"
        for kind in own
        for key in sorted(own[kind].keys() | claimed.get(kind, {}).keys())
        if own[kind].get(key) != claimed.get(kind, {}).get(key)
    ]
    right = f"{len(own['indicators'])} 个指标、{len(own['measures'])} 个统计项的口径与核验程序自带的相同。"
    wrong = (
        "包内的口径与核验程序自带的不同；数字按核验程序的口径重算，请用与打包时同一版本的核验程序再核一次："
    )
    return make_judged_step(DEFINITIONS, differing, right, wrong)


def compare_figures(
    replay: Replay, about: Mapping[str, Any], claims: Sequence[FigureClaim], seals: Sequence[SealEvent]
) -> list[FigureComparison]:
    """Sealed figures at the log position of their seal, the others at the log's end, each digit by digit."""
    center, year = about["center"]["id"], about["year"]
    newest: dict[FigureKey, tuple[int, dict[str, Any]]] = {}
    found: list[FigureComparison] = []
    computed: dict[FigureKey, Figure] = {}
    computed_at = None
    of_year = [seal for _, seal in seals if seal["month"].startswith(f"{year}-")]
    for seal in sorted(of_year, key=lambda one: (one["head_seq"], one["vintage"])):
        replay.advance(seal["head_seq"])
        sealed_at = datetime.fromisoformat(seal["sealed_at"])
        stands = (replay.counted_at, get_day(sealed_at))
        if stands != computed_at:
            computed, computed_at = _index_by_key(replay.figures(year, sealed_at)), stands
        for sealed in seal["figures"]:
            key, vintage = (sealed["indicator"], sealed["period"]), seal["vintage"]
            found.append(_compare(center, vintage, sealed, computed.get(key)))
            newest[key] = max(newest.get(key, (0, {})), (vintage, sealed), key=lambda one: one[0])
    replay.advance(about["head"]["seq"])
    computed = _index_by_key(
        replay.figures(year, datetime.fromisoformat(about["moment"]).astimezone(BEIJING))
    )
    claimed: dict[FigureKey, FigureClaim] = {}
    for claim in claims:
        key = (claim["indicator"], claim["period"])
        vintage, sealed = newest.get(key, (0, {}))
        if claim["vintage"] != vintage or key in claimed:
            found.append(FigureComparison(*key, claim["vintage"], claim, None, ("vintage",)))
        elif vintage:
            found.append(_compare_side_by_side(key, vintage, claim, sealed, (*COMPARED, "code")))
        else:
            found.append(_compare(center, 0, claim, computed.get(key)))
        claimed[key] = claim
    left_out = (key for key in computed if key not in claimed)
    return found + [
        FigureComparison(*key, 0, None, as_sealed(computed[key]), ("figure",)) for key in left_out
    ]


def check_figures(figures: Sequence[FigureComparison]) -> CheckStep:
    """All of them in one sentence, and those that differ by name."""
    wrong = [one for one in figures if not one.agrees]
    return make_judged_step(
        FIGURES,
        [describe_difference(one) for one in wrong],
        f"{len(figures):,} 个数字由事件重算，逐位相同。",
        f"{len(figures):,} 个数字中有 {len(wrong):,} 个与重算的不同：",
    )


def check_months(compared: MonthComparisons) -> CheckStep:
    """How the figures of quarters and years stand to the locked figures of their months.

    A difference is no fault: what came after a lock is in the quarter and not in the month.
    """
    if not compared:
        return make_passed_step(MONTHS, "没有季度、年度的数字要与已锁定的月份比较。")
    apart = tuple(
        f"{get_title({'indicator': key})} {period}：{format_month_comparison(found)}"
        for (key, period), found in compared.items()
        if found.agrees is False
    )
    agreeing = sum(found.agrees is True for found in compared.values())
    sentence = f"季度、年度的数字中，{agreeing:,} 个与各月公布的数字合计一致"
    if not apart:
        return make_passed_step(MONTHS, f"{sentence}。")
    return CheckStep(MONTHS, StepOutcome.NOTED, f"{sentence}，{len(apart):,} 个不一致，原因如下：", apart)


def describe_difference(one: FigureComparison) -> str:
    """What differs, claimed beside recomputed."""
    name = f"{get_title({'indicator': one.indicator})}（{one.indicator}）{one.period}"
    if one.claimed is None:
        return f"{name}：由事件可以算出，但包里没有列出"
    if one.differing == ("vintage",):
        return f"{name}：包内为第{one.vintage}版，与日志中的锁定不符，或重复列出"
    if one.recomputed is None:
        return f"{name}：由事件算不出这个数字"
    differences = (
        f"{NAMES.get(field, field)} 包内值 {_format_shown(one.claimed.get(field))}，"
        f"重算值 {_format_shown(one.recomputed.get(field))}"
        for field in one.differing
    )
    return f"{name}：{'；'.join(differences)}"


def _compare(center: str, vintage: int, claim: Mapping[str, Any], figure: Figure | None) -> FigureComparison:
    key = (claim["indicator"], claim["period"])
    if figure is None:
        return FigureComparison(*key, vintage, dict(claim), None, ("figure",))
    made: dict[str, Any] = dict(as_sealed(figure))
    made |= {"code": derive_sealed_code(center, made, vintage), "provisional": figure.provisional}
    fields: Iterable[str] = (*COMPARED, "code", *(("provisional",) if "provisional" in claim else ()))
    return _compare_side_by_side(key, vintage, claim, made, fields)


def _compare_side_by_side(
    key: FigureKey, vintage: int, claim: Mapping[str, Any], made: Mapping[str, Any], fields: Iterable[str]
) -> FigureComparison:
    differing = tuple(name for name in fields if claim.get(name) != made.get(name))
    return FigureComparison(*key, vintage, dict(claim), dict(made), differing)


def _index_by_key(figures: Mapping[str, Mapping[Period, Figure]]) -> dict[FigureKey, Figure]:
    return {(key, str(period)): figure for key, found in figures.items() for period, figure in found.items()}


def _format_shown(value: Any) -> str:
    return "—" if value is None else str(value)
