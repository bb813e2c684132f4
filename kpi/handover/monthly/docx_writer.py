"""A printed document: fonts, headings, tables with repeated headers, page numbers.

Fonts are named as Word on a Chinese system has them; the font table
adds the names by which other systems know them. Where there is none of them, the language of the text says
whose glyphs to take.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from kpi.handover.docx_parts import (
    add_field,
    keep_row_together,
    make_element,
    remove_control_characters,
    repeat_header_row,
    shade_cell,
)

SONG, FANGSONG, HEI, LATIN, MONO = "宋体", "仿宋", "黑体", "Times New Roman", "Courier New"
ELSEWHERE = {SONG: ("SimSun", "roman"), FANGSONG: ("FangSong", "roman"), HEI: ("SimHei", "swiss")}
RED, GREY = RGBColor(0xC0, 0x00, 0x00), RGBColor(0x55, 0x55, 0x55)
WIDTH = 261.0  # mm between the margins of a landscape A4 page
LEFT, CENTER, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


class Paper:
    """A landscape A4 document being written."""

    def __init__(self, title: str, made_at: datetime):
        self._document: Document = docx.Document()
        self._set_properties(title, made_at)
        self._set_page()
        self._set_styles()
        self._add_font_names()

    def save(self, path: Path) -> None:
        self._document.save(str(path))

    def margins(self, head: str, foot: str, color: RGBColor | None = None) -> None:
        """What stands at the top and the bottom of every page; the foot ends with 第 1 页 共 9 页."""
        section = self._document.sections[0]
        top = section.header.paragraphs[0]
        top.alignment = RIGHT
        write(top, head, HEI if color else SONG, 9, color=color or GREY)
        bottom = section.footer.paragraphs[0]
        bottom.alignment = CENTER
        write(bottom, f"{foot}　　第 ", SONG, 9, color=GREY)
        _add_count(bottom, "PAGE")
        write(bottom, " 页　共 ", SONG, 9, color=GREY)
        _add_count(bottom, "NUMPAGES")
        write(bottom, " 页", SONG, 9, color=GREY)

    def heading(self, text: str, level: int = 1) -> None:
        self._document.add_heading(remove_control_characters(text), level)

    def line(
        self,
        text: str,
        size: float = 11,
        *,
        font: str = FANGSONG,
        at: WD_ALIGN_PARAGRAPH = LEFT,
        bold: bool = False,
        color: RGBColor | None = None,
        after: float = 3,
        keep: bool = False,
    ) -> Paragraph:
        """A paragraph; `keep`: on the page of what follows."""
        paragraph = self._document.add_paragraph()
        paragraph.alignment = at
        paragraph.paragraph_format.space_after = Pt(after)
        paragraph.paragraph_format.keep_with_next = keep
        write(paragraph, text, font, size, bold=bold, color=color)
        return paragraph

    def banner(self, text: str, color: RGBColor) -> None:
        """Large words in a frame, not to be overlooked."""
        paragraph = self.line(text, 48, font=HEI, at=CENTER, bold=True, color=color, after=6)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(80)
        borders = OxmlElement("w:pBdr")
        for side in ("top", "left", "bottom", "right"):
            borders.append(make_element(f"w:{side}", val="double", sz="12", space="4", color=str(color)))
        paragraph._p.get_or_add_pPr().append(borders)

    def table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        *,
        numbers: Sequence[int] = (),
        mono: Sequence[int] = (),
    ) -> None:
        """A table whose header is repeated on every page; widths are shares of the page's.

        A row of one cell is a heading within the table. `numbers` are columns aligned to the right, `mono`
        those of codes and digests.
        """
        table = self._document.add_table(rows=0, cols=len(header))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        scale = WIDTH / sum(widths)
        for place, share in enumerate(widths):
            table.columns[place].width = Mm(share * scale)
        _fill(table.add_row(), header, [HEI] * len(header), [CENTER] * len(header), tint="E4E9F0")
        repeat_header_row(table.rows[0])
        fonts = [MONO if place in mono else SONG for place in range(len(header))]
        sides = [
            RIGHT if place in numbers else CENTER if place in mono else LEFT for place in range(len(header))
        ]
        for cells in rows:
            row = table.add_row()
            if len(cells) == 1:
                row.cells[0].merge(row.cells[-1])
                _fill(row, cells, [HEI], [LEFT], tint="F5F6F8")
                row.cells[0].paragraphs[0].paragraph_format.keep_with_next = True
            else:
                _fill(row, cells, fonts, sides)
        for row in table.rows:
            keep_row_together(row)
            for place, cell in enumerate(row.cells):
                cell.width = Mm(widths[place] * scale)
        self.line("", 4, after=0)

    def boxes(self, cells: Sequence[str], widths: Sequence[float], height: float) -> None:
        """Empty fields side by side to be filled in by hand; height in mm."""
        table = self._document.add_table(rows=1, cols=len(cells))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        row, scale = table.rows[0], WIDTH / sum(widths)
        row.height = Mm(height)
        keep_row_together(row)
        for place, text in enumerate(cells):
            table.columns[place].width = row.cells[place].width = Mm(widths[place] * scale)
            lines = text.split("\n")
            for number, told in enumerate(lines):
                paragraph = row.cells[place].paragraphs[0] if not number else row.cells[place].add_paragraph()
                paragraph.paragraph_format.space_after = Pt(0)
                paragraph.paragraph_format.line_spacing = 1.6
                write(paragraph, told, FANGSONG, 12)

    def _set_properties(self, title: str, made_at: datetime) -> None:
        properties = self._document.core_properties
        properties.title, properties.author, properties.comments = remove_control_characters(title), "", ""
        properties.language = "zh-CN"
        properties.created = properties.modified = made_at.replace(tzinfo=None)

    def _set_page(self) -> None:
        section = self._document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.left_margin = section.right_margin = Mm(18)
        section.top_margin, section.bottom_margin = Mm(18), Mm(16)
        section.header_distance = section.footer_distance = Mm(8)

    def _set_styles(self) -> None:
        styles: Any = self._document.styles
        _face(styles["Normal"].element.get_or_add_rPr(), FANGSONG)
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")
        styles["Normal"].font.size = Pt(11)
        for level, size in ((1, 15), (2, 12)):
            style = styles[f"Heading {level}"]
            _face(style.element.get_or_add_rPr(), HEI)
            style.font.size, style.font.bold = Pt(size), False
            style.font.color.rgb = RGBColor(0, 0, 0)
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(10), Pt(4)

    def _add_font_names(self) -> None:
        part: Any = next(
            part
            for part in self._document.part.package.iter_parts()
            if str(part.partname).endswith("fontTable.xml")
        )
        told = "".join(
            f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
            f'<w:family w:val="{kind}"/><w:pitch w:val="variable"/></w:font>'
            for name, (other, kind) in ELSEWHERE.items()
        )
        part._blob = part.blob.replace(b"</w:fonts>", told.encode() + b"</w:fonts>")


def write(
    paragraph: Paragraph,
    text: str,
    font: str,
    size: float,
    *,
    bold: bool = False,
    color: RGBColor | None = None,
) -> None:
    """Adds words to a paragraph: Chinese in `font`, digits and letters in its companion."""
    run = paragraph.add_run(remove_control_characters(text))
    run.font.size, run.font.bold = Pt(size), bold
    if color is not None:
        run.font.color.rgb = color
    _face(run._r.get_or_add_rPr(), font)


def _face(properties: Any, font: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for name in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[name]
    latin = font if font == MONO else LATIN
    for name, value in (("ascii", latin), ("hAnsi", latin), ("cs", latin)):
        fonts.set(qn(f"w:{name}"), value)
    fonts.set(qn("w:eastAsia"), SONG if font == MONO else font)


def _fill(
    row: Any, cells: Sequence[str], fonts: Sequence[str], sides: Sequence[Any], *, tint: str | None = None
) -> None:
    for cell, text, font, side in zip(row.cells, cells, fonts, sides, strict=False):
        paragraph = cell.paragraphs[0]
        paragraph.alignment = side
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.line_spacing = 1
        write(paragraph, text, font, 9)
        if tint:
            shade_cell(cell, tint)


def _add_count(paragraph: Paragraph, instruction: str) -> None:
    shown = add_field(paragraph, instruction)
    shown.font.size, shown.font.color.rgb = Pt(9), GREY
