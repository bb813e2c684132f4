"""Evaluations that tests ask for."""

from functools import cache
from pathlib import Path

from kpi.evaluation.facts_files import PACKAGED as PUBLISHED
from kpi.evaluation.facts_files import read_facts
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scheme_files import PACKAGED, read_scheme
from kpi.evaluation.scoring import Evaluation, evaluate

KEYS = tuple(path.stem for path in sorted(PUBLISHED.glob("*.toml")))

HEAD = """
title = "小方案"
year = 2023
source = "测试"

[bands]
"优" = "[90, 100]"
"不优" = "[0, 90)"

[groups]
A = { title = "产出", weight = 100 }

"""
"""What a small scheme of 2023 begins with; its indicators, which weigh 100, follow."""

SMALL = """
title = "小方案"
year = 2025
source = "测试"

[bands]
"优" = "[90, 100]"
"不优" = "[0, 90)"

[groups]
A = { title = "产出", weight = 100 }
A1 = { under = "A", title = "数量", weight = 100 }

[indicators.A101]
under = "A1"
title = "接通率"
weight = 60
target = "≥98%"
rule = { kind = "met_or_pro_rata" }
from = { figure = "call_answer_rate" }

[indicators.A102]
under = "A1"
title = "制度"
weight = 40
rule = { kind = "checklist", shares = ["40%", "60%"] }
points = ["有", "在用"]
"""


@cache
def scheme_of(key: str) -> Scheme:
    return read_scheme(PACKAGED / f"{key}.toml")


@cache
def published(key: str) -> Evaluation:
    """A packaged scheme with the facts published with it, scored."""
    return evaluate(scheme_of(key), read_facts(PUBLISHED / f"{key}.toml", scheme_of(key)))


def corrected(folder: Path, key: str, *changes: tuple[str, str]) -> Evaluation:
    """The same with pieces of its facts replaced; each piece is there once."""
    text = (PUBLISHED / f"{key}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / f"{key}.toml"
    path.write_text(text, encoding="utf-8")
    return evaluate(scheme_of(key), read_facts(path, scheme_of(key)))


def written(folder: Path, text: str, name: str = "small.toml") -> Path:
    """A file of a test's own."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
