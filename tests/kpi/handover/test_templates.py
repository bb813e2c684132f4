"""Word templates: filled with any text, a centre's own checked before it is used, documented as they are."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from click.testing import CliRunner

from kpi.handover.monthly import document, sections
from kpi.handover.templates.checking import TemplateProblem, check_template, placeholders
from kpi.handover.templates.filling import ABOVE, PACKAGED, TITLES, fill, own_template
from web.cli import hotline

ROOT = Path(__file__).resolve().parents[3]
AT = datetime(2024, 1, 5, 9, tzinfo=UTC)
NASTY = ["{{ 7*7 }}", "{% if x %}", "{_{ 甲 }_}", "<w:br/>&amp;", "证\x0b据\x00", f"甲{ABOVE}乙", '"“】']
PRINTED = ["{{ 7*7 }}", "{% if x %}", "{_{ 甲 }_}", "<w:br/>&amp;", "证 据 ", "甲 乙", '"“】']
every_template = pytest.mark.parametrize("name", TITLES)


def department(**changed: Any) -> dict[str, Any]:
    """Values of the department's form: one indicator unless said otherwise."""
    names = ("一级指标", "一级分值", "二级指标", "二级分值", "三级指标", "三级分值", "得分")
    texts = (
        "页脚",
        "项目名称",
        "实施单位",
        "预算安排",
        "到位资金",
        "实际支出",
        "总分值",
        "总得分",
        "等级",
        "等级划分",
    )
    return {**dict.fromkeys(texts, "文"), "各指标": [dict.fromkeys(names, "标")], **changed}


def written(path: Path, values: dict[str, Any], home: Path | None = None):
    fill(path, "department", values, title="表", made_at=AT, home=home)
    return docx.Document(str(path))


def own(home: Path, change: Callable[[Any], None], name: str = "department") -> Path:
    """A centre's own template: the packaged one, changed as somebody would in Word."""
    path = own_template(name, home)
    path.parent.mkdir()
    changed = docx.Document(str(PACKAGED / f"{name}.docx"))
    change(changed)
    changed.save(str(path))
    return path


def replaced(old: str, new: str) -> Callable[[Any], None]:
    def change(opened: Any) -> None:
        runs = [
            run
            for row in opened.tables[0].rows
            for cell in row.cells
            for one in cell.paragraphs
            for run in one.runs
        ]
        found = [run for run in runs if old in run.text]
        assert found
        for run in found:
            run.text = run.text.replace(old, new)

    return change


@pytest.mark.parametrize(("text", "printed"), list(zip(NASTY, PRINTED, strict=True)))
def test_a_text_is_printed_as_it_is_whatever_it_looks_like(text: str, printed: str, tmp_path: Path):
    filled = written(tmp_path / "表.docx", department(项目名称=text, 页脚=text))
    assert filled.tables[0].cell(0, 2).text == printed
    assert filled.sections[0].footer.paragraphs[0].text == printed


def test_the_title_among_the_properties_is_text_too_and_nobody_is_named(tmp_path: Path):
    def sign(opened: Any) -> None:
        opened.core_properties.author = opened.core_properties.last_modified_by = "设计者"

    own(tmp_path, sign)
    fill(tmp_path / "表.docx", "department", department(), title="甲 & {{ 乙 }}", made_at=AT, home=tmp_path)
    told = docx.Document(str(tmp_path / "表.docx")).core_properties
    assert (told.title, told.author, told.last_modified_by) == ("甲 & {{ 乙 }}", "", "")


def test_equal_groups_below_each_other_are_one_cell(tmp_path: Path):
    first = dict(department()["各指标"][0], 一级指标="产出")
    rows = [first, {**first, "一级指标": ABOVE}, {**first, "一级指标": "效益"}]
    table = written(tmp_path / "表.docx", department(各指标=rows)).tables[0]
    cells = [table.cell(row, 0) for row in (11, 12, 13)]
    assert [cell.text for cell in cells] == ["产出", "产出", "效益"]
    assert cells[0]._tc is cells[1]._tc


def test_a_centres_own_look_is_used_and_the_packaged_one_when_asked_for(tmp_path: Path):
    own(tmp_path, replaced("项目负责人", "负责同志"))
    mine, theirs = (written(tmp_path / "表.docx", department(), home) for home in (tmp_path, None))
    assert (mine.tables[0].cell(2, 0).text, theirs.tables[0].cell(2, 0).text) == ("负责同志", "项目负责人")


