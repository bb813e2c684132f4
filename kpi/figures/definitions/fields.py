"""Fields that only definitions have; what does not fit is refused with the field's place."""

from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from tracker.periods import Month, PeriodProblem, parse_period
from tracker.toml_file import TomlTable, suggest_words


class DefinitionProblem(ValueError):
    """口径有问题，原因见说明。"""


def read_known(node: TomlTable, key: str, registry: Collection[str], what: str) -> str:
    """A key of a registry; what is near is named."""
    value = node.filled(key)
    if value not in registry:
        near = suggest_words(value, registry) or "hotline catalogue 列出全部指标和统计项。"
        raise node.problem(key, f"：没有{what}“{value}”。{near}")
    return value


def read_month(node: TomlTable, key: str) -> Month | None:
    """A month as `2024-01`; None where it is not set."""
    if key not in node:
        return None
    try:
        month = parse_period(node.text(key))
    except PeriodProblem:
        month = None
    if not isinstance(month, Month):
        raise node.problem(key, f"应为月份，例如 2024-01，读到的是“{node.text(key)}”。")
    return month


def read_bound(node: TomlTable, key: str) -> Decimal | None:
    """An exact number in quotation marks; None where it is not set."""
    if key not in node:
        return None
    text = node.data[key]
    try:
        bound = Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        bound = None
    if bound is None or not bound.is_finite():
        raise node.problem(key, f'应为加引号的数，例如 "98"，单位就是指标的单位；读到的是“{text}”。')
    return bound


def read_factor(node: TomlTable, key: str) -> Fraction:
    """A fraction other than 0 in quotation marks; 1 where it is not set."""
    text = node.text(key, "1")
    try:
        factor = Fraction(text)
    except (ValueError, ZeroDivisionError):
        factor = Fraction(0)
    if factor == 0:
        raise node.problem(key, f'应为不为0的整数或分数，例如 "1"、"1/1000"；读到的是“{text}”。')
    return factor
