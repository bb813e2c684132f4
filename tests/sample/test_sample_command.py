"""The `sample` command: one folder a centre, and a report in Chinese."""

from pathlib import Path

from click.testing import CliRunner, Result

from web.demo.sample.command import sample


def run(out: Path, *options: str) -> Result:
    small = ("--year", "2026", "--through", "2026-01", "--calls-per-day", "2")
    return CliRunner().invoke(sample, [str(out), *small, *options])


def test_each_named_centre_gets_its_folder(tmp_path: Path) -> None:
    assert run(tmp_path, "--center", "tlf", "--center", "cj").exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cj", "tlf"]


def test_centres_are_numbered_when_only_their_number_is_given(tmp_path: Path) -> None:
    assert run(tmp_path, "--centers", "2").exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c001", "c002"]


def test_the_report_names_every_file_with_its_rows(tmp_path: Path) -> None:
    output = run(tmp_path).output
    files = [path.name for path in (tmp_path / "c001").iterdir() if path.name != "truth.json"]
    assert all(f"  {name}  " in output for name in files)
    assert f"c001：{len(files)} 个文件" in output
    assert "平台巡检.csv  744 行" in output


def test_a_month_of_another_year_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path, "--through", "2025-10")
    assert result.exit_code == 2
    assert "应为 2026-01 至 2026-12" in result.output


def test_a_folder_in_use_is_named(tmp_path: Path) -> None:
    run(tmp_path)
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "不是空文件夹" in result.output


def test_a_centre_code_that_is_a_path_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path, "--center", "../up").exit_code == 2


def test_the_help_is_in_chinese() -> None:
    assert "生成一年的示例数据" in CliRunner().invoke(sample, ["--help"]).output
