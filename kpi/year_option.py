"""The year of an option."""

from typing import Any

import click

from tracker.periods import YEARS


class YearNumber(click.ParamType[int]):
    """A year that there are periods of: 2023. No other number is taken for one, and none for no year."""

    name = "year"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Fails for anything else."""
        written = str(value)
        if not (written.isascii() and written.isdigit() and int(written) in YEARS):
            self.fail(f"没有“{written}年”：年份应为{YEARS[0]}至{YEARS[-1]}。", param, ctx)
        return int(written)


YEAR = YearNumber()
