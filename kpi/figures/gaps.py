"""Names what is missing, compactly: 8月12日、8月13日; 8月1日至8月5日; 7月1日（缺3小时）."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta

_LISTED = 12  # spans named before the rest is only counted


def named_days(days: Collection[date]) -> str:
    """Days; three or more in a row as a span."""
    return _listed(_spans(sorted(days), _next_day), _day, f"等共{len(days)}天")


def named_months(first_days: Collection[date]) -> str:
    """Months by their first day; three or more in a row as a span."""
    return _listed(_spans(sorted(first_days), _next_month), _month, f"等共{len(first_days)}个月")


def named_hours(missing: Mapping[date, int], gone: Collection[date]) -> str:
    """Days without any hour (`gone`) as days, other days with the number of hours they lack."""
    whole = [day for day in missing if day in gone]
    spans = [(span[0], _span(span, _day)) for span in _spans(sorted(whole), _next_day)]
    partial = [(day, f"{_day(day)}（缺{hours}小时）") for day, hours in missing.items() if day not in gone]
    texts = [text for _, text in sorted(spans + partial)]
    rest = f"等共{sum(missing.values())}小时" if len(texts) > _LISTED else ""
    return "、".join(texts[:_LISTED]) + rest


def _spans(units: Sequence[date], after: Callable[[date], date]) -> list[list[date]]:
    """Runs of consecutive units; a run of two is two runs, so that both are named."""
    runs: list[list[date]] = []
    for unit in units:
        if runs and after(runs[-1][-1]) == unit:
            runs[-1].append(unit)
        else:
            runs.append([unit])
    return [part for run in runs for part in ([[unit] for unit in run] if len(run) == 2 else [run])]


def _listed(spans: Sequence[Sequence[date]], name: Callable[[date], str], total: str) -> str:
    texts = [_span(span, name) for span in spans]
    return "、".join(texts[:_LISTED]) + (total if len(texts) > _LISTED else "")


def _span(span: Sequence[date], name: Callable[[date], str]) -> str:
    return name(span[0]) if len(span) == 1 else f"{name(span[0])}至{name(span[-1])}"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _month(day: date) -> str:
    return f"{day.month}月"


def _next_day(day: date) -> date:
    return day + timedelta(days=1)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
