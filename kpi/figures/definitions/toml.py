"""Documents as TOML files that a person edits."""

from collections.abc import Iterable
from typing import Any

from kpi.figures.definitions.document import DefinitionDocument
from kpi.figures.indicators import Direction, Rounding
from kpi.figures.indicators.formula import Over, Quantity
from kpi.figures.measures import MEASURES
from tracker.toml_writing import write_toml

_REMARKS = {
    "effective_from": "执行的第一个月；以采用时 --effective 写的为准",
    "version": "采用时自动编号",
    "scale": "小数位数",
    "rounding": "；".join(f"{one} {one.words}" for one in Rounding),
    "direction": "；".join(f"{one.name.lower()} {one.value}" for one in Direction),
    "year_to_date": "true：从1月累计",
    "wilson": "true：另附95%置信区间",
    "kind": f"{Quantity.COUNT} 数量；{Quantity.SHARE} 百分比，分子在分母之中；{Quantity.RATIO} 其他",
    "times": "分子÷分母再乘以它",
    "averaged": "true：除以月数",
    "over": f"{Over.ALL} 整个期间；{Over.FIRST} 只取期初月；{Over.LAST} 只取期末月",
    "at_least": "目标：至少",
    "at_most": "目标：至多",
}


_HEAD = (
    "指标口径。改好后：hotline definition check 文件，再 diff、impact，最后 adopt。",
    "统计项（measure）的编码见 hotline catalogue --measures。",
)


def as_toml(document: DefinitionDocument, head: Iterable[str] = _HEAD) -> str:
    """The document as TOML with remarks, below some lines of explanation; what is not set is left out."""
    return write_toml(document, head, _find_remark)


def _find_remark(key: str, value: Any) -> str | None:
    if key == "measure" and value in MEASURES:
        return MEASURES[value].title
    return _REMARKS.get(key)
