"""Rows of totals, known by the words in the cells that name what a row is about."""

import re

from ingest.cells import to_halfwidth, to_plain
from tracker.tabular import Cell

_SUM = "合计|总计|小计|共计|累计"
_OF = "支出|支付|付款|费用|收入|金额|经费|资金|人数|预算"
_SPAN = (
    r"本|当|全|上|页|日|周|月份?|季度?|年度?|期|表|批|次"
    r"|第?[一二三四五六七八九十\d]+(?=[年月日季周批页])|[上下]半(?=年)"
)
_TOTAL = re.compile(
    rf"(?:{_SPAN})*(?:(?:{_OF})?(?:{_SUM}|总和|总合计|平均)(?:{_OF}|数)?|总(?:{_OF}|额|数)|(?:sub|grand)?total|sum)"
)
_SUM_WORD = re.compile(rf"{_SUM}|总和|平均|total|sum")
_LIKE_A_TOTAL = re.compile(rf".*(?:{_SUM}|总和|平均)")
TOTALS = frozenset({*_SUM.split("|"), "总合计", "合 计", "总 计", "小 计", "合  计", "总  计"})
_PART = re.compile(r"其中[::]?.*")
_BALANCE = re.compile(
    r"(?:[上前](?:一?[年月期季日]度?|页)|[年月期](?:初|末)|本[年月期季日页]度?|承前页?|承上页?|过次页?|转次页?|结转下[年月期页])"
    r"(?:累计)?(?:结转|结余|结存|余额|转入|转来)?(?:数|额|金额|余额|下[年月期页])?"
)
_BESIDE = re.compile(r"\s+|[::]+$|\([^()]*\)[::]*$")


def _strip_cell(cell: Cell) -> str:
    """The words of a cell without blanks, and without a unit or colon at their end."""
    return _BESIDE.sub("", to_halfwidth(to_plain(cell))).lower()


def is_total(cell: Cell) -> bool:
    """Whether a cell says of its row that it is the sum of others: 本月合计, 小计：, 合计（元）, Total."""
    return _TOTAL.fullmatch(_strip_cell(cell)) is not None


def is_sum(cell: Cell) -> bool:
    """Whether it says so by a word that names no item: 合计, 小计, not 总费用."""
    return is_total(cell) and _SUM_WORD.search(_strip_cell(cell)) is not None


def is_like_a_total(cell: Cell) -> bool:
    """Whether the row may be the sum of others, or a thing of such a name: 劳务费小计."""
    return _LIKE_A_TOTAL.fullmatch(_strip_cell(cell)) is not None


def is_part(cell: Cell) -> bool:
    """Whether a cell says of its row that it is part of one above: 其中：夜班."""
    return _PART.fullmatch(_strip_cell(cell)) is not None


def is_balance(cell: Cell) -> bool:
    """Whether a cell says of its row that it carries over what other rows hold: 上月结转, 期初余额."""
    return _BALANCE.fullmatch(_strip_cell(cell)) is not None
