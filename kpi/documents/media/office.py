"""What an Office document may hold: known parts, relationships, fields and formulas. The rest is refused.

Every part of XML is parsed, in whatever encoding, so that no spelling of names or bytes hides what it says.
Source: ECMA-376 Part 2 (packages), Part 1, 17.16 (fields) and 18.17 (formulas).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit
from xml.parsers import expat

from lxml import etree  # type: ignore[import-untyped]

from kpi.documents.media import office_parts
from kpi.documents.media.medium import DocumentRefused

MACROS = "文件里有宏、控件或外部模板，不能收；请另存为不含宏的DOCX、XLSX，或另存为PDF。"
EMBEDDED = "文件里嵌有别的文件或对象（OLE），不能收；请把嵌入的内容另外上传，本文件另存为PDF再上传。"
DAMAGED = "文件已损坏，打不开；请用Office或阅读器打开后另存一份。"
_LINKED = "文件会去读取外面的文件或网址，不能收；请断开外部链接、把图片存入文件，或另存为PDF再上传。"
_UNKNOWN = "文件里有不认识的部件（{}），不能确认安全，不能收；请另存为PDF再上传。"
_FIELD = "文件里有会读取外部内容或启动程序的域（{}），不能收；请把域转成文字，或另存为PDF再上传。"
_FORMULA = "表格里有会启动程序或读取外部内容的公式，不能收；请把公式粘贴为数值，或另存为PDF再上传。"
_SCRIPT = "文件的图形里有脚本，不能收；请另存为PDF再上传。"

_ENCODINGS = ("utf-8", "utf-16", "us-ascii")
_ACTIVE_TYPE = re.compile(r"macro|vba|activex|keymap|customui|toolbars")
_EMBEDDED_TYPE = re.compile(
    r"oleobject|\.ms-(?:word|excel|powerpoint)$|\.(?:document|sheet|presentation|package)$|pdf|zip"
)
_LINKED_TYPE = re.compile(r"external|connections|querytable|volatile")
_RELATIONSHIP = re.compile(
    r"http://(?:schemas\.openxmlformats\.org|purl\.oclc\.org/ooxml|schemas\.microsoft\.com|www\.wps\.cn)"
    r"/[\w./-]*/([\w-]+)"
)
_SCHEMES = ("", "http", "https", "mailto", "tel", "ftp", "file")  # of links that a reader may click on

_FIELD_WORD = re.compile(r"\s*(=|[^\W\d_]+)")  # PAGE of PAGE\* MERGEFORMAT
_CODES = ("instrText", "delInstrText")
_FORMULAS = (
    "f",
    "formula",
    "formula1",
    "formula2",
    "definedName",
    "calculatedColumnFormula",
    "totalsRowFormula",
)
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
_CALLS = re.compile(r"\||\b(?:WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?|EXEC|IMAGE|SQL\.REQUEST)\s*\(", re.I)


def read_content_types(content: bytes) -> Callable[[str], str]:
    """What tells the type of a part from its name; all of it in lower case. Raises: DocumentRefused."""
    by_suffix: dict[str, str] = {}
    by_name: dict[str, str] = {}

    def note(tag: str, attributes: Mapping[str, str]) -> None:
        declared = attributes.get("ContentType", "").partition(";")[0].strip().casefold()
        if tag == "Default":
            by_suffix[attributes.get("Extension", "").casefold()] = declared
        elif tag == "Override":
            _check_type(declared)
            by_name[attributes.get("PartName", "").casefold().removeprefix("/")] = declared

    _parse(content, start=note)
    return lambda name: by_name.get(name.casefold(), by_suffix.get(name.casefold().rpartition(".")[2], ""))


def is_xml(name: str, content_type: str) -> bool:
    """Whether a part is to be parsed."""
    return name.casefold().endswith((".xml", ".rels", ".vml", ".svg")) or content_type.endswith(
        ("xml", "vmldrawing")
    )


def check_part(name: str, content_type: str, content: bytes | None) -> None:
    """A part of an Office document; `content` where it is XML. Raises: DocumentRefused."""
    _check_type(content_type or name.casefold().rpartition("/")[2])
    if content is None:
        return
    if name.casefold().endswith(".rels") or content_type == office_parts.RELATIONSHIPS:
        _parse(content, start=_check_relationship)
    else:
        _PartReader().read(content)


def check_xml(content: bytes) -> None:
    """A part of XML in any encoding, without a document type. Raises: DocumentRefused, XMLSyntaxError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    if etree.fromstring(content, parser).getroottree().docinfo.doctype:
        raise DocumentRefused(DAMAGED)


def _check_type(content_type: str) -> None:
    if content_type in office_parts.CONTENT_TYPES:
        return
    if _ACTIVE_TYPE.search(content_type):
        raise DocumentRefused(MACROS)
    if _EMBEDDED_TYPE.search(content_type):
        raise DocumentRefused(EMBEDDED)
    if _LINKED_TYPE.search(content_type):
        raise DocumentRefused(_LINKED)
    raise DocumentRefused(_UNKNOWN.format(content_type[-60:]))


