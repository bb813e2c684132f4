"""The verdict for a person who cannot code, and for a program."""

from collections.abc import Iterator, Mapping
from typing import Any

from kpi.handover.package.claims import exact_text, get_title
from kpi.handover.verify.findings import CheckStep, FigureComparison, PackageFindings, StepOutcome
from kpi.handover.verify.recomputation import describe_difference
from kpi.terminal_tables import LEFT, RIGHT, align_rows, make_printable

_UNDETECTED = (
    "核验查不出的：从未报送的、报送时就错的内容（请抽样核对原件和录音），"
    "以及日志校验值印到纸上以前改写过的日志。"
)
_LISTED = 20  # items of a step before the rest is only counted
_HEADER = ("指标", "统计期", "包内值", "重算值", "分子 ÷ 分母（重算值）", "结论")
_SIDES = LEFT + LEFT + RIGHT + RIGHT + RIGHT + LEFT


def format_findings(found: PackageFindings, *, everything: bool) -> Iterator[str]:
    """Step by step; `everything` adds every figure, claimed beside recomputed.

    What the package says moves no cursor and begins no line: it cannot pass for the verifier's own words."""
    yield f"核验 {make_printable(found.package)}"
    yield ""
    for number, step in enumerate(found.steps, start=1):
        yield f"{number:>2}. 【{step.outcome.value}】{step.title}：{make_printable(step.told)}"
        yield from (f"        {make_printable(item)}" for item in step.items[:_LISTED])
        if len(step.items) > _LISTED:
            yield f"        ……共 {len(step.items):,} 处。"
    if everything and found.figures:
        yield ""
        rows = (tuple(map(make_printable, _make_row(one))) for one in found.figures)
        yield from align_rows([_HEADER, *rows], _SIDES)
    yield ""
    yield format_conclusion(found)
    if found.agree:
        yield _UNDETECTED


def format_conclusion(found: PackageFindings) -> str:
    """One sentence to take home."""
    if not found.agree:
        failed = [step.title for step in found.steps if step.outcome is StepOutcome.FAILED]
        return f"结论：不通过。{'、'.join(failed)}有不符之处，见上。"
    same = f"{len(found.figures):,} 个数字由事件重算，逐位相同"
    if not found.bound:
        return (
            f"结论：包内一致，不作通过。{same}，但没有用打包时印下的日志校验值比对过：整个重做过的包也会是这样。"
            "请从盖章的报告上抄下日志校验值，用 --head 给出，再核一次。"
        )
    noted = [step.title for step in found.steps if step.outcome is StepOutcome.NOTED]
    if noted:
        return f"结论：通过。{same}。另有需要您自己比对的提示：{'、'.join(noted)}。"
    return f"结论：通过。{same}；签名和日志校验值与包外给出的一致。"


def convert_findings(found: PackageFindings) -> dict[str, Any]:
    """Everything found, as an object."""
    return {
        "package": found.package,
        "agree": found.agree,
        "bound": found.bound,
        "steps": [
            {
                "title": step.title,
                "outcome": step.outcome.name.lower(),
                "told": step.told,
                "items": list(step.items),
            }
            for step in found.steps
        ],
        "figures": [
            {
                "indicator": one.indicator,
                "period": one.period,
                "vintage": one.vintage,
                "claimed": one.claimed,
                "recomputed": one.recomputed,
                "differing": list(one.differing),
                "verdict": "same" if one.agrees else "different",
            }
            for one in found.figures
        ],
    }


def read_findings(content: Mapping[str, Any]) -> PackageFindings:
    """What `convert_findings` wrote."""
    steps = [
        CheckStep(one["title"], StepOutcome[one["outcome"].upper()], one["told"], tuple(one["items"]))
        for one in content["steps"]
    ]
    figures = [
        FigureComparison(
            one["indicator"], one["period"], one["vintage"], one["claimed"], one["recomputed"],
            tuple(one["differing"]),
        )
        for one in content["figures"]
    ]  # fmt: skip
    return PackageFindings(content["package"], steps, figures)


def _make_row(one: FigureComparison) -> tuple[str, ...]:
    made = one.recomputed or {}
    parts = [exact_text(made.get(name)) for name in ("numerator", "denominator")]
    verdict = "相同" if one.agrees else f"不同：{describe_difference(one).partition('：')[2]}"
    return (
        get_title({"indicator": one.indicator}),
        one.period if not one.vintage else f"{one.period}（第{one.vintage}版）",
        _format_value(one.claimed),
        _format_value(one.recomputed),
        " ÷ ".join(part for part in parts if part is not None),
        verdict,
    )


def _format_value(figure: dict[str, Any] | None) -> str:
    if figure is None:
        return "缺"
    return str(figure["status"]) if figure["value"] is None else f"{figure['value']}{figure['unit']}"
