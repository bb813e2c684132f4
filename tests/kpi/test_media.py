"""What a file is, from its bytes; what must not be taken in."""

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from kpi import handover
from kpi.documents.media import MEDIA, DocumentRefused, examine, packages
from kpi.documents.suffixes import find_suffix
from kpi.handover.xlsx_writer import ChartSeries, WorkbookChart, open_book
from tests.kpi import papers
from tracker.sandbox import Limits

OFFICE = "application/vnd.openxmlformats-officedocument."


def found(path: Path) -> tuple[str, int | None]:
    examined = examine(path)
    return examined.medium.media_type, examined.pages


@pytest.mark.parametrize(
    ("make", "media_type", "pages"),
    [
        (lambda folder: papers.pdf(folder, 3), "application/pdf", 3),
        (papers.picture, "image/png", 1),
        (lambda folder: papers.picture(folder, "图.jpg"), "image/jpeg", 1),
        (papers.tiff, "image/tiff", 3),
        (papers.word, OFFICE + "wordprocessingml.document", None),
        (papers.sheet, OFFICE + "spreadsheetml.sheet", None),
        (papers.ofd, "application/ofd", 2),
    ],
    ids=["pdf", "png", "jpeg", "tiff", "docx", "xlsx", "ofd"],
)
def test_a_format_is_found_whatever_the_name_says(
    make: Callable[[Path], Path], media_type: str, pages: int | None, tmp_path: Path
):
    path = make(tmp_path)
    assert found(path.rename(tmp_path / "名字.txt")) == (media_type, pages)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_its_encoding(encoding: str, tmp_path: Path):
    (tmp_path / "a").write_bytes("会议纪要\n一、通报情况。\n".encode(encoding))
    (tmp_path / "b").write_bytes("工号,签名\nR001,是\n".encode(encoding))
    assert (found(tmp_path / "a"), found(tmp_path / "b")) == (("text/plain", None), ("text/csv", None))


def test_every_accepted_format_has_an_ending_of_its_own():
    endings = {find_suffix(medium.media_type) for medium in MEDIA}
    assert len(endings) == len(MEDIA)


def refusal(path: Path) -> str:
    with pytest.raises(DocumentRefused) as refused:
        examine(path)
    return str(refused.value)


def test_a_locked_pdf_is_refused(tmp_path: Path):
    assert "密码" in refusal(papers.locked_pdf(tmp_path))


def test_a_pdf_with_a_script_is_refused(tmp_path: Path):
    assert "脚本" in refusal(papers.scripted_pdf(tmp_path))


def test_a_pdf_that_starts_a_program_is_refused(tmp_path: Path):
    assert "启动程序" in refusal(papers.launching_pdf(tmp_path))


def test_a_pdf_whose_action_is_packed_away_is_refused(tmp_path: Path):
    plain = papers.launching_pdf(tmp_path).read_bytes()
    hidden = plain.replace(b"/Launch", b"/L#61unch")  # the same name, spelled so that no search finds it
    (tmp_path / "b.pdf").write_bytes(hidden)
    assert b"/Launch" not in hidden
    assert "启动程序" in refusal(tmp_path / "b.pdf")


@pytest.mark.parametrize("make", [papers.pdf, papers.picture, papers.tiff, papers.word, papers.ofd])
def test_a_file_cut_short_is_refused(make: Callable[[Path], Path], tmp_path: Path):
    whole = make(tmp_path).read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    assert refusal(tmp_path / "half").endswith("。")


def test_an_empty_file_is_refused(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"")
    assert "空" in refusal(tmp_path / "a")


@pytest.mark.parametrize(
    "content",
    [
        b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 64,
        b"\x01\x02\x03\x04",
        b"Rar!\x1a\x07\x01\x00",
        b"GIF89a\x01\x00\x01\x00",
    ],
)
def test_other_formats_are_refused_with_those_that_are_taken(content: bytes, tmp_path: Path):
    (tmp_path / "a").write_bytes(content)
    assert "认不出" in refusal(tmp_path / "a")


