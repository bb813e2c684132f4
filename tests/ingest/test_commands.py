"""The commands, as a person at a terminal meets them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ingest.importing.cli import COMMANDS
from ingest.importing.file_paths import NoSuchFile, list_files
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, csv_file
from tracker.database import Database

Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command of this room against the test's database."""
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database.url)
    monkeypatch.setenv("HOTLINE_ADMIN_DATABASE_URL", database.admin_url)
    by_name = {command.name: command for command in COMMANDS}

    def run(name: str, *arguments: object) -> Result:
        return CliRunner().invoke(by_name[name], [str(argument) for argument in arguments])

    return run


def test_ingest_tells_what_it_recognised_and_what_became_of_it(run: Run, tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        f"{CALL_HEADER},备注",
        f"{CALL_1},",
        f"{CALL_2.replace('呼入', '坏')},",
        name="话单_2023-05.csv",
    )
    result = run("ingest", path)
    assert result.exit_code == 0
    for told in (
        "识别为话单",
        "未使用的列（不保存）：备注",
        "数据行 2，其中未导入 1",
        "新增 1",
        "第 3 行“呼叫类型”",
        "2023-06-01",
    ):
        assert told in result.output


def test_rosters_of_two_teams_brought_together_lack_nobody(run: Run, tmp_path: Path) -> None:
    def brought(month: str, second: str) -> str:
        teams = (("一班", "1,甲,话务员,2023-01-01"), ("二班", second))
        files = [
            csv_file(tmp_path, "工号,姓名,岗位,入职日期", row, name=f"花名册_{month}_{team}.csv")
            for team, row in teams
        ]
        return run("ingest", *files).output

    assert "名单里少了" not in brought("2024-05", "2,乙,话务员,2023-01-01")
    assert "名单里少了" not in brought("2024-06", "2,乙,话务员,2023-01-01")
    assert brought("2024-07", "3,丙,话务员,2023-01-01").count("名单里少了 1 人") == 1


def test_a_renamed_unit_or_post_is_told_by_a_command(run: Run, database: Database, tmp_path: Path) -> None:
    run("ingest", csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-05.csv"))
    told = ("name", "岗位", "话务员", "热线接线员", "--since", "2023-07-01", "--by", "王")
    assert run(*told).output == "已登记：岗位“话务员”改名为“热线接线员”。\n"
    merged = run("name", "承办单位", "甲局", "乙局", "--merged", "--since", "2023-07-01", "--by", "王")
    assert merged.output == "已登记：承办单位“甲局”并入“乙局”。\n"
    assert run("name", "岗位", "质检员", "--new", "--by", "王").output == "已登记：岗位“质检员”新设。\n"
    for wrong, sentence in (
        (("甲局", "--by", "王"), "现名称没有填写"),
        (("甲局（本部）", "甲局 (本部)", "--by", "王"), "只差空格、括号或全角半角"),
        (("甲局", "乙局", "--new", "--by", "王"), "不必填写"),
    ):
        assert sentence in str(run("name", "承办单位", *wrong).exception)
    with database.connect() as connection:
        rows = connection.execute("SELECT DISTINCT subject, known_as FROM names ORDER BY 2").fetchall()
    assert [known_as for _, known_as in rows] == ["乙局", "热线接线员", "甲局", "话务员", "质检员"]


def test_what_a_centre_says_once_is_told_by_a_command_and_listed(run: Run, tmp_path: Path) -> None:
    run("ingest", csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-05.csv"))
    header = "凭证号,费用项目,金额,约定支付日"
    paid = ("P1,坐席服务费 (外包),100,2023-05-10", "P2,办公费,5,2023-05-11")
    run("ingest", csv_file(tmp_path, header, *paid, name="支付明细_2023-06-01.csv"))
    listed = run("declare").output
    assert "  坐席服务费（外包）（1行）：未设定，按不明处理" in listed
    told = run("declare", "人员经费", "坐席服务费（外包）", "--by", "王")
    assert told.output == "已登记：坐席服务费（外包）是人员经费。\n"
    assert (
        run("declare", "人员经费", "办公费", "--no", "--by", "王").output == "已登记：办公费不是人员经费。\n"
    )
    since = run("declare", "热线启用", "--since", "2023-01-01", "--by", "王")
    assert since.output == "已登记：本中心启用，自2023-01-01起。\n"
    listed = run("declare").output
    assert "  坐席服务费（外包）：是人员经费（事件 " in listed
    assert "  本中心：启用，自2023-01-01起（事件 " in listed
    assert "办公费（1行）" not in listed
    for wrong, sentence in (
        (("人员经费", "--by", "王"), "请写出费用项目"),
        (("人员经费", "办公费"), "请用 --by 写明经办人"),
        (("热线启用", "--by", "王"), "请填写热线启用的第一天"),
        (("热线启用", "甲", "--by", "王"), "不必填写"),
    ):
        assert sentence in run("declare", *wrong).output + str(run("declare", *wrong).exception)


def test_a_refused_file_is_told_and_the_rest_is_imported(run: Run, tmp_path: Path) -> None:
    csv_file(tmp_path, "菜名,价格", "拌面,18", name="a.csv")
    csv_file(tmp_path, CALL_HEADER, CALL_1, name="b.csv")
    result = run("ingest", tmp_path)
    assert result.exit_code == 1
    assert "拒收" in result.output
    assert "新增 1" in result.output


def test_a_second_time_says_that_nothing_was_added(run: Run, tmp_path: Path) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1)
    run("ingest", path)
    assert "没有新增任何记录" in run("ingest", path).output


def test_a_dry_run_says_so(run: Run, tmp_path: Path) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1)
    assert "试导入，未写入" in run("ingest", "--dry-run", path).output
    assert "新增 1" in run("ingest", path).output


