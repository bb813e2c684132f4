"""The mapping of columns as a form: what is proposed, and what a person made of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.cells import MONEY, TIME, Vocabulary, measure_of
from ingest.profiles.own_profile import ColumnMapping
from ingest.profiles.profile import Profile
from ingest.recognition.column_matching import Fit
from ingest.recognition.fields import Field
from ingest.recognition.header_labels import label_of

NONE = ""


class MappingProblem(ValueError):
    """列的对应关系还不完整；`told` 按字段说明。"""

    def __init__(self, told: dict[str, str]) -> None:
        super().__init__("；".join(told.values()))
        self.told = told


@dataclass(frozen=True)
class Line:
    """One field of the kind, as a line of the form."""

    field: Field
    column: int | None
    units: tuple[str, ...]
    unit: str
    meanings: tuple[tuple[str, str], ...]  # meaning, the word for it; of vocabularies
    constant: str
    unknown: tuple[str, ...]  # spellings that nothing is known of
    needed: bool


def lines_of(fit: Fit, unknown: Mapping[str, tuple[str, ...]]) -> list[Line]:
    """The form as it is proposed; fields that take many columns are left to themselves."""
    profile = fit.profile
    return [_line(field, fit, profile, unknown) for field in profile.kind.fields if not field.many]


def _line(field: Field, fit: Fit, profile: Profile, unknown: Mapping[str, tuple[str, ...]]) -> Line:
    measure = measure_of(field.read)
    units = tuple(measure.units) if measure in (MONEY, TIME) else ()
    asked = field.key in {*fit.doubtful, *fit.ambiguous, *fit.remarked}
    columns = () if asked else fit.places.get(field.key, ())
    stated = label_of(fit.header.titles[columns[0]]).unit if columns else None
    return Line(
        field=field,
        column=columns[0] if columns else None,
        units=units,
        unit=profile.units.get(field.key) or (stated if stated in units else None) or "",
        meanings=meanings_of(field),
        constant=profile.constants.get(field.key, ""),
        unknown=unknown.get(field.key, ()),
        needed=field.required,
    )


def meanings_of(field: Field) -> tuple[tuple[str, str], ...]:
    """The words of a vocabulary, the first spelling of each; none for other fields."""
    if not isinstance(field.read, Vocabulary):
        return ()
    return tuple((meaning, words.split()[0]) for meaning, words in field.read.spellings.items() if meaning)


def mapping_of(form: Mapping[str, str], fit: Fit, *, title: str) -> ColumnMapping:
    """The mapping that was filled in. Raises: MappingProblem."""
    profile, titles = fit.profile, [fit.title_of(index) for index in range(len(fit.header.titles))]
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    words: dict[str, dict[str, tuple[str, ...]]] = {
        key: _spelled(known) for key, known in profile.words.items()
    }
    units: dict[str, str] = {}
    told: dict[str, str] = {}
    for line in lines_of(fit, {}):
        key, place = line.field.key, form.get(f"column-{line.field.key}", NONE)
        if place.isdecimal() and int(place) < len(titles) and titles[int(place)]:
            columns[key] = titles[int(place)]
            if _repeated(titles, int(place)):
                told[key] = f"表头里有不止一列叫“{titles[int(place)]}”，请先在文件里改名或删去多余的列。"
        elif form.get(f"constant-{key}"):
            constants[key] = form[f"constant-{key}"]
        elif line.needed and key not in profile.joined:
            told[key] = f"请指明哪一列是“{line.field.title}”。"
        if form.get(f"unit-{key}") in line.units and key in columns:
            units[key] = form[f"unit-{key}"]
    _add_words(form, words)
    one_of = profile.kind.one_of
    if one_of and not {*columns, *constants} & set(one_of):
        names = "、".join(profile.kind.by_key[key].title for key in one_of)
        told[one_of[0]] = f"{names}至少要有一列。"
    if not title.strip():
        told["title"] = "请给这个导入方案起个名字。"
    if told:
        raise MappingProblem(told)
    many = any(field.many for field in profile.kind.fields)
    return ColumnMapping(
        title=title.strip(),
        kind=profile.kind,
        columns=columns,
        ignored=() if many else _unused(titles, columns.values()),
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


def _spelled(known: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Meaning → spellings, from spelling → meaning."""
    found: dict[str, tuple[str, ...]] = {}
    for spelling, meaning in known.items():
        found[meaning] = (*found.get(meaning, ()), spelling)
    return found


def _repeated(titles: Iterable[str], place: int) -> bool:
    labels = [label_of(title) for title in titles]
    return labels.count(labels[place]) > 1


def _unused(titles: Iterable[str], used: Iterable[str]) -> tuple[str, ...]:
    """Titles that serve no field, so that no name known to us may call them in."""
    taken = {label_of(title) for title in used}
    return tuple(dict.fromkeys(title for title in titles if title and label_of(title) not in taken))
