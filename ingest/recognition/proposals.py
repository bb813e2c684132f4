"""What each column of a table may be, with the ground for it: what a person is asked who maps a new file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from ingest.cells import (
    Content,
    MemoizedReader,
    Vocabulary,
    classify_column,
    find_unit_family,
    mask_value,
    read_day,
    read_duration_ms,
    read_id,
    read_phone,
    to_plain,
)
from ingest.profiles.derived import find_derivable
from ingest.profiles.profile import Profile
from ingest.recognition.column_matching import HeaderFit
from ingest.recognition.fields import Field
from ingest.recognition.header_labels import parse_label
from ingest.recognition.readable import is_read, measure_readable
from ingest.recognition.recognise import list_questions
from tracker.tabular import Cell, Row

_EXAMPLES = 3
_MOST_WORDS = 20  # different cells of a column of a vocabulary
_LONGEST_EXAMPLE = 24
_MOST_ROWS = 200
_MOSTLY = 0.8  # of the filled cells
_HALF = _RARELY = 0.5  # of the words, or the cells
_SHORTEST_ID = 4  # digits of a number that names a thing or a person
_CODE = re.compile(r"[A-Za-z0-9_.:-]+")
_PHONE = re.compile(r"\+?(?:86)?(?:1\d{10}|0\d{9,11})")
_DATE = re.compile(r"(19|20)\d\d[-/.年]")  # what a date begins with, and no telephone number
_SHORTEST_NUMBER = 7  # digits of a telephone number that is no extension


class Ground(StrEnum):
    """Why a column is taken for a field."""

    TITLE = "列名"
    NEAR = "近似的列名"
    CONTENT = "内容"
    NONE = ""


_GUESSES = (Ground.NEAR, Ground.CONTENT)


@dataclass(frozen=True)
class Proposal:
    """One column of a file, and the field that it may serve."""

    index: int
    title: str
    examples: tuple[str, ...]  # different cells, masked where they are personal
    field: Field | None
    ground: Ground
    doubt: str = ""  # a question to whoever knows the file; "" where there is none
    suits: tuple[str, ...] = ()  # keys of fields whose values its cells could be, the likeliest first
    words: tuple[str, ...] = ()  # its different cells, where they are few

    def list_unknown_words(self, field: Field | None, profile: Profile) -> tuple[str, ...]:
        """Words of the column that a field's vocabulary does not know, however the profile spells it."""
        if field is None or not isinstance(field.read, Vocabulary):
            return ()
        return tuple(word for word in self.words if not is_read(field, word, profile))


def propose(fit: HeaderFit, rows: Sequence[Row]) -> list[Proposal]:
    """A proposal for each titled column, in the order of the file. `rows` are the first ones of the table,
    as many as words are to be looked for in.

    By its title where that is known; else by its cells, which is never more than a question."""
    below = [cells for number, cells in rows if number > fit.header.last_row]
    joined = fit.profile.joined
    placed = {
        index: key for key, found in fit.places.items() for index in (found[1:] if key in joined else found)
    }
    beside = {found[0] for key, found in fit.places.items() if key in joined} | {*fit.halves.values()}
    asked = list_questions(fit)
    places = {index: key for key in asked for index in fit.doubtful.get(key, fit.places.get(key, ()))}
    open_fields = [
        field for field in fit.profile.kind.fields if field.key not in fit.places and not field.many
    ]
    unknown = "列名不认识" if fit.header.last_row else "没有列名"
    found = []
    for index, title in enumerate(fit.header.titles):
        if not title:
            continue
        all_cells = [row[index] for row in below if index < len(row) and to_plain(row[index])]
        cells = all_cells[:_MOST_ROWS]
        key = placed.get(index)
        field = fit.profile.kind.by_key[key] if key else None
        suits = {} if index in beside else _list_suiting(title, cells, open_fields, fit.profile)
        near = [one for one, ground in suits.items() if ground is Ground.NEAR]
        ground, doubt = Ground.TITLE if field else Ground.NONE, ""
        if index in places:
            field, ground, doubt = None, Ground.NONE, asked[places[index]]
        elif field is not None:
            doubt = "" if key in joined else _find_contradiction(field, cells, fit.profile, title)
        elif len(suits) == 1 or len(near) == 1:
            chosen = (near or [*suits])[0]
            field, ground = fit.profile.kind.by_key[chosen], suits[chosen]
            doubt = f"{unknown}；按{ground}看像“{field.title}”，请确认。"
        elif suits:
            likely = "、".join(fit.profile.kind.by_key[one].title for one in [*suits][:4])
            doubt = f"{unknown}；可能是{likely}，请选一项，都不是的留空。"
        elif cells and not fit.header.last_row and index not in beside:
            doubt = f"{unknown}，请看内容选一项；用不着的留空。"
        words = tuple(dict.fromkeys(map(to_plain, all_cells)))
        few = words if len(words) <= _MOST_WORDS else ()
        found.append(
            Proposal(index, title, _list_examples(cells, field), field, ground, doubt, tuple(suits), few)
        )
    return _take_each_field_once(found)


