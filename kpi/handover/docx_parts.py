"""What every printed document does with python-docx alike: clean words, rows kept whole, shades, fields."""

import re
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def remove_control_characters(text: str) -> str:
    """Without what no document may hold: control characters."""
    return _FORBIDDEN.sub(" ", text)


def make_element(name: str, **attributes: str) -> Any:
    """A part of the document's own language, such as w:shd."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def keep_row_together(row: Any) -> None:
    """A row of a table is not broken over pages."""
    row._tr.get_or_add_trPr().append(make_element("w:cantSplit", val="true"))


def repeat_header_row(row: Any) -> None:
    """A row of a table stands again at the top of each page."""
    row._tr.get_or_add_trPr().append(make_element("w:tblHeader", val="true"))


def shade_cell(cell: Any, fill: str) -> None:
    """A cell of a table is tinted; `fill` is a colour such as E7EDF4."""
    cell._tc.get_or_add_tcPr().append(make_element("w:shd", val="clear", color="auto", fill=fill))


def add_field(paragraph: Any, instruction: str) -> Any:
    """Adds what the word processor counts itself, such as PAGE; returns the run that shows it."""
    field = make_element("w:fldSimple", instr=instruction)
    paragraph._p.append(field)
    run = paragraph.add_run("1")
    field.append(run._r)
    return run