def test_columns_may_change_places_and_a_loop_its_word(tmp_path: Path):
    def change(opened: Any) -> None:
        replaced("for 行 in", "for 项 in")(opened)
        replaced("行.", "项.")(opened)

    own(tmp_path, change)
    assert "标" in [
        cell.text for cell in written(tmp_path / "表.docx", department(), tmp_path).tables[0].rows[11].cells
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{{ 总得分 }}", "{{ 总得份 }}", "没有“{{ 总得份 }}”这个占位符，最相近的是“总得分”"),
        ("{{ 总得分 }}", "", "少了占位符“总得分”"),
        ("{{ 总得分 }}", "{{ 总得分 }", "没有配对"),
        ("{{ 总得分 }}", "｛｛ 总得分 ｝｝", "里的“｛｛”没有配对；括号要用半角"),
        ("{{ 总得分 }}", "{{ 总 得分 }}", "“{{ 总 得分 }}”写法不对"),
        ("{{ 总得分 }}", "{{ 总得分|upper }}", "“{{ 总得分|upper }}”里只能写占位符"),
        ("{{ 总得分 }}", "{{ 总得分.__class__ }}", "没有“{{ 总得分.__class__ }}”这个占位符"),
        ("{{ 总得分 }}", "{% if 总得分 %}分{% endif %}", "没有“{% if 总得分 %}”这个占位符"),
        ("{{ 总得分 }}", "{{ 行.得分 }}{{ 总得分 }}", "“{{ 行.得分 }}”不在它的循环里，这里取不到“得分”"),
        ("{{ 总得分 }}", "{{ 总得分 }}{# 注 #}", "里的“{#”没有配对"),
        ("{{ 总得分 }}", "{{ 总得分 -}}", "“{{ 总得分 -}}”写法不对"),
        ("{%tr endfor %}", "", "“{%tr for 行 in 各指标 %}”没有对应的结束标记"),
        ("{%tr endfor %}", "{%p endfor %}", "“{%tr for 行 in 各指标 %}”和“{%p endfor %}”不在同一层"),
        ("{%tr endfor %}", "{%tr endif %}", "“{%tr endif %}”前面没有与它成对的开始标记"),
        ("{%tr endfor %}", "{%tr endfro %}", "“{%tr endfro %}”不是可用的标记"),
        ("{%tr endfor %}", "小计{%tr endfor %}", "“{%tr endfor %}”要独占一行，同一行里的其他文字会丢失"),
        ("{%tr for 行 in 各指标 %}", "{%tr for 甲, 乙 in 各指标 %}", "里只能写占位符"),
        ("in 各指标 %}", "in 各指标 if 总得分 %}", "写法不对，只能写作 for 名称 in 列表"),
    ],
)  # fmt: skip
def test_a_faulty_template_is_refused_with_its_file_the_placeholder_and_what_to_do(
    old: str, new: str, told: str, tmp_path: Path
):
    path = own(tmp_path, replaced(old, new))
    with pytest.raises(TemplateProblem) as refused:
        written(tmp_path / "表.docx", department(), tmp_path)
    assert f"模板 {path}：" in str(refused.value) and told in str(refused.value)
    assert "hotline templates copy" in str(refused.value) and "--packaged-template" in str(refused.value)
    assert not (tmp_path / "表.docx").exists()


def test_a_loop_that_begins_in_a_table_and_ends_outside_is_refused(tmp_path: Path):
    def change(opened: Any) -> None:
        replaced("{%tr for 行 in 各指标 %}", "{%p for 行 in 各指标 %}")(opened)
        replaced("{%tr endfor %}", "")(opened)
        opened.add_paragraph("{%p endfor %}")

    with pytest.raises(TemplateProblem, match="不在一处"):
        check_template(own(tmp_path, change), PACKAGED / "department.docx")


def test_a_warning_that_is_only_asked_for_and_no_more_printed_is_missed(tmp_path: Path):
    def hide(opened: Any) -> None:
        header = opened.sections[0].header.paragraphs[0]
        for run in [*header.runs, *(run for one in opened.paragraphs for run in one.runs)]:
            run.text = run.text.replace("{{ 警告 }}", "")

    with pytest.raises(TemplateProblem, match="少了占位符“警告”"):
        check_template(own(tmp_path, hide, "monthly"), PACKAGED / "monthly.docx")


