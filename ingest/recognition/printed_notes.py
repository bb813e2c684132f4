"""What a table says of itself, above its header and below its rows, held against how it is read.

截至2024年6月30日, 导出时间：2024-05-31, 筛选条件：结果=已接听, 共 40 条, 合计 9,000: whoever printed it knew.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from ingest.cells import to_halfwidth, to_plain
from ingest.changes.as_of import BASES, PRINTED, WORKBOOK, AsOf, find_stated_time, limit_as_of
from ingest.importing.declared_totals import compare_sum, list_summable
from ingest.importing.row_compiler import RowReader
from tracker.events.times import get_day
from tracker.tabular import Cell, FileRefused, Table

_FILTER = re.compile(r"(?:筛选|过滤|查询)(?:条件)?[::](.+)")
_NO_FILTER = re.compile(
    r"(?:无|全部|所有|不限|时间|日期|期间|月份|年份|[\d年月日时分秒季度至到~\-/.: =,;起止始终开束])*"
)
_COUNT = re.compile(
    r"(?:总?共计?|合计|总计)[::]?([\d,]+)(?:条|行|笔|件|张|通)(?:记录|数据|明细)?"
    r"|(?:总记录数|记录总数|总条数|总行数)[::]?([\d,]+)"
)
_A_DAY = timedelta(days=1)  # as clocks differ
_TOTALS = ("合计", "总计", "共计")
_NEAR = Decimal("0.001")  # sums of rounded numbers may differ by so much


def check_above(lines: Iterable[str]) -> None:
    """Raises: FileRefused for a list of which a filter has left out rows."""
    for line in lines:
        found = _FILTER.search(to_halfwidth(line).replace(" ", ""))
        if found and not _NO_FILTER.fullmatch(found[1]):
            raise FileRefused(
                f"表上写着“{line.strip()[:60]}”：这是筛选过的清单，不是全部，按它算出来的数会不对。"
                "请去掉筛选条件重新导出；确实就是全部的，请删去这一行再导入。"
            )


def check_below(notes: Iterable[Sequence[str]], rows: int, as_of: AsOf, name: str) -> None:
    """Holds the lines around and below the rows against the rows. Raises: FileRefused."""
    for words in notes:
        for word in words:
            _check_count(word, rows)
            _check_time(word, as_of, name)


def _check_count(word: str, rows: int) -> None:
    found = _COUNT.fullmatch(to_halfwidth(word).replace(" ", ""))
    stated = found and int((found[1] or found[2]).replace(",", "") or 0)
    if stated is not None and stated != rows:
        raise FileRefused(
            f"表末写着“{word.strip()[:40]}”，读到的是 {rows:,} 行：可能没有导全。请重新导出整份；"
            "确实只有这些的，请改正或删去这句话，再导入。"
        )


def _check_time(word: str, as_of: AsOf, name: str) -> None:
    at = find_stated_time(word)
    if at is not None and limit_as_of(as_of, at, name) != as_of:
        raise FileRefused(
            f"表末写着“{word.strip()[:40]}”，比按{BASES[as_of.basis]}推断的数据截至时间"
            f"（{as_of.at:%Y-%m-%d %H:%M}）早。"
            f"请写明“数据截至”（命令用 --as-of {at:%Y-%m-%dT%H:%M}），再导入。"
        )


def check_days(last: date | None, as_of: AsOf) -> None:
    """Raises: FileRefused for rows of days after the time until which a table, or the workbook that holds it,
    says that it knows."""
    if last is not None and as_of.basis in (PRINTED, WORKBOOK) and last > get_day(as_of.at) + _A_DAY:
        raise FileRefused(
            f"按{BASES[as_of.basis]}，数据截至 {as_of.at:%Y-%m-%d %H:%M}，里面却有 {last} 的行。"
            "请写明“数据截至”（命令用 --as-of），再导入。"
        )


def check_totals(totals: Sequence[Sequence[Cell]], table: Table, reader: RowReader) -> None:
    """Holds the last line of totals against the sums of the rows. Raises: FileRefused."""
    whole = [cells for cells in totals if any(to_plain(cell).replace(" ", "") in _TOTALS for cell in cells)]
    if not whole or len(totals) > 1:  # sums of parts say nothing of the whole
        return
    for title in list_summable(reader.recognition):
        sums = compare_sum(title, whole[0], table, reader)
        if sums is not None and not sums.unread and abs(sums.difference) > abs(sums.told) * _NEAR:
            raise FileRefused(
                f"表末“合计”行的“{title}”是 {sums.told:,f}，各行相加是 {sums.read:,f}：可能缺了行。"
                "请重新导出整份；各行没有错的，请改正或删去合计行，再导入。"
            )
