"""Which kind a table may be whose columns no profile knows, for a person to confirm."""

from collections.abc import Iterable, Sequence

from ingest.kinds import TableKind
from ingest.recognition.column_matching import HeaderFit
from ingest.recognition.proposals import Ground, propose
from tracker.tabular import Row

_OF_A_COLUMN = {Ground.TITLE: 3, Ground.NEAR: 2, Ground.CONTENT: 1, Ground.NONE: 0}
_OF_A_NAME = 4  # and one for each character of the word
_LEAST = 3  # one column by its title
_LOOKED_AT = 40  # rows beneath the header


def guess_kind(
    names: Sequence[str], rows: Sequence[Row], fits: Iterable[HeaderFit]
) -> tuple[TableKind | None, str]:
    """The kind that most speaks for, and the ground for it in Chinese; (None, "") where nothing does, or as
    much for another.

    `names` are those of file and sheet; `rows` the first ones of the table, title lines among them; `fits`
    the best of each kind.
    """
    scores: dict[str, int] = {}
    grounds: dict[str, tuple[TableKind, str]] = {}
    for fit in fits:
        kind, header = fit.profile.kind, fit.header
        word = _find_word(kind, names, rows, header.last_row)
        beneath = [row for row in rows if row[0] <= header.last_row + _LOOKED_AT]
        columns = [one for one in propose(fit, beneath) if one.field and not one.field.many]
        in_titles = {one for one in kind.called.split() for title in header.titles if one in title}
        alike = len(in_titles) + sum(_OF_A_COLUMN[one.ground] for one in columns)
        scores[kind.name] = alike + (_OF_A_NAME + len(word) if word else 0)
        titles = [one.title for one in columns if one.ground in (Ground.TITLE, Ground.NEAR)]
        of_names = [f"名称里有“{word}”"] if word else []
        of_titles = [f"列名有“{'、'.join(titles[:3])}”"] if titles else []
        grounds[kind.name] = kind, "，".join([*of_names, *of_titles])
    best = max(scores.values(), default=0)
    likeliest = [name for name, score in scores.items() if score == best]
    if best < _LEAST or len(likeliest) > 1:
        return None, ""
    return grounds[likeliest[0]]


def _find_word(kind: TableKind, names: Sequence[str], rows: Sequence[Row], last_row: int) -> str:
    """The longest word by which such files are called that stands in a name or in a line above the header."""
    lines = [
        *names,
        *(str(cell) for number, cells in rows if number < last_row for cell in cells[:1] if cell),
    ]
    found = [word for word in kind.called.split() if any(word.lower() in line.lower() for line in lines)]
    return max(found, key=len, default="")