def test_a_letter_that_does_not_fit_keeps_a_file_out(run: Run, tmp_path: Path) -> None:
    path = csv_file(tmp_path, f"{CALL_HEADER},通话时长", f"{CALL_1},100")
    refused = run("ingest", "--rows", "2", "--sum", "通话时长=100", path)
    assert refused.exit_code == 1
    assert "与报送单不符，没有导入：数据行数：报送单 2，读到 1，差 -1。" in refused.output
    assert "报送单合计 ✕ 数据行数" in run("ingest", "--dry-run", "--rows", "2", path).output
    fits = run("ingest", "--rows", "1", "--sum", "通话时长=1,00", path)
    assert (
        "报送单合计 ✓ 通话时长（以秒计）：报送单 100，读到 100，相符" in fits.output
        and "新增 1" in fits.output
    )
    assert run("ingest", "--sum", "通话时长", path).exit_code == 2


def test_an_encoding_may_be_said(run: Run, tmp_path: Path) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, encoding="gb18030")
    assert "无法识别数据类型" in run("ingest", "--encoding", "big5", path).output
    assert "新增 1" in run("ingest", "--encoding", "gb18030", path).output


def test_deliveries_and_quarantine_list_what_came(run: Run, tmp_path: Path) -> None:
    run("ingest", csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2.replace("呼入", "坏"), name="话单.csv"))
    assert "话单.csv\t2 行，未导入 1" in run("deliveries").output
    assert "话单.csv\t第 3 行“呼叫类型”列的值“坏”取值不在可选范围" in run("quarantine").output


