"""What is told of a month of a kind of table, to be checked by eye: aggregates in SQL with Chinese words."""

from dataclasses import dataclass

SentencePart = tuple[str, str]  # an aggregate in SQL, and its words


@dataclass(frozen=True, kw_only=True)
class Glance:
    """The sentence that sums up a month of a fact table after an import."""

    table: str
    day: str  # the column that places a row in its month
    thing: str  # its measure word and name
    at: str | None = None  # the column of its time, where there is one
    where: str = "true"
    parts: tuple[SentencePart, ...] = ()
    daily: bool = False  # whether as many a day is worth saying


def count_if(condition: str, words: str) -> SentencePart:
    """How many rows fulfil a condition in SQL."""
    return f"count(*) FILTER (WHERE {condition})", f"{words} {{:,}}"


def add_up(column: str, words: str, unit: str, condition: str = "true") -> SentencePart:
    """The sum of a column over the rows that fulfil a condition in SQL, with its unit in Chinese."""
    return f"sum({column}) FILTER (WHERE {condition})", f"{words} {{:,}} {unit}"


def add_money(words: str, condition: str = "true") -> SentencePart:
    """The sum of `amount_fen` over the rows that fulfil a condition in SQL, in 元."""
    return f"sum(amount_fen) FILTER (WHERE {condition}) / 100.0", f"{words} {{:,.2f}} 元"


def omit_if_unknown(field: str, part: SentencePart) -> SentencePart:
    """The part, left out where no row tells the field."""
    sql, words = part
    return f"CASE WHEN bool_or(position(' {field} ' IN unknown) = 0) THEN {sql} END", words


def omit_if_none(part: SentencePart) -> SentencePart:
    """The part, left out where it comes to 0."""
    sql, words = part
    return f"nullif({sql}, 0)", words
