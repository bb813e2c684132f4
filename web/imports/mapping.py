"""The mapping of columns as a form: what is proposed, and what a person made of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.cells import MONEY, TIME, Vocabulary, find_unit_family
from ingest.profiles.own_profile import ColumnMapping
from ingest.profiles.profile import Profile
from ingest.recognition.column_matching import HeaderFit
from ingest.recognition.fields import Field
from ingest.recognition.header_labels import parse_label

NONE = ""


class MappingProblem(ValueError):
    """列的对应关系还不完整；`told` 按字段说明。"""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("；".join(problems.values()))
        self.told = problems


@dataclass(frozen=True)
class MappingLine:
    """One field of the kind, as a line of the form."""

    field: Field
    column: int | None
    units: tuple[str, ...]
    unit: str
    meanings: tuple[tuple[str, str], ...]  # meaning, the word for it; of vocabularies
    constant: str
    unknown: tuple[str, ...]  # spellings that nothing is known of
    needed: bool


def list_lines(fit: HeaderFit, unknown: Mapping[str, tuple[str, ...]]) -> list[MappingLine]:
    """The form as it is proposed; fields that take many columns are left to themselves."""
    profile = fit.profile
    return [_make_line(field, fit, profile, unknown) for field in profile.kind.fields if not field.many]


def _make_line(
    field: Field, fit: HeaderFit, profile: Profile, unknown: Mapping[str, tuple[str, ...]]
) -> MappingLine:
    measure = find_unit_family(field.read)
    units = tuple(measure.units) if measure in (MONEY, TIME) else ()
    doubtful = field.key in {*fit.doubtful, *fit.ambiguous, *fit.remarked}
    columns = () if doubtful else fit.places.get(field.key, ())
    stated = parse_label(fit.header.titles[columns[0]]).unit if columns else None
    return MappingLine(
        field=field,
        column=columns[0] if columns else None,
        units=units,
        unit=profile.units.get(field.key) or (stated if stated in units else None) or "",
        meanings=list_meanings(field),
        constant=profile.constants.get(field.key, ""),
        unknown=unknown.get(field.key, ()),
        needed=field.required,
    )


def list_meanings(field: Field) -> tuple[tuple[str, str], ...]:
    """The words of a vocabulary, the first spelling of each; none for other fields."""
    if not isinstance(field.read, Vocabulary):
        return ()
    return tuple((meaning, words.split()[0]) for meaning, words in field.read.spellings.items() if meaning)


def read_mapping(form: Mapping[str, str], fit: HeaderFit, *, title: str) -> ColumnMapping:
    """The mapping that was filled in. Raises: MappingProblem."""
    profile, titles = fit.profile, [fit.title_of(index) for index in range(len(fit.header.titles))]
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    words: dict[str, dict[str, tuple[str, ...]]] = {
        key: _group_spellings(meanings) for key, meanings in profile.words.items()
    }
    units: dict[str, str] = {}
    problems: dict[str, str] = {}
    for line in list_lines(fit, {}):
        key, place = line.field.key, form.get(f"column-{line.field.key}", NONE)
        if place.isdecimal() and int(place) < len(titles) and titles[int(place)]:
            columns[key] = titles[int(place)]
            if _is_repeated(titles, int(place)):
                problems[key] = f"表头里有不止一列叫“{titles[int(place)]}”，请先在文件里改名或删去多余的列。"
        elif form.get(f"constant-{key}"):
            constants[key] = form[f"constant-{key}"]
        elif line.needed and key not in profile.joined:
            problems[key] = f"请指明哪一列是“{line.field.title}”。"
        if form.get(f"unit-{key}") in line.units and key in columns:
            units[key] = form[f"unit-{key}"]
    _add_words(form, words)
    one_of = profile.kind.one_of
    if one_of and not {*columns, *constants} & set(one_of):
        names = "、".join(profile.kind.by_key[key].title for key in one_of)
        problems[one_of[0]] = f"{names}至少要有一列。"
    if not title.strip():
        problems["title"] = "请给这个导入方案起个名字。"
    if problems:
        raise MappingProblem(problems)
    many = any(field.many for field in profile.kind.fields)
    return ColumnMapping(
        title=title.strip(),
        kind=profile.kind,
        columns=columns,
        ignored=() if many else _list_unused(titles, columns.values()),
        constants=constants,
        joined={key: titles for key, titles in profile.joined.items() if key not in columns},
        dates=profile.dates,
        units=units,
        words=words,
        empties=tuple(sorted(profile.empties)),
        rules=profile.rules,
    )


def _add_words(form: Mapping[str, str], words: dict[str, dict[str, tuple[str, ...]]]) -> None:
    """Adds the words whose meaning was told: word-<field>-<n> is the word, means-<field>-<n> its meaning."""
    for name, spelling in form.items():
        if name.startswith("word-") and (meaning := form.get(f"means-{name.removeprefix('word-')}")):
            of_field = words.setdefault(name.split("-")[1], {})
            of_field[meaning] = (*of_field.get(meaning, ()), spelling)


def _group_spellings(meanings: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Meaning → spellings, from spelling → meaning."""
    found: dict[str, tuple[str, ...]] = {}
    for spelling, meaning in meanings.items():
        found[meaning] = (*found.get(meaning, ()), spelling)
    return found


def _is_repeated(titles: Iterable[str], place: int) -> bool:
    labels = [parse_label(title) for title in titles]
    return labels.count(labels[place]) > 1


def _list_unused(titles: Iterable[str], used: Iterable[str]) -> tuple[str, ...]:
    """Titles that serve no field, so that no name known to us may call them in."""
    taken = {parse_label(title) for title in used}
    return tuple(dict.fromkeys(title for title in titles if title and parse_label(title) not in taken))
