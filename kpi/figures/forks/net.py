"""Rates of work orders and calls less what an appeal left out of assessment, beside those with it."""

from collections.abc import Callable
from dataclasses import replace

from kpi.figures.forks.fork import Fork, build_fork
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.indicators.formula import Formula, Lowest, Median, Part
from kpi.figures.measures import MEASURES
from kpi.figures.measures.net import SUFFIX


def make_gross_and_net(declared: Indicator) -> tuple[Indicator, Indicator] | None:
    """A definition that counts all, and the same less what was left out; None where there is no such pair.

    Of one that is net already, the other half is the gross one.
    """
    if all(key.endswith(SUFFIX) for key in declared.formula.measures):
        gross = replace(declared, formula=_rename(declared.formula, lambda key: key.removesuffix(SUFFIX)))
        return gross, declared
    if not _can_be_net(declared):
        return None
    return declared, replace(declared, formula=_rename(declared.formula, lambda key: f"{key}{SUFFIX}"))


def _can_be_net(indicator: Indicator) -> bool:
    keys = indicator.formula.measures
    return not isinstance(indicator.formula, Median | Lowest) and all(
        f"{key}{SUFFIX}" in MEASURES for key in keys
    )


def _rename(formula: Formula, name: Callable[[str], str]) -> Formula:
    """The formula with other measures."""

    def change(part: Part) -> Part:
        terms = (replace(term, measure=name(term.measure), known_to=()) for term in part.terms)
        return replace(part, terms=tuple(terms))

    below = None if formula.denominator is None else change(formula.denominator)
    return Formula(change(formula.numerator), below, formula.times, formula.kind)


_USED_BY = {
    False: "申诉成功的工单不纳入考核的城市（如北京）",
    True: "误拨、骚扰来电和申诉成功的评价不计入话务考核的中心",
}
_BY_SCOPE = "只剔除评价的，除按键评价以外的数字照算；没有写剔除范围的，列为不明。"


def _net(gross: Indicator) -> Fork:
    card, net = gross.card, _rename(gross.formula, lambda key: f"{key}{SUFFIX}")
    of_calls = any(MEASURES[key].among.facts[-1] == "call_appeals" for key in net.measures)
    thing = "电话" if of_calls else "工单"
    return build_fork(
        gross, "net", "考核剔除", "考核申诉同意剔除的不算", _USED_BY[of_calls], net,
        replace(
            card,
            excludes=f"{card.excludes}考核申诉同意剔除的{thing}，不论何时审核；还没有审核的申诉列为不明。"
            f"{_BY_SCOPE if of_calls else ''}",
        ),
    )  # fmt: skip


FORKS = tuple(_net(one) for one in INDICATORS.values() if _can_be_net(one))
