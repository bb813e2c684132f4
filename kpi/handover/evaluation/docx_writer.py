"""Documents as offices print them: headings, tables with merged cells, places left for people to fill in."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from kpi.handover.docx_parts import (
    add_field,
    keep_row_together,
    make_element,
    remove_control_characters,
    repeat_header_row,
    shade_cell,
)

BODY, HEADING, TITLE = "仿宋", "黑体", "方正小标宋简体"
PORTRAIT = 15.6  # centimetres between the margins of A4
_KEPT_TOGETHER = 12  # rows of a table that is not broken over pages
_SHADE = "E7EDF4"
_GREY = RGBColor(0x59, 0x59, 0x59)


class Merge(NamedTuple):
    """Cells of a table that are one; rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


class Todo(str):
    """What a person still has to write; printed in brackets, on yellow."""


Cell = str | Todo | None


class Paper:
    """A document being written."""

    def __init__(self, title: str, now: datetime, foot: str, *, margin: float = 2.6):
        """`foot` stands under every page; `margin` is centimetres at the sides of an upright page, small
        ones all round."""
        self._foot = remove_control_characters(foot)
        self._margin, self._above = Cm(margin), Cm(min(margin, 2.4))
        self._document = docx.Document()
        properties = self._document.core_properties
        properties.title, properties.author = remove_control_characters(title), ""
        properties.created = properties.modified = now.replace(tzinfo=None)
        self._set_fonts()
        self._set_page(self._document.sections[0], landscape=False)

    def save(self, path: Path) -> None:
        self._document.save(str(path))

    def title(self, text: str, *, size: float = 20) -> None:
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(12)
        _set_font(paragraph.add_run(remove_control_characters(text)), TITLE, size, bold=True)

    def heading(self, text: str, level: int = 1) -> None:
        self._document.add_heading(remove_control_characters(text), level)

    def text(self, text: str) -> None:
        """A paragraph, its first line set in by two characters."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(24)
        paragraph.paragraph_format.space_before = Pt(6 if isinstance(text, Todo) else 0)
        _write(paragraph, text)

    def todo(self, text: str) -> None:
        self.text(Todo(text))

    def caption(self, text: str) -> None:
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before = Pt(8)
        _set_font(paragraph.add_run(remove_control_characters(text)), HEADING, 11)

    def note(self, text: str) -> None:
        """Small print under a table."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(4)
        paragraph.paragraph_format.line_spacing = 1.1
        _set_font(paragraph.add_run(remove_control_characters(text)), BODY, 9)

    def table(
        self,
        rows: Sequence[Sequence[Cell]],
        widths: Sequence[float],
        *,
        merged: Sequence[Merge] = (),
        headers: int = 1,
        size: float = 9,
        padding: float = 2,
        shaded: Sequence[tuple[int, int]] = (),
        left: Sequence[int] = (),
    ) -> None:
        """A table; the first `headers` rows are repeated on each page, `widths` are centimetres.

        Words stand in the middle, with `padding` points above and below, except in the columns `left`, where
        they begin at the edge; a merged cell shows its first text.
        """
        table = self._document.add_table(len(rows), len(widths))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for column, centimetres in zip(table.columns, widths, strict=True):
            column.width = Cm(centimetres)
        inner = {
            (row, column)
            for one in merged
            for row in range(one.top, one.bottom + 1)
            for column in range(one.left, one.right + 1)
        } - {(one.top, one.left) for one in merged}
        for number, (row, cells) in enumerate(zip(table.rows, rows, strict=True)):
            keep_row_together(row)
            if number < headers:
                repeat_header_row(row)
            for place, (cell, told) in enumerate(zip(row.cells, cells, strict=True)):
                cell.width = Cm(widths[place])
                tinted = number < headers or (number, place) in shaded
                told = None if (number, place) in inner else told
                _fill(cell, told, size, padding, shaded=tinted, left=place in left and number >= headers)
        for one in merged:
            table.cell(one.top, one.left).merge(table.cell(one.bottom, one.right))
        for one in merged:
            _trim(table.cell(one.top, one.left))
        if len(rows) <= _KEPT_TOGETHER:
            for row in table.rows[:-1]:
                for cell in row.cells:
                    cell.paragraphs[0].paragraph_format.keep_with_next = True

    def page(self, *, landscape: bool) -> None:
        """A new page, across or upright."""
        self._set_page(self._document.add_section(), landscape=landscape)

    def _set_page(self, section: Any, *, landscape: bool) -> None:
        short, long = Cm(21), Cm(29.7)
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (long, short) if landscape else (short, long)
        section.left_margin = section.right_margin = Cm(2.4) if landscape else self._margin
        section.top_margin = section.bottom_margin = self._above
        _add_foot(section, self._foot)

    def _set_fonts(self) -> None:
        styles = self._document.styles
        _set_style(styles["Normal"], BODY, 12)
        styles["Normal"].paragraph_format.line_spacing = 1.5
        styles["Normal"].paragraph_format.space_after = Pt(0)
        for level, size in ((1, 15), (2, 13), (3, 12)):
            style = styles[f"Heading {level}"]
            _set_style(style, HEADING, size)
            style.font.color.rgb = None
            style.paragraph_format.space_before = Pt(12 if level == 1 else 8)
            style.paragraph_format.space_after = Pt(4)
            style.paragraph_format.keep_with_next = True


def _set_style(style: Any, font: str, size: float) -> None:
    style.font.name, style.font.size, style.font.bold = font, Pt(size), False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:eastAsia", "w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), font)
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    style.element.get_or_add_rPr().append(make_element("w:lang", val="en-US", eastAsia="zh-CN"))


def _set_font(run: Any, font: str, size: float, *, bold: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = font, Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _write(paragraph: Any, told: str, size: float | None = None) -> None:
    run = paragraph.add_run(
        remove_control_characters(f"〔待填写：{told}〕" if isinstance(told, Todo) else told)
    )
    if size is not None:
        run.font.size = Pt(size)
    if isinstance(told, Todo):
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _fill(cell: Any, told: Cell, size: float, padding: float, *, shaded: bool, left: bool) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing = 1.0
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(padding)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    if told:
        _write(paragraph, told, size)
    if shaded:
        shade_cell(cell, _SHADE)


def _trim(cell: Any) -> None:
    """Takes the empty paragraphs away that merging leaves behind."""
    for paragraph in cell.paragraphs[1:]:
        if not paragraph.text:
            paragraph._element.getparent().remove(paragraph._element)


def _add_foot(section: Any, foot: str) -> None:
    """Where the paper comes from, in small print, and the page's number."""
    section.footer.is_linked_to_previous = False
    paragraph = section.footer.paragraphs[0]
    if paragraph.runs:
        return
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing = 1.0
    run = paragraph.add_run(f"{foot}　　第 ")
    page = add_field(paragraph, "PAGE")
    for one in (run, page, paragraph.add_run(" 页")):
        _set_font(one, BODY, 7)
        one.font.color.rgb = _GREY
