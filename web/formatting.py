"""How numbers, times and marks are written on pages.

Three marks must not be confused: 0 (counted, it was none), — (no data), 不适用 (nothing to divide by).
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from flask import Flask
from markupsafe import Markup, escape

from kpi.figures.figure import Status
from kpi.figures.indicators.indicator import round_exact
from tracker.events import SOURCES, find_title
from tracker.periods import SHANGHAI
from web import labels
from web.access.masking import mask_cell, masked_text
from web.personal_tokens import shorten_tokens, split_tokens

NO_DATA = "—"
NOT_APPLICABLE = "不适用"


def amount(number: Fraction | Decimal | int | None, places: int = 2) -> str:
    """An exact number with thousands separators; what is not whole gets decimals. 2852 → 2,852"""
    if number is None:
        return NO_DATA
    exact = Fraction(number)
    if exact.denominator == 1:
        return f"{exact.numerator:,}"
    unit = Decimal(1).scaleb(-places)
    decimal = (Decimal(exact.numerator) / exact.denominator).quantize(unit, ROUND_HALF_UP)
    written = f"{decimal:,f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def tenths(number: Fraction) -> str:
    """Exactly one decimal, half up, so that a column of means lines up: 9.0, 11.5."""
    return f"{round_exact(number, 1):,f}"


def with_unit(number: Decimal, unit: str) -> str:
    """A value as printed: 98.57%, 2,852 件."""
    return f"{number:,f}%" if unit == "%" else f"{number:,f} {unit}".rstrip()


def percent(share: Fraction | None) -> str:
    """A share with two decimals, never capped, and never rounded up to a whole that it is not."""
    if share is None:
        return NO_DATA
    rounded = (Decimal(share.numerator) * 100 / share.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if share < 1 <= rounded / 100:
        rounded = Decimal("99.99")
    return "100%" if rounded == 100 else f"{rounded:f}%"


def moment(at: datetime | None) -> str:
    """A time in Beijing time: 2023-08-12 08:03:05."""
    return NO_DATA if at is None else at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def minute(at: datetime | None) -> str:
    """A time to the minute, for what people read in passing: 8月12日 08:03."""
    if at is None:
        return NO_DATA
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def duration(milliseconds: int | None) -> str:
    """Milliseconds as people say them: 37 秒, 5 分 37 秒."""
    if milliseconds is None:
        return NO_DATA
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds = Decimal(rest) / 1000
    written = f"{seconds.normalize():f} 秒"
    if hours:
        return f"{hours} 小时 {minutes} 分 {written}"
    return f"{minutes} 分 {written}" if minutes else written


def yuan(fen: int | None) -> str:
    """分 as 元: 189,158.33 元."""
    return NO_DATA if fen is None else f"{Decimal(fen) / 100:,.2f} 元"


def size(count: int) -> str:
    """A file's size in bytes, or in the larger unit that suits it."""
    for unit, bytes_of_it in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if count >= bytes_of_it:
            return f"{count / bytes_of_it:,.1f} {unit}"
    return f"{count:,} 字节"


def cell(value: object, name: str = "") -> str:
    """One value of a row, an event or a fact; `name` is its field, whose codes and units become words."""
    if value is None:
        return NO_DATA
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int) and name.endswith("_ms"):
        return duration(value)
    if isinstance(value, int) and name.endswith("_fen"):
        return yuan(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | Fraction | Decimal):
        return amount(value)
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{cell(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "、".join(cell(item) for item in value)
    return _format_text(str(value), name)


def _format_text(value: str, name: str) -> str:
    """A payload's text; a time of the log's own form is shown as a time."""
    if len(value) >= 25 and value[10] == "T" and value.endswith("+08:00"):
        return moment(datetime.fromisoformat(value))
    return labels.label_code(name, shorten_tokens(mask_cell(value)))


def agent(text: str) -> str:
    """A browser's long name of itself in short: Chrome 120，Windows; its beginning where it is another."""
    browser = next((found for name in _BROWSERS if (found := re.search(rf"{name}/(\d+)", text))), None)
    system = next((name for sign, name in _SYSTEMS.items() if sign in text), "")
    named = f"{_BROWSERS[browser.re.pattern.partition('/')[0]]} {browser[1]}" if browser else text[:40]
    return "，".join(part for part in (named, system) if part) or NO_DATA


_BROWSERS = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {"Windows": "Windows", "Android": "安卓", "iPhone": "iPhone", "Mac OS": "macOS", "Linux": "Linux"}


def breakable(text: str) -> Markup:
    """A hash or identity that may be broken after every eighth character, so that it fits a phone."""
    pieces = [text[start : start + 8] for start in range(0, len(text), 8)]
    return Markup("<wbr>").join(escape(piece) for piece in pieces)


def install(app: Flask) -> None:
    """Makes the wording known to templates, as filters of the same names."""
    for function in (
        amount,
        with_unit,
        percent,
        moment,
        minute,
        duration,
        yuan,
        size,
        cell,
        agent,
        masked_text,
        breakable,
    ):
        app.add_template_filter(function)
    app.add_template_filter(split_tokens)
    app.add_template_filter(lambda status: Status(status).meaning, "status_meaning")
    app.add_template_filter(labels.label_subject, "subject")
    app.add_template_filter(labels.label_column, "column")
    app.add_template_filter(lambda name, kind: find_title(name, kind).of_logged, "field")
    app.add_template_filter(labels.label_type, "event_type")
    app.add_template_filter(lambda source: SOURCES.get(source, source), "source")