def test_an_old_office_file_is_told_what_to_become(tmp_path: Path):
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    assert "DOCX" in refusal(tmp_path / "a.doc")


def test_a_web_page_is_refused(tmp_path: Path):
    (tmp_path / "a.txt").write_text("  <html><script>1</script></html>")
    assert "网页" in refusal(tmp_path / "a.txt")


@pytest.mark.parametrize(
    "part",
    [
        "word/vbaProject.bin",
        "word/activeX/activeX1.xml",
        "xl/macrosheets/s.xml",
    ],
)
def test_an_office_file_with_active_parts_is_refused(part: str, tmp_path: Path):
    assert "宏" in refusal(papers.with_part(papers.word(tmp_path), part))


def test_an_office_file_that_calls_itself_macro_enabled_is_refused(tmp_path: Path):
    types = '<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    parts: dict[str, str | bytes] = {"[Content_Types].xml": types, "word/document.xml": "<w/>"}
    assert "宏" in refusal(papers.archive(tmp_path, parts))


def test_an_office_file_with_a_template_elsewhere_is_refused(tmp_path: Path):
    rels = (
        '<Relationships><Relationship Id="r1" TargetMode="External" Target="http://x.test/t.dotm"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/>'
        "</Relationships>"
    )
    path = papers.with_part(papers.word(tmp_path), "word/_rels/settings.xml.rels", rels)
    assert "外部模板" in refusal(path)


TEMPLATE = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" TargetMode="External" Target="http://x.test/t.dotm"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/>'
    "</Relationships>"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("word/_rels/settings.xml.rels", TEMPLATE.encode("utf-16")),
        (
            "word/_rels/settings.xml.rels",
            f'<?xml version="1.0" encoding="UTF-16"?>{TEMPLATE}'.encode("utf-16"),
        ),
        ("word/_rels/settings.xml.RELS", TEMPLATE.encode()),
        ("word/_rels/settings.xml.rels", TEMPLATE.replace("External", "&#69;xternal").encode()),
        ("word/_rels/settings.xml.rels", TEMPLATE.replace("<Relationship ", "<p:Relationship ").encode()),
    ],
    ids=["utf-16", "utf-16 declared", "upper case", "character reference", "prefix"],
)
def test_no_spelling_hides_a_template_elsewhere(name: str, content: bytes, tmp_path: Path):
    content = content.replace(b"<Relationships xmlns=", b"<Relationships xmlns:p='urn:p' xmlns=")
    assert "外部模板" in refusal(papers.with_part(papers.word(tmp_path), name, content))


@pytest.mark.parametrize(
    ("kind", "target", "word"),
    [
        ("image", "//x.test/a.png", "外面的文件"),
        ("hyperlink", "javascript:alert(1)", "外面的文件"),
        ("externalLinkPath", "a.xlsx", "外面的文件"),
        ("oleObject", "a.bin", "嵌有"),
        ("aFChunk", "a.html", "嵌有"),
    ],
)
def test_only_links_that_are_clicked_on_lead_out_of_a_document(
    kind: str, target: str, word: str, tmp_path: Path
):
    rels = TEMPLATE.replace("attachedTemplate", kind).replace("http://x.test/t.dotm", target)
    assert word in refusal(papers.with_part(papers.word(tmp_path), "word/_rels/a.xml.rels", rels))


def test_a_relationship_that_nobody_knows_is_refused(tmp_path: Path):
    rels = TEMPLATE.replace("attachedTemplate", "somethingNew").replace("External", "Internal")
    path = papers.with_part(papers.word(tmp_path), "word/_rels/a.xml.rels", rels)
    assert "不认识的部件" in refusal(path)


def test_links_of_a_document_are_taken(tmp_path: Path):
    rels = TEMPLATE.replace("attachedTemplate", "hyperlink")
    path = papers.with_part(papers.word(tmp_path), "word/_rels/a.xml.rels", rels)
    assert found(path) == (OFFICE + "wordprocessingml.document", None)


