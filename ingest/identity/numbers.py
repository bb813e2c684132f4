"""What a number of a delivery identifies: within which scope it is given once, and how it is spelled.

A platform that starts its numbers again gives one number to several things. Where a profile says how long a
number lasts, the thing's name carries the stretch of time: `call/0001@2023-05-11`.
"""

import re
from dataclasses import dataclass
from datetime import date

from tracker.log import PreparedEvent

EVER, YEAR, MONTH, DAY, FILE = "ever", "year", "month", "day", "file"
SCOPES = {EVER: "一直不重复", YEAR: "每年重新编号", MONTH: "每月重新编号", DAY: "每天重新编号",
          FILE: "每个文件重新编号"}  # fmt: skip
UNSCOPED = "@"  # ends the name of a thing whose number may be that of several: nobody knows the scope
_LENGTHS = {YEAR: 4, MONTH: 7, DAY: 10}  # of an ISO day that tell the stretch


@dataclass(frozen=True, kw_only=True)
class Identity:
    """How a vendor's numbers are given, as a profile declares it."""

    within: str = EVER  # one of SCOPES
    fold_spelling: bool = False  # GD-1 and gd1, 0007 and 7 are one number

    @property
    def plain(self) -> bool:
        """Whether a number alone is the thing."""
        return self.within == EVER

    def named(self, ready: PreparedEvent, day: date | None, table: str) -> PreparedEvent:
        """An event about the thing that its number means on a day; `table` names the delivered table.

        What was made ready for a thing of the plain name is dropped. Without a day the scope of a year, month
        or day is not known, and the name stays.
        """
        return ready._replace(subject=self.subject(ready.subject, day, table), fact=None, days=b"")

    def subject(self, plain: str, day: date | None, table: str, unscoped: str = "") -> str:
        """The name of the thing that a plain name means on a day, with `unscoped` where no scope is known."""
        kind, _, number = plain.partition("/")
        scope = self.scope(day, table)
        return f"{kind}/{number}" + (f"@{scope}" if scope else "" if self.within == EVER else unscoped)

    def scope(self, day: date | None, table: str) -> str:
        """The stretch in which a number is given once; empty where it is for ever, or no day is known."""
        if self.within == FILE:
            return table
        return str(day)[: _LENGTHS[self.within]] if self.within in _LENGTHS and day else ""


_RUNS = re.compile(r"[0-9]+|[^\W\d_]+")


def fold_number(name: str) -> str:
    """A number, or the name of a thing, however it is spelt: its digits without noughts before them and its
    letters as capitals, run by run. What is behind an @ stays."""
    number, at, scope = name.upper().partition("@")
    return "/".join(run.lstrip("0") or "0" for run in _RUNS.findall(number)) + at + scope


def find_widest_scope(pairs: set[tuple[str, str]]) -> str:
    """The longest scope in which none of the pairs of days (ISO) would be of one number."""
    for within, length in _LENGTHS.items():
        if all(before[:length] != after[:length] for before, after in pairs):
            return within
    return FILE
