"""Real files of every kind that is accepted, and of some that are not, made on the spot."""

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pypdf
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

OFD_ROOT = (
    '<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0">'
    "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
)
OFD_DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?><ofd:Document xmlns:ofd="http://www.ofdspec.org/2016">'
    '<ofd:Pages><ofd:Page ID="1" BaseLoc="p0"/><ofd:Page ID="2" BaseLoc="p1"/></ofd:Pages></ofd:Document>'
)


def pdf(folder: Path, pages: int = 1, name: str = "纸.pdf", mark: int = 0) -> Path:
    """A PDF; another mark makes other bytes."""
    writer = _written(pages)
    writer.add_metadata({"/Subject": str(mark)})
    return _saved(writer, folder / name)


def locked_pdf(folder: Path) -> Path:
    writer = _written(1)
    writer.encrypt("secret", algorithm="AES-256")
    return _saved(writer, folder / "锁.pdf")


def scripted_pdf(folder: Path) -> Path:
    writer = _written(1)
    script = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject("app.alert(1)"),
    }
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    return _saved(writer, folder / "脚本.pdf")


def launching_pdf(folder: Path) -> Path:
    """The page has a link that starts a program; the action is packed into an object stream."""
    writer = _written(1)
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("x")}
    )
    link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action})
    writer.pages[0][NameObject("/Annots")] = writer._add_object(link)
    return _saved(writer, folder / "启动.pdf")


def acting_pdf(folder: Path, key: str, action: dict[str, object], indirect: bool = False) -> Path:
    """Its catalogue has that key with an action; `indirect`: the action's name is an object of its own."""
    writer = _written(1)
    made = DictionaryObject({NameObject(name): _to_pdf(value) for name, value in action.items()})
    if indirect:
        made[NameObject("/S")] = writer._add_object(made["/S"])
    writer.root_object[NameObject(key)] = writer._add_object(made)
    return _saved(writer, folder / "动作.pdf")


def attached_pdf(folder: Path) -> Path:
    writer = _written(1)
    writer.add_attachment("a.exe", b"MZ")
    return _saved(writer, folder / "附件.pdf")


def _to_pdf(value: object) -> object:
    if isinstance(value, dict):
        return DictionaryObject({NameObject(name): _to_pdf(one) for name, one in value.items()})
    text = str(value)
    return NameObject(text) if text.startswith("/") else TextStringObject(text)


def picture(folder: Path, name: str = "图.png", size: tuple[int, int] = (60, 80)) -> Path:
    Image.effect_noise(size, 30).save(folder / name)
    return folder / name


def tiff(folder: Path, pages: int = 3) -> Path:
    """A fax-like scan of several pages."""
    first, *more = [Image.effect_noise((60, 80), 30).convert("1") for _ in range(pages)]
    path = folder / "扫描.tif"
    first.save(path, save_all=True, append_images=more, compression="group4")
    return path


def word(folder: Path, name: str = "文.docx") -> Path:
    document = docx.Document()
    document.add_paragraph("劳动合同")
    document.save(str(folder / name))
    return folder / name


def sheet(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["工号", "签名"])
    book.save(folder / "表.xlsx")
    return folder / "表.xlsx"


def archive(folder: Path, parts: dict[str, str | bytes], name: str = "包.zip") -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as package:
        for part, content in parts.items():
            package.writestr(part, content)
    return folder / name


def ofd(folder: Path) -> Path:
    return archive(folder, {"OFD.xml": OFD_ROOT, "Doc_0/Document.xml": OFD_DOCUMENT}, "版式.ofd")


def with_body(folder: Path, body: str) -> Path:
    """A text document with this in its body."""
    return _with_changed(word(folder), "word/document.xml", "<w:body>", f"<w:body>{body}")


def with_type(path: Path, part: str, content_type: str, content: str | bytes = b"x") -> Path:
    """The same package with one more part and its declared type."""
    declared = f'<Override PartName="/{part}" ContentType="{content_type}"/></Types>'
    return with_part(_with_changed(path, "[Content_Types].xml", "</Types>", declared), part, content)


def _with_changed(path: Path, part: str, before: str, after: str) -> Path:
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    text = parts[part].decode()
    assert before in text
    return archive(path.parent, parts | {part: text.replace(before, after, 1)}, path.name)


def with_part(path: Path, part: str, content: str | bytes = b"x") -> Path:
    """The same package with one more part."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(part, content)
    return path


def _written(pages: int) -> pypdf.PdfWriter:
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    return writer


def _saved(writer: pypdf.PdfWriter, path: Path) -> Path:
    buffer = io.BytesIO()
    writer.write(buffer)
    path.write_bytes(buffer.getvalue())
    return path
