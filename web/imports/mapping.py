"""The mapping of columns as a form: what is proposed for each, and what a person made of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ingest.cells import DATE_ORDERS, HALVES, MONEY, TIME, TIME_ZONES, Vocabulary, find_unit_family, to_plain
from ingest.identity.numbers import SCOPES, Identity
from ingest.kinds.kind import Offer
from ingest.profiles.derived import find_derivable, read_derived
from ingest.profiles.own_profile import ColumnMapping
from ingest.recognition.clocks import find_two_zones, find_utc, list_half_columns, list_hours, match_halves
from ingest.recognition.column_matching import HeaderFit
from ingest.recognition.fields import Field
from ingest.recognition.header_labels import parse_label
from ingest.recognition.proposals import Proposal, find_unmapped, propose
from ingest.recognition.without_header import describe_contents
from tracker.tabular import Row

_HALF = "|".join(map(re.escape, sorted(HALVES, key=len, reverse=True)))
_CLOCK = re.compile(rf"(?:{_HALF})?\s*\d{{1,2}}:\d{{2}}(:\d{{2}})?\s*(?:{_HALF})?", re.IGNORECASE)
Answers = Mapping[str, str]  # the form as it was filled in; empty before


class MappingProblem(ValueError):
    """列对应关系还不完整；`problems` 按栏目说明。"""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("；".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True)
class ColumnLine:
    """One column of the file, as a line of the form."""

    proposal: Proposal
    chosen: str  # key of the field it serves; ""
    units: tuple[str, ...]
    unit: str
    meanings: tuple[tuple[str, str], ...]  # meaning, the word for it; of vocabularies
    unknown: tuple[str, ...]  # spellings that nothing is known of
    is_clock: bool  # a time of day, whose day stands in another column
    day: str  # index of that column
    half: str | None  # index of the column that says 上午 or 下午 of it, ""; None: it tells no hours

    @property
    def asks(self) -> bool:
        """Whether somebody must look at it."""
        return bool(self.proposal.doubt or self.unknown)


@dataclass(frozen=True)
class AbsentLine:
    """A field that no column serves: its value in all rows, or what it follows from."""

    field: Field
    needed: bool
    cost: str  # figures that cannot be verified without it
    meanings: tuple[tuple[str, str], ...]
    constant: str
    offers: tuple[Offer, ...]
    derived: str


@dataclass(frozen=True)
class MappingForm:
    """The form of one table."""

    columns: tuple[ColumnLine, ...]  # what needs an answer first
    absent: tuple[AbsentLine, ...]
    choices: tuple[Field, ...]
    scopes: Mapping[str, str]  # empty where numbers of the kind are never given again
    within: str
    each: str  # "leg" where a call has several rows; "" where a row is all of its thing
    may_have_legs: bool
    dates: str
    asks_dates: bool
    time_zone: str  # "": Beijing's, as where nobody said
    asks_zone: str  # what names UTC, a title or a line; ""
    clock: str  # "24"; "12": a column says 上午 and 下午, chosen in the line of each moment; "": nobody said
    asks_clock: bool
    halves: tuple[tuple[int, str], ...]  # columns that may say 上午 and 下午, with their titles
    has_moments: bool


def make_form(
    fit: HeaderFit,
    rows: Sequence[Row],
    unknown: Mapping[str, tuple[str, ...]],
    answers: Answers,
    *,
    asks_clock: bool = False,
) -> MappingForm:
    """The form as it is proposed, or as it was filled in; fields that take many columns have no line.
    `unknown`: field → words further down in the file that its vocabulary does not know; `asks_clock`: the
    hours look like those of a clock of 12."""
    halves = sorted({*list_half_columns(fit, rows), *fit.halves.values()})
    profile, kind = fit.profile, fit.profile.kind
    proposed = _propose_halves(fit, rows) if halves else {}
    lines = [
        _make_column_line(one, fit, unknown, proposed.get(one.index), answers) for one in propose(fit, rows)
    ]
    mapped = {line.chosen for line in lines} | {*profile.joined}
    costs = {field.key: cost for field, cost in find_unmapped(fit, dict.fromkeys(mapped))}
    absent = [
        _make_absent_line(field, fit, mapped, costs.get(field.key, ""), answers)
        for field in kind.fields
        if not field.many and field.key not in mapped
    ]
    return MappingForm(
        columns=tuple(sorted(lines, key=lambda line: not line.asks)),
        absent=tuple(one for one in absent if one.needed or one.cost or one.offers or one.constant),
        choices=tuple(field for field in kind.fields if not field.many),
        scopes=SCOPES if kind.marks else {},
        within=answers.get("within", profile.identity.within),
        each=answers.get("each", "leg" if profile.rules.legs else ""),
        may_have_legs="leg" in kind.by_key,
        dates=answers.get("dates", profile.dates or ""),
        asks_dates=any(re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}.*", one) for line in lines
                       for one in line.proposal.examples),
        time_zone=answers.get("time_zone", profile.time_zone or ""),
        asks_zone=find_utc(fit, anywhere=True),
        clock=answers.get("clock", _describe_clock(fit)),
        asks_clock=asks_clock or bool(halves),
        halves=tuple((index, fit.header.titles[index]) for index in halves),
        has_moments=any(one.is_moment for one in kind.fields),
    )  # fmt: skip


def _describe_clock(fit: HeaderFit) -> str:
    """How the profile counts hours: "24", or with columns of halves "12"; "" where nobody said."""
    return "12" if fit.halves else str(fit.profile.hours or "")


def _propose_halves(fit: HeaderFit, rows: Sequence[Row]) -> dict[int, str]:
    """For each column that tells hours the index of its column of halves, as the profile says or the nearest;
    "" where some hour is later than 12."""
    below = [cells for number, cells in rows if number > fit.header.last_row]
    telling = [
        index
        for index in range(len(fit.header.titles))
        if any(True for _ in list_hours(cells[index] for cells in below if index < len(cells)))
    ]
    said = {fit.places[key][-1]: half for key, half in fit.halves.items() if key in fit.places}
    matched = said or match_halves(fit, rows, anywhere=True)
    return {index: str(matched.get(index, "")) for index in telling}


def _make_column_line(
    proposal: Proposal,
    fit: HeaderFit,
    unknown: Mapping[str, tuple[str, ...]],
    half: str | None,
    answers: Answers,
) -> ColumnLine:
    index, profile = proposal.index, fit.profile
    chosen = answers.get(f"as-{index}", proposal.field.key if proposal.field else "")
    field = profile.kind.by_key.get(chosen)
    measure = find_unit_family(field.read) if field else None
    units = tuple(measure.units) if measure in (MONEY, TIME) else ()
    stated = parse_label(proposal.title).unit
    unit = answers.get(f"unit-{index}") or profile.units.get(chosen) or (stated if stated in units else "")
    joined = profile.joined.get(chosen, ())
    days = [at for at, title in enumerate(fit.header.titles) if joined and title == joined[0]]
    return ColumnLine(
        proposal=proposal,
        chosen=chosen,
        units=units,
        unit=unit or "",
        meanings=list_meanings(field) if field else (),
        unknown=tuple(
            dict.fromkeys((*proposal.list_unknown_words(field, profile), *unknown.get(chosen, ())))
        ),
        is_clock=_are_clocks(proposal.examples) and (field is None or field.is_moment),
        day=answers.get(f"day-{index}", str(days[0]) if days else ""),
        half=None if half is None else answers.get(f"half-{index}", half),
    )


def _are_clocks(cells: Sequence[str]) -> bool:
    """Whether these tell a time of day and no day."""
    return bool(cells) and all(map(_CLOCK.fullmatch, cells))


def _make_absent_line(
    field: Field, fit: HeaderFit, mapped: set[str], cost: str, answers: Answers
) -> AbsentLine:
    kind, known = fit.profile.kind, fit.profile.rules.derived.get(field.key)
    offers = tuple(
        one
        for one in kind.offers
        if one.key == field.key and read_derived(one.text, (*kind.by_key, *kind.derives)).fields <= mapped
    )
    return AbsentLine(
        field=field,
        needed=field.required and not offers,
        cost=cost,
        meanings=list_meanings(field),
        constant=answers.get(f"constant-{field.key}", fit.profile.constants.get(field.key, "")),
        offers=offers,
        derived=answers.get(f"derived-{field.key}", known.text if known else ""),
    )


def list_meanings(field: Field) -> tuple[tuple[str, str], ...]:
    """The words of a vocabulary, the first spelling of each; none for other fields."""
    if not isinstance(field.read, Vocabulary):
        return ()
    return tuple((meaning, words.split()[0]) for meaning, words in field.read.spellings.items() if meaning)


def read_mapping(answers: Answers, fit: HeaderFit, rows: Sequence[Row], *, title: str) -> ColumnMapping:
    """The mapping that was filled in, of a table whose first rows are given. Raises: MappingProblem."""
    profile, kind = fit.profile, fit.profile.kind
    titles = [fit.title_of(index) for index in range(len(fit.header.titles))]
    problems: dict[str, str] = {}
    columns, joined, units = _read_columns(answers, fit, titles, problems)
    for index in range(len(titles)):
        field = kind.by_key.get(answers.get(f"as-{index}", ""))
        if field and field.is_moment and field.key in columns and _are_clocks(_list_first(rows, fit, index)):
            problems.setdefault(f"as-{index}", "这一列只有钟点，没有日期：请在右侧选定日期在哪一列。")
    halves = _read_halves(answers, fit, rows, titles)
    constants = {
        field.key: answers[f"constant-{field.key}"]
        for field in kind.fields
        if field.key not in columns and answers.get(f"constant-{field.key}")
    }
    offered = {one.text for one in kind.offers}
    derived = {
        key: read_derived(text, (*kind.by_key, *kind.derives))
        for key in kind.derives
        if key not in columns and (text := answers.get(f"derived-{key}", "")) in offered
    }
    derived |= {key: one for key, one in profile.rules.derived.items() if key not in {*columns, *derived}}
    told = {*columns, *joined, *constants}
    told |= find_derivable(derived, told)
    for field in kind.fields:
        if field.required and field.key not in told:
            problems[field.key] = f"请指定哪一列是“{field.title}”。"
    if kind.one_of and not told.intersection(kind.one_of):
        names = "、".join(kind.by_key[key].title for key in kind.one_of)
        problems[kind.one_of[0]] = f"{names}至少要有一列。"
    if not title.strip():
        problems["title"] = "请填写导入方案名称。"
    time_zone, clock = answers.get("time_zone", ""), answers.get("clock", "")
    if find_utc(fit, anywhere=True) and time_zone not in TIME_ZONES:
        problems["time_zone"] = "请选定这些时刻是北京时间还是 UTC。"
    if clash := find_two_zones(_list_moment_titles(answers, fit)):
        problems["time_zone"] = clash
    if clock not in ("24", "12") and list_half_columns(fit, rows):
        problems["clock"] = "请选定是 24 小时制，还是另有一列注明上午、下午。"
    if clock == "12" and not halves:
        problems["clock"] = "请在时刻各列的右边选定，上午、下午写在哪一列。"
    if problems:
        raise MappingProblem(problems)
    legs = answers.get("each", "leg" if profile.rules.legs else "") == "leg" and "leg" in kind.by_key
    within = answers.get("within", profile.identity.within)
    return ColumnMapping(
        title=title.strip(),
        kind=kind,
        columns=columns,
        ignored=() if any(field.many for field in kind.fields) else _list_unused(titles, [
            *columns.values(), *(one for pair in joined.values() for one in pair), *halves.values(),
        ]),
        constants=constants,
        joined=joined,
        dates=next((one for one in DATE_ORDERS if one == answers.get("dates")), profile.dates),
        time_zone=time_zone if time_zone in (*TIME_ZONES, profile.time_zone) else None,
        hours=24 if clock == "24" else None,
        halves=halves,
        units=units,
        words=_read_words(answers, profile.words),
        empties=tuple(sorted(profile.empties)),
        without_header=() if fit.header.last_row else describe_contents(rows),
        rules=replace(profile.rules, legs=legs, derived=derived),
        identity=replace(profile.identity, within=within) if kind.marks and within in SCOPES else Identity(),
    )  # fmt: skip


def _read_columns(
    answers: Answers, fit: HeaderFit, titles: Sequence[str], problems: dict[str, str]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]], dict[str, str]]:
    """Field → column, field → day and time, field → unit. What is wrong is added to `problems`."""
    by_key = fit.profile.kind.by_key
    columns: dict[str, str] = {}
    joined = {key: pair for key, pair in fit.profile.joined.items() if not answers}
    units: dict[str, str] = {}
    labels = [parse_label(title) for title in titles]
    for index, title in enumerate(titles):
        key = answers.get(f"as-{index}", "")
        if not title or key not in by_key:
            continue
        if key in columns or key in joined:
            problems[f"as-{index}"] = f"不止一列选了“{by_key[key].title}”，只能有一列。"
        elif labels.count(labels[index]) > 1:
            problems[f"as-{index}"] = f"表头里有不止一列叫“{title}”，请先在文件里改名或删去多余的列。"
        day = answers.get(f"day-{index}", "")
        if day.isdecimal() and int(day) < len(titles) and int(day) != index:
            joined[key] = (titles[int(day)], title)
        else:
            columns[key] = title
        unit, measure = answers.get(f"unit-{index}"), find_unit_family(by_key[key].read)
        if unit and measure and unit in measure.units:
            units[key] = str(unit)
    return columns, joined, units


def _list_first(rows: Sequence[Row], fit: HeaderFit, index: int) -> list[str]:
    """The first filled cells of a column."""
    below = (cells for number, cells in rows if number > fit.header.last_row and index < len(cells))
    return [*islice(filter(None, (to_plain(cells[index]) for cells in below)), 3)]


def _list_moment_titles(answers: Answers, fit: HeaderFit) -> list[str]:
    """The titles, each with its group, of the columns that were chosen for moments."""
    by_key = fit.profile.kind.by_key
    chosen = [by_key.get(answers.get(f"as-{index}", "")) for index in range(len(fit.header.titles))]
    return [
        fit.header.qualify_title(index) for index, field in enumerate(chosen) if field and field.is_moment
    ]


def _read_halves(
    answers: Answers, fit: HeaderFit, rows: Sequence[Row], titles: Sequence[str]
) -> dict[str, str]:
    """Field → title of its column of 上午 and 下午; none on a clock of 24."""
    if answers.get("clock") != "12":
        return {}
    by_key, possible = fit.profile.kind.by_key, {*list_half_columns(fit, rows), *fit.halves.values()}
    chosen = {index: by_key.get(answers.get(f"as-{index}", "")) for index in range(len(titles))}
    return {
        field.key: titles[int(half)]
        for index, field in chosen.items()
        if field and field.is_moment
        if (half := answers.get(f"half-{index}", "")).isdecimal() and int(half) in possible
    }


def _read_words(
    answers: Answers, known: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Field → meaning → spellings: those that are known, and those whose meaning was told, word-<field>-<n>
    being the word and means-<field>-<n> its meaning."""
    words: dict[str, dict[str, tuple[str, ...]]] = {}
    for key, meanings in known.items():
        for spelling, meaning in meanings.items():
            of_field = words.setdefault(key, {})
            of_field[meaning] = (*of_field.get(meaning, ()), spelling)
    for name, spelling in answers.items():
        told = answers.get(f"means-{name.removeprefix('word-')}") if name.startswith("word-") else None
        if told:
            of_field = words.setdefault(name.split("-")[1], {})
            of_field[told] = (*of_field.get(told, ()), spelling)
    return words


def _list_unused(titles: Sequence[str], used: Sequence[str]) -> tuple[str, ...]:
    """Titles that serve no field, so that no name known to us may call them in."""
    taken = {parse_label(title) for title in used}
    return tuple(dict.fromkeys(title for title in titles if title and parse_label(title) not in taken))