@pytest.mark.parametrize("data", [b"", b"not a document", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_document_is_refused_with_a_sentence(data: bytes, tmp_path: Path):
    path = own_template("department", tmp_path)
    path.parent.mkdir()
    path.write_bytes(data)
    with pytest.raises(TemplateProblem, match="打不开，不是完好的"):
        written(tmp_path / "表.docx", department(), tmp_path)


def test_the_command_lists_copies_and_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path))

    def run(*words: str):
        return CliRunner().invoke(hotline, ["templates", *words])

    assert "monthly　月报　随系统的" in run().output
    assert "用的是随系统的" in run("check", "monthly").output
    assert "已放在" in run("copy", "monthly").output
    path = tmp_path / "templates" / "monthly.docx"
    assert path.read_bytes() == (PACKAGED / "monthly.docx").read_bytes()
    assert f"{path} 可以用" in run("check", "monthly").output and f"本单位的：{path}" in run().output
    assert "没有覆盖" in str(run("copy", "monthly").exception)
    shutil.copyfile(PACKAGED / "department.docx", path)
    assert "没有“{{ 项目名称 }}”这个占位符" in str(run("check", "monthly").exception)


@every_template
def test_the_documents_page_lists_the_placeholders_of_a_template_exactly(name: str):
    page = (ROOT / "kpi/docs/templates.md").read_text(encoding="utf-8")
    section = page.partition(f"### `{name}`: {TITLES[name]}\n")[2].partition("\n### ")[0]
    listed = set()
    for within, names in re.findall(r"^\| (anywhere|`.+?`) \| (`.+`) \|$", section, re.MULTILINE):
        above = "" if within == "anywhere" else within.strip("`") + "."
        listed |= {above + one for one in re.findall(r"`(.+?)`", names)}
    assert listed == set(placeholders(PACKAGED / f"{name}.docx"))


@every_template
def test_a_packaged_template_is_small_and_names_neither_a_person_nor_a_machine(name: str):
    path = PACKAGED / f"{name}.docx"
    assert path.stat().st_size < 30_000
    told = docx.Document(str(path)).core_properties
    assert {told.author, told.last_modified_by, told.title, told.comments} == {""}
    with ZipFile(path) as archive:
        assert not [one for one in archive.namelist() if "thumbnail" in one or "customXml" in one]
        assert b"Application" not in archive.read("docProps/app.xml")


@every_template
def test_every_table_of_a_packaged_template_repeats_its_head_and_keeps_its_rows_whole(name: str):
    forms = ("self-evaluation", "department")
    for table in docx.Document(str(PACKAGED / f"{name}.docx")).tables:
        rows = [row._tr.xml for row in table.rows]
        assert all("w:cantSplit" in row for row in rows)
        repeated = any("{%tr for" in row for row in rows) and name not in forms
        assert ("w:tblHeader" in rows[0]) == (repeated or "年初批复预算" in rows[0])


def test_every_page_of_a_packaged_template_is_numbered():
    for name in TITLES:
        with ZipFile(PACKAGED / f"{name}.docx") as archive:
            foot = archive.read("word/footer1.xml").decode()
        text = re.sub(r"<w:fldSimple w:instr=\"(\w+)\">.*?</w:fldSimple>", r"\1", foot)
        assert "第PAGE页共NUMPAGES页" in re.sub(r"<[^>]+>|\s|　", "", text)


def test_the_tables_of_the_monthly_template_have_the_heads_that_the_page_prints():
    """The page prints the header of a Grid, the paper that of its template."""
    source = Path(sections.__file__).read_text(encoding="utf-8")
    opened = docx.Document(str(PACKAGED / "monthly.docx"))
    heads = {
        re.search(r"in 块\.(\w+)", table.rows[1].cells[0].text)[1]: [one.text for one in table.rows[0].cells]
        for table in opened.tables
        if "签字" not in table.cell(0, 0).text
    }
    assert heads.keys() == document.COLUMNS.keys()
    for name, columns in document.COLUMNS.items():
        assert len(heads[name]) == len(columns)
        assert f'"{name}"' in source
        for head, column in zip(heads[name], columns, strict=True):
            assert head.startswith(column.removesuffix("分数")) or head == "分子 ÷ 分母"