def test_the_quarantine_can_be_opened_in_excel_without_running_formulas(run: Run, tmp_path: Path) -> None:
    run("ingest", csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2.replace("呼入", "=1+1")))
    run("quarantine", "--csv", tmp_path / "out.csv")
    written = (tmp_path / "out.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    assert ",'=1+1," in written.decode("utf-8-sig")


def test_void_needs_a_reason(run: Run, tmp_path: Path) -> None:
    run("ingest", csv_file(tmp_path, CALL_HEADER, CALL_1))
    assert run("void", "--event", 1, "--by", "王").exit_code == 2
    assert "已作废第 1 号事件" in run("void", "--event", 1, "--by", "王", "--reason", "误报").output
    assert run("void", "--by", "王", "--reason", "误报").exit_code == 2


def test_a_zero_report_can_be_signed_for_a_day_and_for_a_month(run: Run, tmp_path: Path) -> None:
    run("ingest", csv_file(tmp_path, CALL_HEADER, CALL_1))
    assert "2023-05-02 至 2023-05-02" in run("zero-report", "calls", "2023-05-02", "--by", "王").output
    assert "2023-02-01 至 2023-02-28" in run("zero-report", "payments", "2023-02", "--by", "王").output
    assert run("zero-report", "calls", "五月", "--by", "王").exit_code == 2


@pytest.mark.parametrize(
    ("given", "until"),
    [
        ("2023-08", "2023-09-01 00:00"),
        ("2023-08-05", "2023-08-06 00:00"),
        ("2023-08-05T18:00", "2023-08-05 18:00"),
    ],
)
def test_the_as_of_time_can_be_a_period_a_day_or_a_moment(
    run: Run, tmp_path: Path, given: str, until: str
) -> None:
    assert until in run("ingest", "--as-of", given, csv_file(tmp_path, CALL_HEADER, CALL_1)).output


def test_folders_patterns_and_files_are_taken_once_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.csv", "a.xlsx", "sub/c.ndjson", "truth.json", "~$a.xlsx", ".hidden.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    files, passed_over = list_files([str(tmp_path), str(tmp_path / "*.csv"), str(tmp_path / "b.csv")])
    assert [path.name for path in files] == ["a.xlsx", "b.csv", "c.ndjson"]
    assert [path.name for path in passed_over] == ["truth.json"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile, match="没有"):
        list_files([str(tmp_path)])
    with pytest.raises(NoSuchFile, match="找不到"):
        list_files([str(tmp_path / "没有.csv")])


def test_an_import_in_part_ends_with_a_code_of_its_own(run: Run, tmp_path: Path) -> None:
    good = csv_file(tmp_path, CALL_HEADER, CALL_1, name="好.csv")
    some = csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2.replace("呼入", "坏"), name="部分.csv")
    none = csv_file(tmp_path, CALL_HEADER, CALL_2.replace("呼入", "坏"), name="全坏.csv")
    other = csv_file(tmp_path, "菜名,价格", "拌面,18", name="别的.csv")
    assert run("ingest", good, some).exit_code == 0
    told = run("ingest", good, none)
    assert (told.exit_code, "2 个文件中有 1 个只导入了一部分" in told.output) == (3, True)
    assert run("ingest", none, other).exit_code == 1
    assert "退出码为 3" in run("ingest", "--help").output


def test_what_was_not_understood_is_told_apart_from_what_was_held_back(run: Run, tmp_path: Path) -> None:
    row = "g1,2023-05-01 08:00:00,投诉,2023-05-02 08:00:00,还行吧"
    path = csv_file(
        tmp_path, "工单编号,受理时间,诉求类型,办结时间,满意度", row, row.replace("2023-05-01 ", "")
    )
    for told in (run("ingest", "--dry-run", path).output, run("ingest", path).output):
        assert "没有读懂，这一项记为不明：第 2 行“满意度”列的值“还行吧”" in told
        assert "未导入：第 3 行“受理时间”列" in told and "未导入：第 2 行" not in told
        assert "数据行 2，其中未导入 1；已导入的行里 1 行有没读懂的内容" in told
        assert "没有“办结时限”列：按时办结率（本期应办结）、按时办结率（本期受理）无法核实。" in told
        assert told.rstrip().endswith(
            "2023年5月 1 件工单（5月1日 08:00），已办结 1，未办结 0，投诉 1，每天 1 件。对吗？"
        )


def test_a_name_in_gbk_is_shown_and_kept_in_characters(run: Run, tmp_path: Path) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1)
    named = tmp_path / os.fsdecode("中_2023-05.csv".encode("gbk"))
    path.rename(named)
    assert run("ingest", named).exit_code == 0
    assert "中_2023-05.csv" in run("deliveries").output


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_of_which_nothing_can_be_told_is_refused(run: Run, tmp_path: Path, day: str) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1)
    for command in (("zero-report", "calls", day, "--by", "张三"), ("ingest", path, "--as-of", day)):
        told = run(*command)
        assert told.exit_code == 2 and "Traceback" not in told.output


def test_a_pipe_or_a_device_is_nothing_to_import(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for named in (tmp_path / "pipe.csv", Path(os.devnull)):
        with pytest.raises(NoSuchFile, match="设备或管道"):
            list_files([str(named)])
