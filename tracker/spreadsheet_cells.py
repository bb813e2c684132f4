"""Texts in files that a spreadsheet opens: none of them is run as a formula."""

import unicodedata

_STARTS = frozenset("=+-@")  # with these a formula begins, their full-width and small forms included
_BREAKS = frozenset("\t\r\n")  # what stands before a cell's text where it is pasted or split again
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)  # letters and marks of no width, which Python counts as printable; Unicode: Default_Ignorable_Code_Point


def escape_formula(text: str) -> str:
    """The text as it is written into a cell: with a ' before what a spreadsheet might take for a formula.

    Numbers are written as numbers and do not come here. Source: OWASP, CSV Injection.
    """
    return f"'{text}" if begins_formula(text) else text


def begins_formula(text: str) -> bool:
    """Whether a text, behind any number of blanks, begins with = + - @, a tab or a line break."""
    for char in text:
        if char in _BREAKS:
            return True
        if char.isprintable() and not char.isspace() and char not in _INVISIBLE:
            return unicodedata.normalize("NFKC", char)[:1] in _STARTS
    return False