def _check_relationship(tag: str, attributes: Mapping[str, str]) -> None:
    if tag != "Relationship":
        return
    written = attributes.get("Type", "")
    found = _RELATIONSHIP.fullmatch(written)
    name = found[1].replace("-", "").casefold() if found else ""
    if name in office_parts.ACTIVE_RELATIONS:
        raise DocumentRefused(MACROS)
    if name in office_parts.EMBEDDED_RELATIONS:
        raise DocumentRefused(EMBEDDED)
    external = attributes.get("TargetMode", "Internal").casefold() != "internal"
    if external and (name != "hyperlink" or _read_scheme(attributes.get("Target", "")) not in _SCHEMES):
        raise DocumentRefused(_LINKED)
    if name not in office_parts.RELATIONS:
        raise DocumentRefused(_LINKED if "external" in name else _UNKNOWN.format(written[-60:]))


def _read_scheme(target: str) -> str:
    """The scheme of an address; a drive of Windows has none."""
    try:
        scheme = urlsplit("".join(target.split())).scheme.casefold()
    except ValueError:
        return "?"
    return scheme if len(scheme) != 1 else ""


class _Field:
    """A field whose code is being read: its words so far, and whether another field stands among them."""

    def __init__(self) -> None:
        self.code: list[str] = []
        self.is_composed = False
        self.is_open = True  # False: its result is being read


class _PartReader:
    """Goes through a part once: fields of text documents, formulas of sheets, scripts of drawings."""

    def __init__(self) -> None:
        self._fields: list[_Field] = []
        self._stray = _Field()
        self._text: list[str] = []

    def read(self, content: bytes) -> None:
        """Raises: DocumentRefused."""
        _parse(content, start=self._start, end=self._end, text=self._text.append, among=self._reads)
        for field in (*self._fields, self._stray):
            _check_field("".join(field.code), field.is_composed)

    def _reads(self, tag: str) -> bool:
        return tag in _CODES or tag == "t" or tag in _FORMULAS

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "script":
            raise DocumentRefused(_SCRIPT)
        if tag in ("ddeLink", "oleLink"):
            raise DocumentRefused(_LINKED)
        if tag == "fldSimple":
            _check_field(attributes.get("instr", ""), False)
        elif tag == "fldChar":
            self._turn(attributes.get("fldCharType", ""))
        self._text.clear()

    def _turn(self, kind: str) -> None:
        """A field begins, its code ends and its result begins, or it ends."""
        if kind == "begin":
            if self._fields:
                self._fields[-1].is_composed |= self._fields[-1].is_open
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].is_open = False
        elif kind == "end" and self._fields:
            ended = self._fields.pop()
            _check_field("".join(ended.code), ended.is_composed)

    def _end(self, tag: str) -> None:
        text = "".join(self._text)
        self._text.clear()
        if tag in _CODES:
            (self._fields[-1] if self._fields else self._stray).code.append(text)
        elif tag == "t" and self._fields and self._fields[-1].is_open:
            self._fields[-1].code.append(text)
        elif tag in _FORMULAS:
            _check_formula(text)


def _check_field(code: str, is_composed: bool) -> None:
    """The first word of a field's code says what it does; one that other fields put together is not known."""
    if not code.strip() and not is_composed:
        return
    found = _FIELD_WORD.match(code)
    word = found[1].casefold() if found else ""
    if word not in office_parts.FIELDS:
        raise DocumentRefused(_FIELD.format(word[:30].upper() or "{ }"))


def _check_formula(text: str) -> None:
    """A | outside of quotation marks calls another program (DDE)."""
    if _CALLS.search(_QUOTED.sub("''", text)):
        raise DocumentRefused(_FORMULA)


def _parse(
    content: bytes,
    *,
    start: Callable[[str, Mapping[str, str]], None] | None = None,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], Any] | None = None,
    among: Callable[[str], bool] = lambda tag: False,
) -> None:
    """Calls back with names without their prefixes; text only of the elements `among` those asked for.

    Raises: DocumentRefused for a document type, which could define entities, or an odd encoding; ExpatError.
    """
    parser = expat.ParserCreate()

    def begin(tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if start is not None:
            start(local, {key.rpartition(":")[2]: value for key, value in attributes.items()})
        parser.CharacterDataHandler = text if among(local) else None

    def finish(tag: str) -> None:
        if end is not None:
            end(tag.rpartition(":")[2])
        parser.CharacterDataHandler = None

    def refuse(*_: object) -> None:
        raise DocumentRefused(DAMAGED)

    def check_encoding(version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.casefold() not in _ENCODINGS:
            refuse()

    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    parser.StartDoctypeDeclHandler, parser.XmlDeclHandler = refuse, check_encoding
    parser.Parse(content, True)
