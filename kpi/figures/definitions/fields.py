"""Fields that only definitions have; what does not fit is refused with the field's place."""

from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from tracker.periods import Month, PeriodProblem, parse_period
from tracker.toml_file import Node, suggest_words


class DefinitionProblem(ValueError):
    """口径有问题，原因见说明。"""


def read_known(node: Node, key: str, known: Collection[str], what: str) -> str:
    """A key of a registry; what is near is named."""
    value = node.filled(key)
    if value not in known:
        near = suggest_words(value, known) or "hotline catalogue 列出全部指标和计量。"
        raise node.problem(key, f"：没有{what}“{value}”。{near}")
    return value


def read_month(node: Node, key: str) -> Month | None:
    """A month as `2024-01`; None where it is not set."""
    if key not in node:
        return None
    try:
        found = parse_period(node.text(key))
    except PeriodProblem:
        found = None
    if not isinstance(found, Month):
        raise node.problem(key, f"应为月份，例如 2024-01，读到的是“{node.text(key)}”。")
    return found


def read_bound(node: Node, key: str) -> Decimal | None:
    """An exact number in quotation marks; None where it is not set."""
    if key not in node:
        return None
    told = node.data[key]
    try:
        found = Decimal(told) if isinstance(told, str) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        raise node.problem(key, f'应为加引号的数，例如 "98"，单位就是指标的单位；读到的是“{told}”。')
    return found


def read_factor(node: Node, key: str) -> Fraction:
    """A fraction other than 0 in quotation marks; 1 where it is not set."""
    told = node.text(key, "1")
    try:
        found = Fraction(told)
    except (ValueError, ZeroDivisionError):
        found = Fraction(0)
    if found == 0:
        raise node.problem(key, f'应为不为0的整数或分数，例如 "1"、"1/1000"；读到的是“{told}”。')
    return found
