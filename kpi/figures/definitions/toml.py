"""Documents as TOML files that a person edits."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kpi.figures.definitions.document import DefinitionDocument
from kpi.figures.indicators import Direction, Rounding
from kpi.figures.indicators.formula import Over, Quantity
from kpi.figures.measures import MEASURES

_REMARKS = {
    "effective_from": "施行的第一个月；以采用时 --effective 写的为准",
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
    "# 指标口径。改好后：hotline definition check 文件，再 diff、impact，最后 adopt。",
    "# 计量（measure）的编码见 hotline catalogue --measures。",
)


def as_toml(document: DefinitionDocument, head: Iterable[str] = _HEAD) -> str:
    """The document as TOML with remarks, below some lines of explanation; what is not set is left out."""
    return "\n".join([*head, *_write_table(document, "")]) + "\n"


def _write_table(table: Mapping[str, Any], name: str) -> Iterator[str]:
    """Plain fields first, then the tables within, as TOML wants it."""
    for key, value in table.items():
        if value is not None and not _is_nested(value):
            yield _write_line(key, value)
    for key, value in table.items():
        inner = f"{name}.{key}" if name else key
        if isinstance(value, Mapping):
            yield from ("", f"[{inner}]")
            yield from _write_table(value, inner)
        elif _is_nested(value):
            for item in value:
                yield from ("", f"[[{inner}]]")
                yield from _write_table(item, inner)


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and isinstance(value[0], Mapping))


def _write_line(key: str, value: Any) -> str:
    remark = MEASURES[value].title if key == "measure" and value in MEASURES else _REMARKS.get(key)
    return f"{key} = {_write_value(value)}" + (f"  # {remark}" if remark else "")


def _write_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_write_value(item) for item in value)}]"
    # a JSON string is a TOML string but for this one character
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