@pytest.mark.parametrize(
    ("content_type", "word"),
    [
        ("application/vnd.openxmlformats-officedocument.oleObject", "嵌有"),
        ("application/vnd.ms-office.vbaProject", "宏"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml", "外面的文件"),
        ("application/x-new", "不认识的部件（application/x-new）"),
    ],
)
def test_a_part_of_another_type_is_refused_whatever_its_name(content_type: str, word: str, tmp_path: Path):
    assert word in refusal(papers.with_type(papers.word(tmp_path), "word/media/a.png", content_type))


def test_an_embedded_file_is_refused(tmp_path: Path):
    path = papers.with_part(papers.word(tmp_path), "word/embeddings/oleObject1.bin")
    assert "嵌有" in refusal(path)


def _field(*runs: str) -> str:
    """A paragraph with one field, its code in that many runs."""
    codes = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    kinds = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    return f"<w:p>{kinds[0]}{codes}{kinds[1]}<w:r><w:t>1</w:t></w:r>{kinds[2]}</w:p>"


@pytest.mark.parametrize(
    "body",
    [
        _field(' DDEAUTO c:\\\\cmd.exe "/k calc" '),
        _field(" DD", "E", 'AUTO c:\\\\cmd.exe "/k calc" '),
        _field(" &#68;DE x y"),
        '<w:p><w:fldSimple w:instr=" dde x y"/></w:p>',
        _field(' INCLUDETEXT "http://x.test/a.docx" '),
        _field("{}").replace("<w:instrText>{}</w:instrText>", "").replace(
            '"begin"/></w:r>', '"begin"/></w:r>' + _field(" QUOTE 68 68 69 ")[5:-6], 1
        ),
    ],
    ids=["whole", "in three runs", "character reference", "simple", "included text", "put together"],
)  # fmt: skip
def test_a_field_that_calls_a_program_or_reads_a_file_is_refused(body: str, tmp_path: Path):
    assert "域" in refusal(papers.with_body(tmp_path, body))


def test_fields_of_every_day_are_taken(tmp_path: Path):
    body = _field(" PAGE", "\\* MERGEFORMAT ") + _field("=SUM(ABOVE)") + _field(' HYPERLINK "http://x.test" ')
    assert found(papers.with_body(tmp_path, body)) == (OFFICE + "wordprocessingml.document", None)


@pytest.mark.parametrize(
    ("formula", "taken"),
    [
        ("=cmd|'/c calc'!A0", False),
        ('=WEBSERVICE("http://x.test/"&A1)', False),
        ("=SUM(A1:A9)", True),
        ('=IF(A1="a|b",1,2)', True),
    ],
)
def test_a_formula_that_leaves_the_sheet_is_refused(formula: str, taken: bool, tmp_path: Path):
    book = openpyxl.Workbook()
    book.active["B1"] = formula
    book.save(tmp_path / "a.xlsx")
    if taken:
        assert found(tmp_path / "a.xlsx") == (OFFICE + "spreadsheetml.sheet", None)
    else:
        assert "公式" in refusal(tmp_path / "a.xlsx")


def test_documents_of_our_own_are_taken(tmp_path: Path):
    with open_book(tmp_path / "a.xlsx", "表", datetime(2024, 1, 1)) as book:
        book.sheet("数", ("列",), [["文"], [1]])
        book.charts("图", [WorkbookChart("line", "图", "次", (ChartSeries("一", "=数!$A$2", "=数!$A$3"),))])
    assert found(tmp_path / "a.xlsx") == (OFFICE + "spreadsheetml.sheet", None)
    for template in (Path(handover.__file__).parent / "templates").glob("*.docx"):
        assert found(template) == (OFFICE + "wordprocessingml.document", None), template.name


def test_a_pdf_with_a_file_in_it_is_refused(tmp_path: Path):
    assert "附件" in refusal(papers.attached_pdf(tmp_path))


@pytest.mark.parametrize(
    ("key", "action", "word"),
    [
        ("/OpenAction", {"/S": "/URI", "/URI": "http://x.test"}, "一打开"),
        ("/OpenAction", {"/S": "/GoTo", "/Next": {"/S": "/GoToR", "/F": "x"}}, "一打开"),
        ("/AA", {"/WC": {"/S": "/URI", "/URI": "http://x.test"}}, "一打开"),
        ("/A", {"/S": "/URI", "/URI": "java\nscript:alert(1)"}, "脚本"),
        ("/A", {"/S": "/SubmitForm", "/F": "http://x.test"}, "脚本"),
        ("/A", {"/S": "/SomethingNew"}, "脚本"),
    ],
)
def test_what_a_pdf_does_is_known(key: str, action: dict[str, object], word: str, tmp_path: Path):
    assert word in refusal(papers.acting_pdf(tmp_path, key, action))


def test_the_kind_of_an_action_is_found_where_it_stands(tmp_path: Path):
    action: dict[str, object] = {"/S": "/GoToE"}
    assert "脚本" in refusal(papers.acting_pdf(tmp_path, "/A", action, indirect=True))


def test_a_pdf_with_links_and_a_first_page_is_taken(tmp_path: Path):
    for key, action in (("/A", {"/S": "/URI", "/URI": "https://x.test"}), ("/OpenAction", {"/S": "/GoTo"})):
        assert found(papers.acting_pdf(tmp_path, key, action)) == ("application/pdf", 1)


def test_xml_entities_are_refused(tmp_path: Path):
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    assert "损坏" in refusal(papers.with_part(papers.word(tmp_path), "word/footnotes.xml", bomb))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\\..\\b", "c:evil", "a/../../b"])
def test_a_package_whose_parts_lead_out_of_it_is_refused(name: str, tmp_path: Path):
    assert "路径" in refusal(papers.with_part(papers.word(tmp_path), name))


def test_a_part_that_occurs_twice_is_refused(tmp_path: Path):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = papers.with_part(papers.word(tmp_path), "word/document.xml", "<w/>")
    assert "路径" in refusal(path)


def test_an_archive_that_is_no_document_is_refused(tmp_path: Path):
    assert "压缩包" in refusal(papers.archive(tmp_path, {"一.pdf": "x", "二.pdf": "y"}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path):
    path = papers.with_part(papers.word(tmp_path), "word/media/a.bin", bytes(packages._UNPACKED + 1))
    assert path.stat().st_size < 1 << 20
    assert "体积异常" in refusal(path)


def test_a_package_with_too_many_parts_is_refused_before_they_are_listed(tmp_path: Path):
    path = tmp_path / "多.zip"
    with zipfile.ZipFile(path, "w") as package:
        for number in range(packages._ENTRIES + 1):
            package.writestr(f"{number}", b"")
    assert "体积异常" in refusal(path)


def test_a_package_that_lies_about_its_size_is_refused(tmp_path: Path):
    path = papers.with_part(papers.word(tmp_path), "word/media/a.bin", bytes(1 << 20))
    raw = path.read_bytes()
    told = (1 << 20).to_bytes(4, "little")
    path.write_bytes(raw.replace(told, (16).to_bytes(4, "little")))
    assert "损坏" in refusal(path)


def test_a_picture_of_too_many_pixels_is_refused(tmp_path: Path):
    assert "像素" in refusal(papers.picture(tmp_path, size=(12_000, 10_001)))


def test_a_picture_that_takes_too_much_memory_is_refused(tmp_path, monkeypatch):
    """It is within the limit of pixels; the process that reads it ends, and this one goes on."""
    monkeypatch.setattr(Limits, "for_bytes", classmethod(lambda cls, size: cls(memory=150 << 20)))
    Image.new("RGB", (9_000, 9_000)).save(tmp_path / "大.png")
    with pytest.raises(DocumentRefused, match=r"内存超过 0\.15 GB"):
        examine(tmp_path / "大.png")
    Image.new("RGB", (9, 9)).save(tmp_path / "小.png")
    assert examine(tmp_path / "小.png").medium.media_type == "image/png"
