"""Documents filled from Word templates: those of the product, or a centre's own of the same name.

A value is printed as text: neither `{{` nor `<` in it means anything. Control characters, which no document
may hold, are printed as spaces.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree  # type: ignore[import-untyped]
from markupsafe import Markup, escape

from kpi.handover.templates.checking import TemplateProblem, check_template
from tracker.file_writing import write_whole

PACKAGED = Path(__file__).parent
TITLES = {
    "monthly": "月报",
    "evaluation-report": "绩效评价报告",
    "self-evaluation": "绩效自评表",
    "department": "部门评价表",
}
ABOVE = "\ufdd0"  # the value of a cell that is one with the cell above it; no text can hold it

_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

Values = Mapping[str, Any]  # of a placeholder: text, number, truth, or a list of Values to go through


def own_template(name: str, home: Path) -> Path:
    """Where a centre keeps its own template, whether or not it has one."""
    return home / "templates" / f"{name}.docx"


def find_template(name: str, home: Path | None) -> Path:
    """The centre's own template where there is one, else the packaged one. `home` None: the packaged one."""
    own = None if home is None else own_template(name, home)
    return own if own is not None and own.exists() else PACKAGED / f"{name}.docx"


def fill(
    path: Path, name: str, values: Values, *, title: str, made_at: datetime, home: Path | None = None
) -> None:
    """Writes a document from the template `name`; `title` and `made_at` stand among its properties.

    `home` is the centre's folder with its own templates; None: the packaged template is wanted.
    Raises: TemplateProblem of a template of the centre's own; OSError.
    """
    template, packaged = find_template(name, home), PACKAGED / f"{name}.docx"
    if template != packaged:
        check_template(template, packaged)
    filled = _Filled(template)
    try:
        filled.render(values, _environment())
    except (TemplateError, etree.XMLSyntaxError) as problem:
        if template == packaged:
            raise
        raise TemplateProblem(template, f"填不进去（{problem}）") from problem
    document: Document = filled.docx
    _merge_down(document)
    _set_properties(document, title, made_at)
    with write_whole(path) as part:
        document.save(str(part))


class _Filled(DocxTemplate):  # type: ignore[misc]
    def fix_tables(self, xml: str) -> Any:
        """Raises: XMLSyntaxError, where the library would go on without what it cannot read."""
        etree.fromstring(xml)
        return super().fix_tables(xml)


def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(autoescape=True, finalize=_as_text, undefined=StrictUndefined)


def _as_text(value: object) -> Markup:
    """Without what no document may hold; braces as references, which the library leaves alone."""
    text = str(value)
    safe = text if text == ABOVE else _FORBIDDEN.sub(" ", text)
    return Markup(str(escape(safe)).replace("{", "&#123;").replace("}", "&#125;"))


def _merge_down(document: Document) -> None:
    """Makes each cell whose value is ABOVE one with the cell above it."""
    for table in document.element.body.iter(qn("w:tbl")):
        above: dict[int, Any] = {}
        for row in table.tr_lst:
            for cell in row.tc_lst:
                texts = list(cell.iter(qn("w:t")))
                if "".join(text.text or "" for text in texts) != ABOVE:
                    above[cell.grid_offset] = cell
                    continue
                if cell.grid_offset in above:
                    above[cell.grid_offset].vMerge, cell.vMerge = "restart", "continue"
                for text in texts:
                    text.text = ""


def _set_properties(document: Document, title: str, made_at: datetime) -> None:
    """Nobody's name: neither the designer's nor the machine's."""
    properties = document.core_properties
    properties.title, properties.language = _FORBIDDEN.sub(" ", title), "zh-CN"
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = made_at.replace(tzinfo=None)
