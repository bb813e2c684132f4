"""Where a field of a definition stands in the text of its TOML."""

import re
from collections import Counter

_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.]+)\s*\]")
_KEY = re.compile(r"^\s*(\w+)\s*=")


def line_of(text: str, told: str) -> int | None:
    """The line of the field that a sentence of `DefinitionProblem` names; None where it stands in none.

    A field that is missing stands in the line of its table's head.
    """
    places = places_in(text)
    named = [place for place in places if re.search(rf"(?<![\w.]){re.escape(place)}(?![\w])", told)]
    return places[max(named, key=len)] if named else None


def places_in(text: str) -> dict[str, int]:
    """The place of every table and field, written as the sentences write it → its line, from 1."""
    places: dict[str, int] = {}
    items: Counter[str] = Counter()
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = header[2]
            if header[1] == "[[":
                items[table] += 1
                table = f"{table} 第{items[table]}项"
            places.setdefault(table, number)
        elif key:
            joint = " 的 " if table.endswith("项") else "."
            places.setdefault(f"{table}{joint}{key[1]}" if table else key[1], number)
    return places
