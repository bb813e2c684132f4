"""Codes of figures (溯源码): eight characters on every number, which lead back to exactly that number.

A code is made of what the figure says and of nothing else, so that anybody who holds the figure can compute
it: the first 40 bits of a SHA-256, in Crockford's base 32. The same content always has the same code.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping

import orjson

from kpi.figures.figure import Figure
from kpi.figures.gap import write_gaps
from tracker.events import Json

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Source: D. Crockford, Base 32: no I, L, O, U
LENGTH = 8
_BITS = 5 * LENGTH
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_IGNORED = re.compile(r"[\s\-\u2010-\u2015\u2212_·]+")

SealedFigure = dict[str, Json]


class CodeProblem(ValueError):
    """溯源码写得不对，或没有这个溯源码。"""


def as_sealed(figure: Figure) -> SealedFigure:
    """What a figure says, as a seal holds it, without its code: fractions exact, decimals as text."""
    return {
        "indicator": figure.indicator,
        "period": str(figure.period),
        "definition_version": figure.definition_version,
        "numerator": _to_text(figure.numerator),
        "denominator": _to_text(figure.denominator),
        "value": None if figure.value is None else f"{figure.value:f}",
        "unit": figure.unit,
        "coverage": _to_text(figure.coverage),
        "status": figure.status.value,
        "reason": figure.reason,
        "gaps": write_gaps(figure.gaps),
        "low": None if figure.low is None else f"{figure.low:f}",
        "high": None if figure.high is None else f"{figure.high:f}",
        "bounds": figure.bounds,
    }


def derive_code(figure: Figure, vintage: int) -> str:
    """The figure's code in a vintage, 7K3M-Q2XF; vintage 0: provisional."""
    return derive_sealed_code(figure.center, as_sealed(figure), vintage)


def derive_sealed_code(center: str, sealed: Mapping[str, object], vintage: int) -> str:
    """A figure's code from what a seal holds of it. A `code` in it does not count, nor do its gaps, which
    its reason says in words."""
    content = {name: value for name, value in sealed.items() if name not in ("code", "gaps")}
    whole = {"center": center, "vintage": vintage, "figure": content}
    digest = hashlib.sha256(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)).digest()
    number = int.from_bytes(digest, "big") >> (256 - _BITS)
    return _hyphenate("".join(ALPHABET[number >> shift & 31] for shift in range(_BITS - 5, -1, -5)))


def read_code(typed: str) -> str:
    """A code as somebody typed it: in any case and width, with or without hyphen, O for 0, I or L for 1.

    Raises: CodeProblem.
    """
    plain = _IGNORED.sub("", unicodedata.normalize("NFKC", typed)).upper().translate(_READ_AS)
    if len(plain) != LENGTH or not set(plain) <= set(ALPHABET):
        raise CodeProblem(
            f"“{typed}”不是溯源码：溯源码有{LENGTH}位数字和字母（没有U），形如 7K3M-Q2XF，印在数字旁边。"
        )
    return _hyphenate(plain)


def _hyphenate(plain: str) -> str:
    return f"{plain[:4]}-{plain[4:]}"


def _to_text(value: object) -> str | None:
    return None if value is None else str(value)
