"""What a column that no title tells may be: proposed by its cells, and never taken unasked."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from ingest.profiles.cli import profile
from ingest.profiles.profile import candidates, load_profiles
from ingest.profiles.toml_profiles import read_profile
from ingest.recognition.preview import find_nearest
from ingest.recognition.proposals import Ground, Proposal, propose
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, csv_file
from tracker.tabular import open_tables

HEADER = "话务流水,进线,打入打出,排队,振铃,结局,对方,工号,备注"
ROWS = (
    "A1,2023-05-01 08:00:00,打入,7,3,人工接听,13800000001,8001,",
    "A2,2023-05-01 08:10:00,打入,9,0,排队放弃,13800000002,,张三",
    "A3,2023-05-01 08:20:00,打出,0,0,对方接听,13800000003,8002,",
)


def proposals(folder: Path, *lines: str, kind: str = "calls") -> dict[str, Proposal]:
    tables, _ = open_tables(csv_file(folder, *lines))
    rows = tables[0].head()
    fit = find_nearest(rows, candidates(load_profiles()), kind=kind)
    assert fit is not None
    return {one.title: one for one in propose(fit, rows)}


def key(proposal: Proposal) -> str | None:
    return proposal.field.key if proposal.field else None


@pytest.mark.parametrize(
    ("title", "field", "ground"),
    [
        ("话务流水", "call_id", Ground.NEAR),
        ("进线", "entered_at", Ground.NEAR),
        ("工号", "agent", Ground.NEAR),
        ("振铃", "ring_ms", Ground.NEAR),
        ("排队", "queueing_ms", Ground.NEAR),
        ("结局", "outcome", Ground.CONTENT),
        ("备注", None, Ground.NONE),
    ],
)
def test_a_column_of_another_title_is_proposed_by_what_it_resembles_and_asked_about(
    tmp_path: Path, title: str, field: str | None, ground: Ground
) -> None:
    found = proposals(tmp_path, HEADER, *ROWS)[title]
    assert (key(found), found.ground) == (field, ground)
    assert bool(found.doubt) == (field is not None)


def test_a_column_that_may_be_several_things_is_left_open_with_the_choices(tmp_path: Path) -> None:
    number = proposals(tmp_path, HEADER, *ROWS)["对方"]
    assert number.field is None
    assert number.suits[:2] == ("caller", "callee")
    assert "主叫号码" in number.doubt


def test_what_is_known_by_its_title_needs_no_question(tmp_path: Path) -> None:
    found = proposals(tmp_path, CALL_HEADER, CALL_1, CALL_2)
    assert {one.ground for one in found.values()} == {Ground.TITLE}
    assert [one.title for one in found.values() if one.doubt] == []


def test_a_title_whose_cells_are_something_else_is_asked_about(tmp_path: Path) -> None:
    row = CALL_1.replace("2023-05-01 08:03:20", "很快")
    assert "读不出来" in proposals(tmp_path, CALL_HEADER, row)["坐席应答时间"].doubt


def test_examples_show_no_number_and_no_name(tmp_path: Path) -> None:
    found = proposals(tmp_path, HEADER, *ROWS)
    assert found["对方"].examples[0] == "138****0001"
    assert found["备注"].examples == ("张*",)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[str]], tuple[int, str]]:
    """Runs `hotline profile`; gives its exit code and output."""
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path / "home"))

    def run(words: Sequence[str]) -> tuple[int, str]:
        outcome = CliRunner().invoke(profile, list(words))
        return outcome.exit_code, outcome.output

    return run


def test_a_drafted_profile_can_be_read_and_names_what_is_to_be_decided(
    tmp_path: Path, run: Callable[[Sequence[str]], tuple[int, str]]
) -> None:
    draft = tmp_path / "own.toml"
    header, row = CALL_HEADER.replace("呼叫结果", "结局"), CALL_1.replace("已接听", "接起来了")
    code, told = run(["new", str(csv_file(tmp_path, header, row, CALL_2)), "--out", str(draft)])
    assert (code, "逐行核对" in told) == (0, True)
    assert read_profile(draft)["columns"]["answered_at"] == ("坐席应答时间",)
    text = draft.read_text(encoding="utf-8")
    assert '# outcome = "结局"' in text and "不认识的有：接起来了" in text
    assert run(["check", str(draft)]) == (0, "导入方案没有问题。\n")


def test_a_draft_overwrites_nothing(tmp_path: Path, run: Callable[[Sequence[str]], tuple[int, str]]) -> None:
    file = csv_file(tmp_path, CALL_HEADER, CALL_1)
    code, told = run(["new", str(file), "--out", str(file)])
    assert code == 1 and "没有覆盖" in told


def test_a_faulty_profile_of_the_instance_is_named_by_check_and_list(
    tmp_path: Path, run: Callable[[Sequence[str]], tuple[int, str]]
) -> None:
    folder = tmp_path / "home" / "profiles"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text('kind = "calls"\n[colums]\n', encoding="utf-8")
    code, told = run(["check"])
    assert code == 1 and "own.toml 第2行" in told
    assert "写错了" in run(["list"])[1]


def test_a_day_column_that_a_profile_joins_is_no_question_and_serves_no_field(
    tmp_path: Path,
) -> None:
    own = tmp_path / "profiles" / "own.toml"
    own.parent.mkdir()
    own.write_text(
        'kind = "calls"\nsignature = ["日期", "钟点"]\n[halves]\nentered_at = "半天"\n'
        '[joined]\nentered_at = ["日期", "钟点"]\n',
        encoding="utf-8",
    )
    (table,), _ = open_tables(csv_file(tmp_path, "流水号,日期,钟点,半天", "a1,2023-05-01,01:30:00,下午"))
    fit = find_nearest(table.head(), candidates(load_profiles(own.parent)))
    assert fit is not None
    found = {one.title: one for one in propose(fit, table.head())}
    assert [key(found[title]) for title in ("日期", "钟点", "半天")] == [None, "entered_at", None]
    assert found["日期"].doubt == found["半天"].doubt == ""