def _take_each_field_once(proposals: list[Proposal]) -> list[Proposal]:
    """Several columns that could be one field's are asked about, and none of them is taken."""
    guessed = [one.field.key for one in proposals if one.ground in _GUESSES and one.field]
    return [
        replace(
            one, field=None, ground=Ground.NONE,
            doubt=f"{one.doubt.partition('；')[0]}；像“{one.field.title}”，别的列也像，请选定其中一列。",
        )
        if one.ground in _GUESSES and one.field and guessed.count(one.field.key) > 1
        else one
        for one in proposals
    ]  # fmt: skip


def _list_examples(cells: Sequence[Cell], field: Field | None) -> tuple[str, ...]:
    different = islice(dict.fromkeys(to_plain(cell)[:_LONGEST_EXAMPLE] for cell in cells), _EXAMPLES)
    personal = field is not None and field.personal
    return tuple(mask_value(one, personal=personal or _is_name_like(one)) for one in different)


def _is_name_like(value: str) -> bool:
    """Two to four Chinese characters may be somebody's name."""
    return 2 <= len(value) <= 4 and all("一" <= char <= "鿿" for char in value) and value[0] in _SURNAMES


_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)


def _list_suiting(
    title: str, cells: Sequence[Cell], fields: Sequence[Field], profile: Profile
) -> dict[str, Ground]:
    """Fields whose values most of the cells are, the likeliest first: those of a title that is part of this
    one or holds it, and those whose values no wider kind of value could be."""
    label = parse_label(title).base
    found = {
        field.key: Ground.NEAR if _is_near(field, label) else Ground.CONTENT
        for field in fields
        if cells
        and (
            (_is_near(field, label) and not _is_only_digits(field, cells))
            or _tells_by_content(field, cells)
            or (field is profile.kind.fields[0] and _names_each_row(field, cells))
        )
        and measure_readable(field, cells, profile) >= (_HALF if _is_listed(field) else _MOSTLY)
    }
    return dict(sorted(found.items(), key=lambda one: one[1] is not Ground.NEAR))


def _is_near(field: Field, label: str) -> bool:
    """Whether a comparable title of two characters or more is part of one of the field's, or holds it."""
    return len(label) > 1 and any(
        label in known or known in label for known in field.labels if len(known) > 1
    )


def _is_only_digits(field: Field, cells: Sequence[Cell]) -> bool:
    """Whether cells are too short to be numbers of things, or are no names: so many seconds, say."""
    texts = [to_plain(cell) for cell in cells]
    names_or_ids = field.read is read_id or field.describes or isinstance(field.read, MemoizedReader)
    return names_or_ids and all(map(str.isdigit, texts)) and max(map(len, texts)) < _SHORTEST_ID


def _is_listed(field: Field) -> bool:
    return isinstance(field.read, Vocabulary)


def _tells_by_content(field: Field, cells: Sequence[Cell]) -> bool:
    """Whether cells that a field reads speak for it: any text is a name, and any number a duration."""
    texts = [to_plain(cell) for cell in cells]
    if _is_listed(field):
        return not all(map(str.isdigit, texts))
    if field.read is read_phone:
        return all(
            sum(map(str.isdigit, text)) >= _SHORTEST_NUMBER and not _DATE.match(text) for text in texts
        )
    if field.read is read_duration_ms:
        return any(":" in text or not text.replace(".", "").isdigit() for text in texts)
    return field.read is read_day or field.is_moment


def _names_each_row(field: Field, cells: Sequence[Cell]) -> bool:
    """Whether cells are all different codes, and no telephone numbers: the numbers of the rows' things."""
    texts = [to_plain(cell) for cell in cells]
    return (
        field.read is read_id
        and 1 < len({*texts}) == len(texts)
        and all(len(text) >= _SHORTEST_ID and re.search(r"\d", text) for text in texts)
        and all(map(_CODE.fullmatch, texts))
        and not all(map(_PHONE.fullmatch, texts))
        and classify_column(cells) in (Content.CODE, Content.TEXT)
    )


def count_speaking(fit: HeaderFit, rows: Sequence[Row]) -> int:
    """How many fields of a kind the cells speak for: words of its vocabularies, and what must be there."""
    fields = {key for one in propose(fit, rows) for key in ([one.field.key] if one.field else one.suits)}
    by_key = fit.profile.kind.by_key
    return sum(_is_listed(by_key[key]) + by_key[key].required for key in fields)


def _find_contradiction(field: Field, cells: Sequence[Cell], profile: Profile, title: str) -> str:
    """What to ask where a column is called like a field and its cells are none of its values."""
    vocabulary = isinstance(field.read, Vocabulary)
    if not cells or field.describes or vocabulary or measure_readable(field, cells, profile) >= _RARELY:
        return ""
    example = _list_examples(cells, field)[0]
    unit = (
        "；单位不明的，请在右边选定" if find_unit_family(field.read) and not parse_label(title).unit else ""
    )
    return f"列名像“{field.title}”，内容却读不出来（如“{example}”），请核对{unit}。"


def find_unmapped(fit: HeaderFit, mapped: Mapping[str, object]) -> list[tuple[Field, str]]:
    """Fields that no column serves, with the figures that cannot be verified without them."""
    there = {*mapped, *fit.profile.constants}
    there |= find_derivable(fit.profile.rules.derived, there)
    return [
        (field, field.cost) for field in fit.profile.kind.fields if field.cost and not field.is_told(there)
    ]
