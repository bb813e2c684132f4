"""What is this table? Finds the header, the kind and the columns, and says why when it cannot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.cells import (
    MEASURES,
    Column,
    NoticeCounts,
    UnitUnknown,
    find_any_unit,
    find_unit_family,
    has_only_days,
    has_only_minutes,
    read_quantity,
    to_plain,
)
from ingest.kinds.kind import AmbiguousTitles
from ingest.profiles.derived import find_derivable
from ingest.profiles.profile import Profile
from ingest.recognition.clocks import check_clock
from ingest.recognition.column_matching import HeaderFit, fit_header
from ingest.recognition.header import Header, list_possible_headers
from ingest.recognition.header_labels import find_stated_units, parse_label
from ingest.recognition.table_unknown import TableUnknown, locate_profile
from ingest.recognition.without_header import find_differences, fit_places, looks_headless
from tracker.tabular import Cell, FileRefused, Row

__all__ = ["BY_CHANCE", "Recognition", "TableUnknown", "list_questions", "locate_profile", "recognise"]

BY_CHANCE = 1  # cell of a row of data that is called like a field
_HEADLESS = (
    "文件像是没有表头：第一行已经是数据。请重新导出带列名的文件；无法导出的，请在导入页面的“列对应关系”中"
    "将“表头在”选为“没有表头”，逐列设置一次。以后列数和内容相同的文件不再问。"
)


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """A table understood: what its columns mean."""

    profile: Profile
    header: Header
    columns: Mapping[str, tuple[Column, ...]]  # field key → its columns; more than one only for `many`
    unused: tuple[str, ...]  # titles of columns that nothing reads
    notices: NoticeCounts
    narrowest: int = 0  # cells of the shortest of the first rows that have one for each title

    @property
    def lacking(self) -> tuple[tuple[str, str], ...]:
        """(field title, the indicators that cannot be verified without it) of columns that are not there."""
        profile = self.profile
        there = {*self.columns, *profile.constants}
        there |= {f"{key}={word}" for key, words in profile.words.items() for word in words.values()}
        derived = find_derivable(profile.rules.derived, there)
        there |= derived | {f"{key}=yes" for key in derived}
        there |= {"deadline_at"} if profile.rules.deadline else set()
        return tuple(
            (field.title, field.cost)
            for field in profile.kind.fields
            if field.cost and not field.is_told(there)
        )

    @property
    def used(self) -> tuple[tuple[str, str], ...]:
        """(field title, column title) in the order of the fields."""
        return tuple(
            (field.title, column.label)
            for field in self.profile.kind.fields
            for column in self.columns.get(field.key, ())
        )

    def check_units(self, row: int, cells: Sequence[Cell]) -> None:
        """Raises: FileRefused when a line states another unit than the numbers above were read in."""
        stated = find_stated_units(cell for cell in cells if isinstance(cell, str))
        for key, columns in self.columns.items() if stated else ():
            measure = find_unit_family(self.profile.kind.by_key[key].read)
            for column in columns:
                if measure is None or key in self.profile.units or parse_label(column.label).unit:
                    continue
                unit = column.unit or measure.usual
                try:
                    fits = (measure.find_stated_unit(stated) or unit) == unit
                except UnitUnknown:
                    fits = False
                if not fits:
                    raise FileRefused(
                        f"第 {row} 行写的单位是“{'、'.join(stated)}”，“{column.label}”列却是按“{unit}”读的；"
                        "请在列名里写明单位，例如“金额（万元）”，再导入。"
                    )


def recognise(rows: Sequence[Row], profiles: Iterable[Profile]) -> Recognition:
    """The profile and columns of a table whose first rows are given; a signed profile needs its signature,
    unless it is the only one.

    Raises: TableUnknown for a table of no or of several kinds, or without a column that must be there."""
    every = list(profiles)
    tried = [profile for profile in every if not profile.problem]
    labels = frozenset(label for profile in tried for label in profile.labels)
    fits = [
        found
        for header in list_possible_headers(rows)
        if not labels.isdisjoint(parse_label(title).base for title in (*header.titles, *header.fuller))
        for profile in tried
        if len(tried) == 1 or not profile.signature or profile.suits(header.titles)
        if (found := fit_header(profile, header)).matched
    ]
    _check_readable(rows, every)
    whole = any(not found.missing and not found.unlike for found in fits)
    fits += _fit_without_header(rows, tried, ask=not whole)
    if not any(found.matched > BY_CHANCE or not found.missing for found in fits) and looks_headless(rows):
        raise TableUnknown(_HEADLESS, near=False)
    if not fits:
        kinds = "、".join(dict.fromkeys(profile.kind.title for profile in tried))
        raise TableUnknown(f"无法识别数据类型：没有找到可识别的表头；可导入的有{kinds}。", near=False)
    best = max(fits, key=lambda found: found.weight)
    _check_alike(best, fits)
    _check_whole(best, fits)
    _check_unique(best, fits)
    _check_certain(best)
    check_clock(best, rows)
    return _build_recognition(best, rows)


def _fit_without_header(rows: Sequence[Row], profiles: Iterable[Profile], *, ask: bool) -> list[HeaderFit]:
    """The fits of profiles for tables without a header whose columns hold what this table's do.

    Raises: TableUnknown where none does, and one of as many columns may be meant; `ask`: only then."""
    alike = [found for profile in profiles if (found := fit_places(profile, rows))]
    differences = {found.profile.title: find_differences(found, rows) for found in alike}
    fits = [found for found in alike if not differences[found.profile.title]]
    if ask and not fits and alike and looks_headless(rows):
        title, different = next(iter(differences.items()))
        raise TableUnknown(
            f"要先问清楚，没有导入：文件没有表头，列数与导入方案“{title}”的相同，内容却不同：{'；'.join(different)}。"
            "请在导入页面的“列对应关系”里逐列核对并保存；列的次序变了的，请用另一个名字保存。",
            near=True,
        )
    return fits


def _check_readable(rows: Sequence[Row], profiles: Iterable[Profile]) -> None:
    """Raises: TableUnknown for a table of the vendor of a profile whose file is faulty."""
    faulty = [profile for profile in profiles if profile.problem]
    for header in list_possible_headers(rows) if faulty else ():
        for profile in faulty:
            if profile.suits(header.titles):
                raise TableUnknown(
                    f"这张表应按导入方案“{profile.name}”读，而它写错了：{profile.problem}", near=True
                )


def _check_alike(best: HeaderFit, fits: list[HeaderFit]) -> None:
    """Raises: TableUnknown for a table that has the columns of a kind and is another list."""
    alike = {found.profile.kind.name: found for found in fits if not found.missing and found.unlike}
    if not alike or not (best.missing or best.unlike):
        return
    kinds = "”、“".join(found.profile.kind.title for found in alike.values())
    nearest = max(alike.values(), key=lambda found: found.matched)
    kind, unlike = nearest.profile.kind, nearest.unlike
    assert unlike is not None
    lacks = unlike.lacks.split()
    titles = [f"“{kind.by_key[one].title}”" for one in lacks if one in kind.by_key]
    words = "、".join(one for one in lacks if one not in kind.by_key)
    needed = "、".join([*titles, *([f"列名带有{words}等字样的"] if words else [])])
    reason = f"只有{kind.title}才有的列（{needed}）一列也没有"
    if unlike.title:
        reason = f"有“{'”、“'.join(unlike.has)}”却没有{needed}，是{unlike.title}，不是{kind.title}"
    raise TableUnknown(
        f"不能导入：列名像“{kinds}”，但{reason}。把别的清单当作{kind.title}，数就错了。"
        f"请导出{kind.title}本身（含上述列）；这确实就是{kind.title}的，"
        "请在导入页面的“列对应关系”里逐列指明，或在导入方案的 [columns] 里写明每个必需的列。",
        near=False,
    )


def _check_whole(best: HeaderFit, fits: list[HeaderFit]) -> None:
    """Raises: TableUnknown when no kind has all its columns, or one that lacks some is more alike."""
    nearest = max(
        (found for found in fits if found.missing or not found.unlike),
        key=lambda found: (found.matched, not found.missing),
    )
    if not best.missing and (nearest.matched <= best.matched or best.profile.suits(best.header.titles)):
        return
    lacking, kind = nearest.missing, nearest.profile.kind
    between = "或" if {field.key for field in lacking} == {*kind.one_of} else "、"
    titles = "、".join(title for title in nearest.header.titles if title)
    raise TableUnknown(
        f"无法识别数据类型：表头为“{titles[:200]}”；最接近“{nearest.profile.title}”，"
        f"但缺少 {between.join(f'“{field.title}”' for field in lacking)}。"
        "请补充上述列，或在“列对应关系”中指定。",
        near=nearest.matched * 2 > sum(field.required for field in nearest.profile.kind.fields),
    )


def _check_unique(best: HeaderFit, fits: list[HeaderFit]) -> None:
    """Raises: TableUnknown when another profile suits as well, or a field could be several columns."""
    rivals = {
        found.profile.title
        for found in fits
        if found.weight == best.weight and found.profile.name != best.profile.name
    }
    if rivals:
        raise TableUnknown(
            f"无法识别数据类型：“{best.profile.title}”和“{'”、“'.join(sorted(rivals))}”都说得通；"
            "请用 --profile 指明。",
            near=True,
        )


def _check_certain(best: HeaderFit) -> None:
    """Raises: TableUnknown that asks about every field whose column is not certain."""
    questions = list_questions(best)
    if questions:
        raise TableUnknown(
            f"要先问清楚，没有导入：{''.join(questions.values())}{_word_remedy(best)}", near=True
        )


def list_questions(fit: HeaderFit) -> dict[str, str]:
    """By field, what has to be answered before its column is taken: one of several, one of several meanings,
    or what a remark on its title says."""
    titles, by_key = fit.header.titles, fit.profile.kind.by_key
    several = {
        key: f"“{by_key[key].title}”可能是这几列中的任一列：“{'”、“'.join(titles[one] for one in found)}”。"
        for key, found in fit.doubtful.items()
    }
    meanings = {
        key: f"“{titles[fit.places[key][0]]}”列可能是{_word_meanings(fit.profile, one)}，各家平台的叫法不同。"
        for key, one in fit.ambiguous.items()
    }
    remarks = {key: _word_remark_doubt(fit, key, remark) for key, remark in fit.remarked.items()}
    return meanings | several | remarks


def _word_remark_doubt(fit: HeaderFit, key: str, remark: str) -> str:
    index, field = fit.places[key][0], fit.profile.kind.by_key[key]
    title, group = fit.header.titles[index], fit.header.groups[index] if fit.header.groups else ""
    where = f"“{title}”列上方的分组写着“{group}”" if remark in group else f"“{title}”列注有“{remark}”"
    cost = f"，不是的就不要采用（{field.cost}标为无法核实）" if field.cost else ""
    return f"{where}，请确认它还是不是“{field.title}”{cost}。"


def _word_meanings(profile: Profile, one: AmbiguousTitles) -> str:
    titles = (profile.kind.by_key[key].title for key in one.fields)
    return "，也可能是".join(filter(None, (*titles, one.or_else)))


def _word_remedy(best: HeaderFit) -> str:
    """Where the answer is written down, with the lines to write."""
    profile = best.profile
    columns = {key: best.places[key] for key in (*best.ambiguous, *best.remarked)}
    doubts = columns | dict(best.doubtful)
    titles = {index: best.title_of(index) for indexes in doubts.values() for index in indexes}
    if len(set(map(parse_label, titles.values()))) < len(titles):
        return "请先在文件里改名或删去多余的同名列。"
    lines = "、".join(f'{key} = "{titles[indexes[0]]}"' for key, indexes in doubts.items())
    return (
        f"请在导入页面的“列对应关系”里选定，或在导入方案{locate_profile(profile)}里写明：确是这一项的，"
        f"在 [columns] 下写 {lines}；"
        f'都不是的列写进 ignored，如 ignored = ["{next(iter(titles.values()))}"]。以后的同样文件不再问。'
    )


def _build_recognition(best: HeaderFit, rows: Sequence[Row]) -> Recognition:
    profile, notices = best.profile, NoticeCounts()
    header, beneath = _read_units_beneath(best.header, [row for row in rows if row[0] > best.header.last_row])
    around = [cell for number, cells in rows if number > header.last_row for cell in cells]
    stated = find_stated_units(
        [*header.above, *header.titles, *(cell for cell in around if isinstance(cell, str))]
    )
    below = [cells for number, cells in rows if number > header.last_row]
    columns: dict[str, tuple[Column, ...]] = {}
    if not header.last_row:
        notices[f"文件没有表头：按导入方案“{profile.title}”的列序读，共 {len(header.titles)} 列。"] += 1
    for key, indexes in best.places.items():
        field = profile.kind.by_key[key]
        indexes = (*indexes, *best.further.get(key, ()))
        try:
            found = tuple(
                _build_column(best, header, key, index, beneath, stated, notices) for index in indexes
            )
        except UnitUnknown as problem:
            title = header.titles[indexes[0]]
            if field.required:
                raise TableUnknown(
                    f"“{title}”列{problem}；请改正列名或表上的单位，或在导入方案的 [units] 里写明。",
                    near=True,
                ) from None
            notices[
                f"“{title}”列没有采用：{problem}。没有采用就等于未报送“{field.title}”："
                f"{field.cost or '靠它的数'}无法核实；请改正列名，或在导入方案的 [units] 里写明单位。"
            ] += 1
        else:
            if found:
                columns[key] = tuple(_limit_precision(column, below) for column in found)
    for index, one in best.passed_over.items():
        notices[
            f"“{header.titles[index]}”列没有采用：可能是{_word_meanings(profile, one)}；"
            "要采用，请在导入方案的 [columns] 里写明。"
        ] += 1
    used = {column.index for found in columns.values() for column in found} | {*best.halves.values()}
    unused = tuple(title for index, title in enumerate(header.titles) if title and index not in used)
    return Recognition(
        profile=profile,
        header=header,
        columns=columns,
        unused=unused,
        notices=notices,
        narrowest=min((len(cells) for cells in below if len(cells) >= header.width), default=0),
    )


def _limit_precision(column: Column, rows: Sequence[Sequence[Cell]]) -> Column:
    cells = [row[column.index] for row in rows if column.index < len(row)]
    return replace(column, to_the_minute=has_only_minutes(cells), only_days=has_only_days(cells))


def _read_units_beneath(header: Header, rows: Sequence[Row]) -> tuple[Header, Mapping[int, str]]:
    """Units in a row of their own below the titles, by column, and the header with that row."""
    if not rows:
        return header, {}
    number, cells = rows[0]
    units = {index: cell for index, cell in enumerate(cells) if isinstance(cell, str) and to_plain(cell)}
    if len(units) != sum(cell != "" for cell in cells) or not all(map(_is_unit, units.values())):
        return header, {}
    return (replace(header, last_row=number), units) if units else (header, {})


def _is_unit(cell: str) -> bool:
    remark = parse_label(cell).remark or to_plain(cell)
    return any(measure.match_unit(remark) for measure in MEASURES)


def _build_column(
    best: HeaderFit,
    header: Header,
    key: str,
    index: int,
    beneath: Mapping[int, str],
    stated: Sequence[str],
    notices: NoticeCounts,
) -> Column:
    """Raises: UnitUnknown when the numbers of the column count in a unit that nobody understands."""
    profile = best.profile
    field = profile.kind.by_key[key]
    title = header.titles[index]
    unit = profile.units.get(key)
    measure = find_unit_family(field.read)
    if unit is None and (measure or field.read is read_quantity):
        read = measure.unit_of if measure else find_any_unit
        below = beneath.get(index)
        unit = (
            read(parse_label(title).remark)
            or read(parse_label(header.fuller[index]).remark)
            or (read(parse_label(below).remark or below) if below else None)
            or (measure.find_stated_unit(stated) if measure else None)
        )
    return Column(
        index=index,
        label=title,
        unit=unit,
        dates=profile.dates,
        zone=profile.zone,
        words=profile.words.get(key, {}),
        empties=profile.empties,
        separator=profile.rules.first_of.get(key, ""),
        half=best.halves.get(key),
        notices=notices,
    )
