"""Files whose first row is one of data already: known by the number of their columns and what each holds."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ingest.profiles.cli import profile
from ingest.profiles.own_profile import ColumnMapping, save_mapping
from ingest.profiles.profile import ProfileProblem, candidates, load_profiles
from ingest.profiles.toml_profiles import read_profile
from ingest.recognition.preview import find_nearest
from ingest.recognition.proposals import propose
from ingest.recognition.recognise import TableUnknown
from ingest.recognition.without_header import describe_contents, looks_headless
from tests.ingest.tables import CALL_1, CALL_HEADER, Taken, csv_file, taken
from tracker.tabular import open_tables

ROWS = (
    "a0001,呼入,13800000001,2023-05-01 08:03:05,2023-05-01 08:03:10,2023-05-01 08:03:20,8001,张三",
    "a0002,呼出,13800000002,2023-05-01 09:03:05,2023-05-01 09:03:10,,8002,",
    "a0003,呼入,13800000003,2023-05-02 10:03:05,2023-05-02 10:03:10,2023-05-02 10:03:20,8001,李四",
)
OWN = """title = "某平台"
kind = "calls"
without_header = ["文字", "文字", "号码", "时间", "时间", "时间", "数", "文字"]
[columns]
call_id = "第1列"
direction = "第2列"
caller = "第3列"
entered_at = "第4列"
queued_at = "第5列"
answered_at = "第6列"
agent = "第7列"
"""


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    """The folder of an instance that knows one vendor's files without a header."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "own.toml").write_text(OWN, encoding="utf-8")
    return folder


def read(tmp_path: Path, profiles: Path, *rows: str) -> Taken:
    return taken(csv_file(tmp_path, *rows), None, profiles)


def test_every_row_counts_the_first_as_well(tmp_path: Path, profiles: Path) -> None:
    found = read(tmp_path, profiles, *ROWS)
    assert [event["call_id"] for event in found.events] == ["a0001", "a0002", "a0003"]
    assert found.problems == []
    assert any("文件没有表头：按导入方案“某平台”的列序读，共 8 列" in one for one in found.notices)


def test_nobody_without_such_a_profile_takes_its_first_row_for_titles(tmp_path: Path) -> None:
    with pytest.raises(TableUnknown, match="第一行已经是数据"):
        read(tmp_path, tmp_path, *ROWS)


@pytest.mark.parametrize(
    ("place", "cell", "told"),
    [
        (2, "2023-05-01 08:00:00", "第 3 列原是“号码”，这里是“时间”"),
        (3, "13800000001", "第 4 列原是“时间”，这里是“号码”"),
        (1, "也许", "第 2 列应是“呼叫类型”"),
    ],
)
def test_a_column_of_other_content_is_asked_about_and_its_cells_are_not_shown(
    tmp_path: Path, profiles: Path, place: int, cell: str, told: str
) -> None:
    rows = [row.split(",") for row in ROWS]
    changed = [",".join([*row[:place], cell, *row[place + 1 :]]) for row in rows]
    with pytest.raises(TableUnknown, match="要先问清楚") as asked:
        read(tmp_path, profiles, *changed)
    assert told in str(asked.value)
    assert cell not in str(asked.value) and asked.value.near


def test_another_number_of_columns_is_another_vendors_file(tmp_path: Path, profiles: Path) -> None:
    with pytest.raises(TableUnknown, match="第一行已经是数据"):
        read(tmp_path, profiles, *(f"{row},1" for row in ROWS))


def test_a_file_with_titles_is_never_read_by_places(tmp_path: Path, profiles: Path) -> None:
    assert read(tmp_path, profiles, CALL_HEADER, CALL_1).recognition.header.last_row == 1
    titles = "编码,进出,号码,进线,排队,摘机,工号,姓名"
    with pytest.raises(TableUnknown):
        read(tmp_path, profiles, titles, *ROWS)


def test_a_column_that_is_empty_this_time_is_no_question(tmp_path: Path, profiles: Path) -> None:
    rows = [",".join([*row.split(",")[:5], "", *row.split(",")[6:]]) for row in ROWS]
    assert len(read(tmp_path, profiles, *rows).events) == 3


def test_two_profiles_for_such_files_are_asked_between(tmp_path: Path, profiles: Path) -> None:
    other = OWN.replace("某平台", "另一平台").replace("queued_at", "rang_at")
    (profiles / "other.toml").write_text(other, encoding="utf-8")
    with pytest.raises(TableUnknown, match="都说得通"):
        read(tmp_path, profiles, *ROWS)


