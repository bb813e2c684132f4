"""Columns that nothing reads and that decide all the same: 已作废 of a row, 未付金额 beside a sum due."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ingest.cells import CellProblem, UnitUnknown, read_amount_fen, to_halfwidth, to_plain
from ingest.cells.text import NOTHING
from ingest.kinds import TableKind
from ingest.recognition.column_matching import is_ignored
from ingest.recognition.header_labels import parse_label
from ingest.recognition.recognise import Recognition
from ingest.recognition.table_unknown import TableUnknown, locate_profile
from tracker.tabular import Cell, Row

UnreadWords = Counter[tuple[str, str]]  # title of a column, what a cell of it says → rows

_VOID = "作废|撤销|撤回|取消|注销|无效|废弃|废止|删除|冲销|红冲|冲红|红字"
_NOT = "失败|退(?!休)|驳回|拒|未(?!来)|不通过|没有|减|停|终止|中止|暂缓|异常|^待|否决|支出|借方|贷方"
_NOT_AS_A_SORT = "失败|退[汇款票回]|[调核压冲扣]减"  # of 类型, whose other words are what a thing is about
_DENIED = re.compile(
    rf"(?:未|无|没有|不|非)(?:被|予)?(?:{_VOID}|退[款汇票回]?|异常|失败|驳回|逾期|[扣核]?减|停)"
)
_TITLES = re.compile(
    rf"状态|方向|增减|收支|借贷|标志|标识|标记|类型|类别|性质|结果|进度|阶段|情况|审[批核]|复核|是否|有效|{_VOID}|退|异常"
)
_SORTS = re.compile(r"类型|类别|性质")
_REMARKS = re.compile(r"备注|说明|附注|摘要")
_OF_OTHERS = re.compile(r"发票|票据|附件|归档|打印|合同|录音|回单|上传|短信|推送|同步|查看|费用|用途|项目")
_DONE = re.compile(
    r"是否已?(?:支付|付款|付讫|到账|成功|有效|举办|开展|举行|完成|执行|生效|通过|启用|计入)|^有效(?:标[志识记])?$"
)
_WHEN = re.compile(r"(?:日期|时间|日)$")
_YES = frozenset({"是", "y", "yes", "1", "true", "√", "✓", "✔", "有", "已"})
_NO = frozenset({"否", "n", "no", "0", "false", "×", "x", "无", "未"})
_MONEY = re.compile(r"金额|款$|额$|费$|[已未欠实应]付")
_OTHER_MONEY = re.compile(r"合同|中标|单价|税|大写|预算|发票|开票|价款|标准")
_WHOLLY_VOID = re.compile(
    rf"(?:[本该此](?:条|笔|件|单|工单|订单)|工单|已|经|被)*(?:{_VOID})(?:处理|结束|办结|件|单|工单)?"
    r"|void(?:ed)?|cancell?ed|deleted|withdrawn|revoked"
)
_ZONE = re.compile(r"时区|time_?zone|utc_?offset")
_IN_BEIJING = re.compile(
    r"(?:utc|gmt)?\s*\+?0?8(?::?00)?|北京(?:时间)?|中国(?:标准时间)?|东(?:八|8)区|asia/(?:shanghai|chongqing|beijing)|cst|prc"
)
_LONGEST = 12  # characters of a word of state; more is free text
_SHOWN = 3


class UnreadColumns:
    """Looks through the columns that nothing reads for what decides whether, or how, a row counts."""

    def __init__(self, recognition: Recognition) -> None:
        self.found: UnreadWords = Counter()
        self._watch_batch = [*_list_watched(recognition)]

    def look_through(self, rows: Iterable[Row]) -> None:
        for _, cells in rows if self._watch_batch else ():
            for index, title, decides in self._watch_batch:
                if index < len(cells) and cells[index] != "" and decides(cells):
                    self.found[title, to_plain(cells[index])[:40]] += 1


CellTest = Callable[[Sequence[Cell]], bool]


def _list_watched(recognition: Recognition) -> Iterator[tuple[int, str, CellTest]]:
    header, kind = recognition.header, recognition.profile.kind
    columns = [column for found in recognition.columns.values() for column in found]
    used = {place for column in columns for place in (column.index, column.half)}
    for index, title in enumerate(header.titles):
        if not title or index in used or is_ignored(recognition.profile, header, index):
            continue
        base = parse_label(title).base
        of_money = _make_difference_test(recognition, index, title) if _MONEY.search(base) else None
        of_zone = _make_zone_test(recognition, index) if _ZONE.search(base) else None
        decides = of_money or of_zone or _make_void_test(kind, index, base)
        if decides:
            yield index, title, decides


def _make_difference_test(recognition: Recognition, index: int, title: str) -> CellTest | None:
    """Whether a second column of money says another sum than the one that is read; None: none is read."""
    read = recognition.columns.get("amount_fen")
    if read is None or _OTHER_MONEY.search(parse_label(title).base):
        return None
    amount = read_amount_fen(read[0])
    try:
        other = read_amount_fen(
            replace(read[0], index=index, label=title, unit=parse_label(title).unit or read[0].unit)
        )
    except (KeyError, UnitUnknown):
        return None

    def differs(cells: Sequence[Cell]) -> bool:
        try:
            return other(cells[index]) not in (None, 0, amount(cells[read[0].index]))
        except CellProblem:
            return False

    return differs


def _make_zone_test(recognition: Recognition, index: int) -> CellTest | None:
    """Whether a cell of a column of time zones names another than Beijing's; None: the profile says which."""
    if recognition.profile.time_zone is not None:
        return None
    return lambda cells: (
        to_plain(cells[index]) not in NOTHING and _IN_BEIJING.fullmatch(_to_word(cells[index])) is None
    )


