"""Moments of another time zone, and hours of a clock of 12: answered by a profile, never taken unasked."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cells import Column, make_moment_reader, read_day, read_moments
from ingest.profiles.draft import draft_profile
from ingest.profiles.profile import ProfileProblem, candidates, load_profiles
from ingest.profiles.toml_profiles import read_profile
from ingest.recognition.clocks import is_like_12_hours
from ingest.recognition.column_values import ROWS, OrderClockCheck, check_columns
from ingest.recognition.preview import find_nearest
from ingest.recognition.recognise import TableUnknown, recognise
from ingest.recognition.table_unknown import ClockUnknown
from tests.ingest.tables import CALL_1, CALL_HEADER, Taken, csv_file, taken
from tracker.events.times import BEIJING
from tracker.tabular import open_tables

UTC = ZoneInfo("UTC")

MOMENTS = st.datetimes(datetime(2001, 1, 2), datetime(2099, 1, 1)).map(lambda at: at.replace(microsecond=0))
PLAIN = "%Y-%m-%d %H:%M:%S"
TITLES = "流水号,呼叫类型,进入系统时间,坐席应答时间"
WRITTEN: tuple[Callable[[datetime], object], ...] = (
    lambda at: f"{at:{PLAIN}}",
    lambda at: f"{at:%Y/%m/%d %H:%M:%S}",
    lambda at: f"{at:%Y%m%d%H%M%S}",
    lambda at: f"{at:%Y年%m月%d日 %H时%M分%S秒}",
    lambda at: f"{at:%Y-%m-%dT%H:%M:%S.000}",
    lambda at: at,
)
TELLS_ZONE: tuple[Callable[[datetime], object], ...] = (
    lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z",
    lambda at: f"{at + timedelta(hours=8):{PLAIN}}+08:00",
    lambda at: str(int((at - datetime(1970, 1, 1)).total_seconds())),
)


@given(MOMENTS, st.sampled_from(WRITTEN))
def test_a_moment_of_a_utc_column_is_eight_hours_later_in_beijing(
    at: datetime, write: Callable[[datetime], object]
) -> None:
    column = Column(index=0, label="时间", zone=UTC)
    wanted = (at + timedelta(hours=8)).replace(tzinfo=BEIJING)
    assert make_moment_reader()(column)(write(at)) == wanted  # type: ignore[arg-type]
    assert read_day(column)(write(at)) == wanted.date()  # type: ignore[arg-type]


@given(MOMENTS.filter(lambda at: 2002 < at.year < 2030), st.sampled_from(TELLS_ZONE), st.booleans())
def test_a_moment_that_tells_its_zone_is_the_same_in_every_column(
    at: datetime, write: Callable[[datetime], object], is_utc: bool
) -> None:
    read = make_moment_reader()(Column(index=0, label="时间", zone=UTC if is_utc else None))
    assert read(write(at)) == (at + timedelta(hours=8)).replace(tzinfo=BEIJING)  # type: ignore[arg-type]


def test_a_day_without_a_time_is_the_same_day_in_every_zone() -> None:
    column = Column(index=0, label="时限", zone=UTC, only_days=True)
    assert (
        str(make_moment_reader(date_only="end")(column)("2023-05-01 00:00:00")) == "2023-05-01 23:59:59+08:00"
    )
    assert str(read_day(column)("2023-05-01")) == "2023-05-01"


def test_many_moments_of_a_utc_column_are_never_taken_as_they_stand() -> None:
    pieces = read_moments(Column(index=0, label="时间", zone=UTC), make_moment_reader())
    assert pieces(["2023-05-01 20:00:00"]) == [None]


def read(folder: Path, profile: str, *lines: str) -> Taken:
    """A table read by the one profile of an instance."""
    (folder / "profiles").mkdir(exist_ok=True)
    text = f'kind = "calls"\ndefault = true\n{profile}\n'
    (folder / "profiles" / "own.toml").write_text(text, encoding="utf-8")
    return taken(csv_file(folder, *lines), None, folder / "profiles")


def entered(found: Taken) -> list[str]:
    return [event["entered_at"] for event in found.events]


def test_a_profile_says_that_moments_are_utc(tmp_path: Path) -> None:
    row = "c1,呼入,2023-05-31 20:00:00,2023-05-31 20:00:09"
    assert entered(read(tmp_path, 'time_zone = "UTC"', TITLES, row)) == ["2023-06-01T04:00:00+08:00"]
    assert entered(read(tmp_path, "", TITLES, row)) == ["2023-05-31T20:00:00+08:00"]


@pytest.mark.parametrize("lines", [("时区：UTC", TITLES), (TITLES.replace("答时间", "答时间（UTC）"),)])
def test_a_file_that_names_utc_is_asked_about_until_the_profile_answers(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    row = "c1,呼入,2023-05-31 20:00:00,2023-05-31 20:00:09"
    answered = '[columns]\nanswered_at = "坐席应答时间（UTC）"' if len(lines) == 1 else ""
    with pytest.raises(TableUnknown, match="写着 UTC"):
        read(tmp_path, answered, *lines, row)
    assert entered(read(tmp_path, f'time_zone = "UTC"\n{answered}', *lines, row))[0].startswith(
        "2023-06-01T04"
    )
    assert len(read(tmp_path, f'time_zone = "北京时间"\n{answered}', *lines, row).events) == 1
    beijing = [line.replace("UTC", "UTC+8") for line in lines]
    assert len(read(tmp_path, answered.replace("UTC", "UTC+8"), *beijing, row).events) == 1


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((TITLES,), "没有 UTC 了"),
        ((TITLES.replace("答时间", "答时间（北京时间）"),), "“坐席应答时间（北京时间）”却写着北京时间"),
        (("时区：UTC+8", TITLES), "“时区：UTC+8”却写着北京时间"),
    ],
)
def test_a_profile_of_utc_asks_about_a_file_that_says_otherwise_or_no_more(
    tmp_path: Path, lines: tuple[str, ...], told: str
) -> None:
    row = "c1,呼入,2023-05-31 20:00:00,2023-05-31 20:00:09"
    own = 'time_zone = "UTC"\n[columns]\nanswered_at = "坐席应答时间（UTC）"'
    assert len(read(tmp_path, own, TITLES.replace("答时间", "答时间（UTC）"), row).events) == 1
    assert len(read(tmp_path, own, "时区：UTC", TITLES, row).events) == 1
    with pytest.raises(TableUnknown, match=f"按时区“UTC”读.*{re.escape(told)}"):
        read(tmp_path, own, *lines, row)


def test_moments_of_two_zones_in_one_table_are_never_read_by_one(tmp_path: Path) -> None:
    titles = "流水号,呼叫类型,进入系统时间（UTC）,坐席应答时间（北京时间）"
    named = '[columns]\nentered_at = "进入系统时间（UTC）"\nanswered_at = "坐席应答时间（北京时间）"'
    for zone in ("", 'time_zone = "UTC"\n', 'time_zone = "北京时间"\n'):
        with pytest.raises(TableUnknown, match="只能按一个时区读"):
            read(tmp_path, zone + named, titles, "c1,呼入,2023-05-31 20:00:00,2023-06-01 04:00:09")


@given(st.lists(st.integers(0, 23), min_size=1, max_size=200))
def test_hours_are_suspected_only_where_none_is_of_a_clock_of_24(hours: list[int]) -> None:
    suspected = is_like_12_hours(Counter(hours))
    if 0 in hours or max(hours) > 12 or len(hours) < 20:
        assert not suspected
    of_the_day = [8 + hour % 10 for hour in hours] + [9, 13]  # 8:00 to 17:59, as every hotline has
    assert not is_like_12_hours(Counter(of_the_day))
    by_12 = Counter((hour - 1) % 12 + 1 for hour in of_the_day)
    assert is_like_12_hours(by_12) == (by_12.total() >= 20)
    assert is_like_12_hours(by_12, "进入时间（12小时制）")


def rows_of(hours: range, write: Callable[[int], str]) -> list[str]:
    return [f"c{hour},呼入,{write(hour)},{write(hour)}" for hour in hours]


def by_12(hour: int) -> str:
    return f"2023-05-0{1 + hour % 9} {(hour - 1) % 12 + 1:02}:30:05"


def test_a_column_whose_hours_never_pass_12_is_asked_about_until_the_profile_answers(tmp_path: Path) -> None:
    rows = [row.replace("c", f"{turn}c") for turn in (1, 2) for row in rows_of(range(8, 19), by_12)]
    found = read(tmp_path, "", TITLES, *rows)
    with pytest.raises(ClockUnknown, match="多半是 12 小时制"):
        check_columns(found.intake._open_table, found.recognition)
    found = read(tmp_path, "hours = 24", TITLES, *rows)
    assert check_columns(found.intake._open_table, found.recognition)
    late = [*rows, "x,呼入,2023-05-01 13:00:05,"]
    found = read(tmp_path, "", TITLES, *late)
    assert check_columns(found.intake._open_table, found.recognition)


@given(MOMENTS.filter(lambda at: 2002 < at.year < 2026))
def test_morning_or_afternoon_in_a_column_of_its_own_makes_the_same_moment(
    tmp_path_factory: pytest.TempPathFactory, at: datetime
) -> None:
    folder, half = tmp_path_factory.mktemp("halves"), "下午" if at.hour >= 12 else "上午"
    clock = f"{(at.hour - 1) % 12 + 1}:{at:%M:%S}"
    own = '[halves]\nentered_at = "上下午"\n'
    found = read(folder, own, f"{TITLES},上下午", f"c1,呼入,{at:%Y-%m-%d} {clock},,{half}")
    assert entered(found) == [at.replace(tzinfo=BEIJING).isoformat()], found.problems
    apart = own + '[joined]\nentered_at = ["日期", "时刻"]\n'
    found = read(
        folder,
        apart,
        "流水号,呼叫类型,日期,时刻,坐席应答时间,上下午",
        f"c1,呼入,{at:%Y-%m-%d},{clock},,{half}",
    )
    assert entered(found) == [at.replace(tzinfo=BEIJING).isoformat()], found.problems


@pytest.mark.parametrize(
    "cells", ["2023-05-01 1:30:00,,", "20230501013000,,下午", "2023-05-01,,下午", "1,,下午"]
)
def test_a_moment_whose_half_is_not_told_or_cannot_be_put_in_is_a_problem_of_its_row(
    tmp_path: Path, cells: str
) -> None:
    own = '[halves]\nentered_at = "上下午"\n'
    found = read(tmp_path, own, f"{TITLES},上下午", f"c1,呼入,{cells}")
    assert found.events == [] and "不是时间" in found.problems[0].sentence


def test_a_column_of_halves_that_nothing_reads_is_asked_about(tmp_path: Path) -> None:
    row = "c1,呼入,2023-05-01 01:30:00,,下午"
    with pytest.raises(ClockUnknown, match="“时段”列写着上午、下午"):
        read(tmp_path, "", f"{TITLES},时段", row)
    assert entered(read(tmp_path, "hours = 24", f"{TITLES},时段", row)) == ["2023-05-01T01:30:00+08:00"]
    late = row.replace("01:30", "13:30")  # the column says nothing that the hour does not
    assert entered(read(tmp_path, "", f"{TITLES},时段", late)) == ["2023-05-01T13:30:00+08:00"]


def test_one_moment_of_a_clock_of_12_beside_another_of_24_is_asked_about(tmp_path: Path) -> None:
    row = "c1,呼入,2023-05-01 13:30:00,2023-05-01 01:30:09,下午"
    with pytest.raises(ClockUnknown, match=r'“时段”列写着.*“坐席应答时间”列.*answered_at = "时段"'):
        read(tmp_path, "", f"{TITLES},时段", row)
    found = read(tmp_path, '[halves]\nanswered_at = "时段"', f"{TITLES},时段", row)
    assert [event["answered_at"] for event in found.events] == ["2023-05-01T13:30:09+08:00"]


def test_a_file_without_the_column_of_halves_is_not_read_by_that_profile(tmp_path: Path) -> None:
    with pytest.raises(ClockUnknown, match="这份文件没有这一列"):
        read(tmp_path, '[halves]\nentered_at = "上下午"\n', CALL_HEADER, CALL_1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('time_zone = "东八区"', "应写成 北京时间、UTC"),
        ("hours = 12", "只能是 24"),
        ('[halves]\ncall_id = "上下午"', "不是时刻"),
        ('[halves]\nentered_at = "上下午"\n[earliest]\nentered_at = ["甲", "乙"]', "由几列读出"),
    ],
)
def test_a_faulty_answer_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f'kind = "calls"\n{text}\n', encoding="utf-8")
    with pytest.raises(ProfileProblem, match=f"第[23]行.*{told}"):
        read_profile(path)


def test_a_draft_asks_what_the_page_asks(tmp_path: Path) -> None:
    row = "c1,呼入,2023-05-01 01:30:00,2023-05-01 01:31:00,下午"
    (table,), _ = open_tables(csv_file(tmp_path, "时区：UTC", f"{TITLES},时段", row, row.replace("c1", "c2")))
    fit = find_nearest(table.head(), candidates(load_profiles()))
    assert fit is not None
    text = draft_profile(fit, table.head(), "某平台.csv")
    for line in ('# time_zone = "UTC"', "# hours = 24", "# [halves]", '# answered_at = "时段"'):
        assert line in text.splitlines()
    answered = text.replace("# time_zone", "time_zone").replace("# hours", "hours")
    (tmp_path / "own.toml").write_text(answered, encoding="utf-8")
    assert read_profile(tmp_path / "own.toml")["time_zone"] == "UTC"


def test_a_column_of_days_is_not_looked_through_for_hours(tmp_path: Path) -> None:
    rows = [f"g{number},2023-05-01,投诉" for number in range(ROWS + 5)]
    (table,), _ = open_tables(csv_file(tmp_path, "工单编号,受理时间,诉求类型", *rows))
    recognition = recognise(table.head(), candidates(load_profiles()))
    check = OrderClockCheck(recognition)
    for _, cells in table.head()[1:] * (ROWS // 50):
        check.see({}, cells)
    assert check.is_decided
    assert check.apply(recognition) is recognition