CELLS = st.sampled_from(["2023-05-01 08:00:00", "2023-05-01", "08:00", "13800000001", "12", "张三", ""])


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=2, max_size=6))
def test_rows_alike_look_headless_and_titles_above_them_never_do(rows: list[tuple[str, ...]]) -> None:
    numbered = [(number, list(cells)) for number, cells in enumerate(rows, start=2)]
    titled = [(1, ["流水号", "时间", "号码", "备注"]), *numbered]
    contents = [one for one in describe_contents(titled[1:]) if one != "空"]
    if any(one != "文字" for one in contents):
        assert not looks_headless(titled)
    same = [(number, list(rows[0])) for number in (1, 2, 3)]
    kinds = [one for one in describe_contents(same) if one != "空"]
    assert looks_headless(same) == (len(kinds) >= 3 and {*kinds} != {"文字"})


def test_a_saved_mapping_states_that_there_is_no_header_and_mends_its_own(tmp_path: Path) -> None:
    (table,), _ = open_tables(csv_file(tmp_path, *ROWS))
    contents = describe_contents(table.head())
    kind = load_profiles()["calls"].kind
    columns = {"call_id": "第1列", "direction": "第2列", "entered_at": "第4列"}
    mapping = ColumnMapping(title="某平台", kind=kind, columns=columns, without_header=contents)
    name = save_mapping(tmp_path, "c1", mapping)
    assert save_mapping(tmp_path, "c1", mapping) == name
    made = read_profile(tmp_path / "profiles" / "c1" / f"{name}.toml")
    assert made["without_header"] == contents
    assert made["signature"] == {f"第{place}列" for place in range(1, 9)}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('without_header = ["时间", "姓名"]', "第1行.*“姓名”不是列的内容"),
        ('signature = ["a"]\nwithout_header = ["时间"]', "不能与 without_header 同时写"),
    ],
)
def test_a_faulty_list_of_contents_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f'{line}\nkind = "calls"\n', encoding="utf-8")
    with pytest.raises(ProfileProblem, match=told):
        read_profile(path)


def test_each_filled_column_is_asked_about_with_what_its_cells_may_be(tmp_path: Path) -> None:
    (table,), _ = open_tables(csv_file(tmp_path, *ROWS))
    rows = table.head()
    fit = find_nearest(rows, candidates(load_profiles()))
    assert fit is not None and fit.profile.kind.name == "calls" and fit.header.last_row == 0
    found = propose(fit, rows)
    assert [one.title for one in found] == [f"第{place}列" for place in range(1, 9)]
    assert all(one.doubt.startswith("没有列名") for one in found)
    assert [one.field.key if one.field else None for one in found[:2]] == ["call_id", "direction"]
    assert found[2].suits[:2] == ("caller", "callee")
    assert "answered_at" in found[5].suits


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[str]], tuple[int, str]]:
    """Runs `hotline profile`; gives its exit code and output."""
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path / "home"))

    def run(words: Sequence[str]) -> tuple[int, str]:
        outcome = CliRunner().invoke(profile, list(words))
        return outcome.exit_code, outcome.output

    return run


@pytest.mark.parametrize("options", [[], ["--no-header", "--kind", "calls"]])
def test_a_draft_of_such_a_file_lists_what_each_column_holds(
    tmp_path: Path, run: Callable[[Sequence[str]], tuple[int, str]], options: list[str]
) -> None:
    draft = tmp_path / "own.toml"
    code, told = run(["new", str(csv_file(tmp_path, *ROWS)), *options, "--out", str(draft)])
    assert (code, "已草拟" in told) == (0, True)
    text = draft.read_text(encoding="utf-8")
    assert "没有表头" in text and '# call_id = "第1列"' in text and "138" in text
    assert "13800000001" not in text and "张三" not in text
    assert read_profile(draft)["without_header"][2:4] == ("号码", "时间")


def test_titles_that_nobody_knows_are_not_taken_for_data(
    tmp_path: Path, run: Callable[[Sequence[str]], tuple[int, str]]
) -> None:
    code, told = run(["new", str(csv_file(tmp_path, "甲,乙,丙", "a1,b1,c1"))])
    assert code == 1 and "--no-header" in told