def _make_void_test(kind: TableKind, index: int, base: str) -> CellTest | None:
    """Whether a cell of a column says that its row is void, or did not come about."""
    words = _VOID
    if not kind.has_state:
        words += f"|{_NOT_AS_A_SORT if _SORTS.search(base) else _NOT}"
    deciding, in_title = (
        re.compile(words),
        re.compile(_VOID if kind.has_state else f"{_VOID}|失败|退|减|扣|冲|冻结"),
    )
    if _REMARKS.search(base):
        whole = re.compile(rf"(?:本条|该笔|此[条笔件]|已|经|被)*(?:{_VOID}|退汇|退票)(?:处理)?")
        return lambda cells: any(one.fullmatch(_to_word(cells[index])) for one in (whole, _WHOLLY_VOID))
    if _OF_OTHERS.search(base):
        return None
    if _DONE.search(base) and not kind.has_state:
        return lambda cells: _to_word(cells[index]) in _NO or _is_decisive(_to_word(cells[index]), deciding)
    if in_title.search(_DENIED.sub("", base)):
        if _WHEN.search(base):
            return lambda cells: to_plain(cells[index]) not in NOTHING and _to_word(cells[index]) != base
        return lambda cells: (
            _is_affirmed(_to_word(cells[index])) or _is_decisive(_to_word(cells[index]), deciding)
        )
    if _TITLES.search(base):
        return lambda cells: _is_decisive(_to_word(cells[index]), deciding)
    return lambda cells: _WHOLLY_VOID.fullmatch(_to_word(cells[index])) is not None


def _to_word(cell: Cell) -> str:
    return to_halfwidth(to_plain(cell)).replace(" ", "").lower()


def _is_affirmed(word: str) -> bool:
    """Whether a cell says yes, or a number that is not 0."""
    return word in _YES or (word.replace(".", "").replace(",", "").isdecimal() and word.strip("0.,") != "")


def _is_decisive(word: str, deciding: re.Pattern[str]) -> bool:
    return len(word) <= _LONGEST and deciding.search(_DENIED.sub("", word)) is not None


def word_unread(found: Mapping[tuple[str, str], int]) -> str:
    """What unread columns say, a sentence a column."""
    by_title: dict[str, UnreadWords] = {}
    for (title, word), rows in found.items():
        if word != title:  # a header repeated in the middle
            by_title.setdefault(title, Counter())[title, word] += rows
    return "".join(_word_sentence(title, words) for title, words in by_title.items())


def _word_sentence(title: str, words: UnreadWords) -> str:
    listing = "、".join(f"“{word}”" for (_, word), _ in words.most_common(_SHOWN))
    listing += "等" if len(words) > _SHOWN else ""
    if all(any(mark.isdecimal() for mark in word) for _, word in words):
        return f"“{title}”列没有采用，而其中 {words.total():,} 行填有数（{listing}），可能影响应计的数。"
    return (
        f"“{title}”列没有采用，而其中 {words.total():,} 行写着{listing}，这些行算不算、怎么算，可能由它决定。"
    )


def check_unread(recognition: Recognition, found: Mapping[tuple[str, str], int]) -> None:
    """Raises: TableUnknown that asks about columns that nothing reads and that may decide."""
    sentence = word_unread(found)
    if not sentence:
        return
    first = next(iter(found))[0]
    raise TableUnknown(
        f"要先问清楚，没有导入：{sentence}请在导入页面的“列对应关系”里为它选一项内容；"
        f"与计数无关的，在那里直接保存，或在导入方案{locate_profile(recognition.profile)}里写 "
        f'ignored = ["{first}"]。以后的同样文件不再问。这些行本不该计入的，也可以先在文件里删去，再导入。',
        near=True,
    )
