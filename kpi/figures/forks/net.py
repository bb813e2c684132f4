"""Every rate of work orders less those that an appeal left out of assessment, beside the rate with them."""

from dataclasses import replace

from kpi.figures.forks.fork import Fork, build_fork
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.indicators.formula import Formula, Median, Part
from kpi.figures.measures import MEASURES
from kpi.figures.measures.net import SUFFIX


def _can_be_net(indicator: Indicator) -> bool:
    keys = indicator.formula.measures
    return not isinstance(indicator.formula, Median) and all(f"{key}{SUFFIX}" in MEASURES for key in keys)


def _less_excluded(part: Part) -> Part:
    return replace(part, terms=tuple(replace(term, measure=f"{term.measure}{SUFFIX}") for term in part.terms))


def _net(gross: Indicator) -> Fork:
    formula, card = gross.formula, gross.card
    below = None if formula.denominator is None else _less_excluded(formula.denominator)
    return build_fork(
        gross, "net", "考核剔除", "考核申诉同意剔除的不算", "申诉成功的工单不纳入考核的城市（如北京）",
        Formula(_less_excluded(formula.numerator), below, formula.times, formula.kind),
        replace(
            card,
            excludes=f"{card.excludes}考核申诉同意剔除的工单，不论何时审核；还没有审核的申诉列为不明。",
        ),
    )  # fmt: skip


FORKS = tuple(_net(one) for one in INDICATORS.values() if _can_be_net(one))
