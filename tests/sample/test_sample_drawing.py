"""What a drawing is made of: the same bytes again, the traps, nothing later than the last month."""

import re
from collections import Counter
from datetime import date, datetime
from itertools import count
from pathlib import Path

import pytest

from tests.sample.sample_folder import read_calls, read_csv, read_orders, read_sheet, read_truth
from web.demo.sample import draw_year
from web.demo.sample.calls import draw_calls
from web.demo.sample.scenario import Scenario, UnusableScenario
from web.demo.sample.tallies import CallTallies
from web.demo.sample.traps import draw_traps
from web.demo.sample.year import FolderInUse


def test_the_same_arguments_give_the_same_bytes(ten_months: Path, tmp_path: Path) -> None:
    again = draw_year(tmp_path, center="tlf", year=2026, through=10, calls_per_day=12, seed=7)
    assert _bytes(again) == _bytes(ten_months)


@pytest.mark.parametrize("other", [{"center": "cj"}, {"seed": 8}, {"year": 2025}])
def test_another_centre_seed_or_year_differs(other: dict[str, str | int], tmp_path: Path) -> None:
    same: dict[str, str | int] = {"center": "tlf", "seed": 7, "year": 2026}
    given = [_draw_january(tmp_path / name, same | change) for name, change in (("a", {}), ("b", other))]
    first, second = (read_truth(folder)["calls"]["year"] for folder in given)
    assert first != second


def test_a_longer_drawing_leaves_the_earlier_months_as_they_were(whole: Path, ten_months: Path) -> None:
    longer = _bytes(whole)
    monthly = [name for name in _bytes(ten_months) if re.search(r"_2026-\d\d", name)]
    assert len(monthly) == 21
    assert all(longer[name] == content for name, content in _bytes(ten_months).items() if name in monthly)


def test_ten_months_hold_no_file_of_an_eleventh(ten_months: Path) -> None:
    labels = {match[0] for name in _bytes(ten_months) if (match := re.search(r"2026-\d\d", name))}
    assert labels == {f"2026-{month:02d}" for month in range(1, 11)}


def test_ten_months_hold_nothing_later_than_their_end(ten_months: Path) -> None:
    end = "2026-11-01"
    assert max(row["进入系统时间"] for row in read_calls(ten_months)) < end
    assert max(row["受理时间"] for row in read_orders(ten_months)) < end
    assert max(row["巡检时间"] for row in read_csv(ten_months / "平台巡检.csv", "utf-8-sig")) < end
    assert max(row["日期"] for row in read_csv(ten_months / "日报.csv", "gb18030")) == "2026-10-31"
    for name in ("人员花名册", "培训记录", "支付明细", "预算", "话务质检"):
        cells = [cell for row in read_sheet(ten_months / f"{name}.xlsx") for cell in row.values()]
        assert max(cell for cell in cells if isinstance(cell, date)) < date(2026, 11, 1)


def test_orders_stand_as_on_the_fifth_of_the_next_month(ten_months: Path) -> None:
    steps = ("派单时间", "签收时间", "办结时间", "回访时间")
    for month in range(1, 11):
        rows = read_sheet(ten_months / f"工单_2026-{month:02d}.xlsx")
        assert max(row[step] for row in rows for step in steps) < f"2026-{month + 1:02d}-06"


def test_an_order_comes_again_only_when_it_changed(whole: Path) -> None:
    seen: dict[str, list[object]] = {}
    for path in sorted(whole.glob("工单_*.xlsx")):
        for row in read_sheet(path):
            assert seen.get(row["工单编号"]) != list(row.values())
            assert row["工单编号"] in seen or row["受理时间"].startswith(path.stem[-7:])
            seen[row["工单编号"]] = list(row.values())


def test_orders_follow_their_steps_and_point_at_an_answered_call(whole: Path) -> None:
    answered = {row["流水号"]: row["坐席应答时间"] for row in read_calls(whole) if row["呼叫类型"] == "呼入"}
    for row in read_orders(whole):
        taken = ("受理时间", "派单时间", "签收时间", "办结时间", "回访时间")
        times = [answered[row["来电流水号"]], *(row[step] for step in taken if row[step])]
        assert all(times) and times == sorted(times)


def test_two_months_end_with_their_first_seven_rows(whole: Path) -> None:
    repeats = {}
    for path in whole.glob("话单_*.csv"):
        serials = [row["流水号"] for row in read_csv(path, "gb18030")]
        if len(serials) > len(set(serials)):
            repeats[path.name] = serials[-7:] == serials[:7] and len(serials) - len(set(serials))
    assert list(repeats.values()) == [7, 7]


def test_a_call_in_the_ivr_never_reached_the_queue(whole: Path) -> None:
    lost = [row for row in read_calls(whole) if row["呼叫结果"] == "IVR放弃"]
    assert lost and not any(row["进入队列时间"] or row["坐席工号"] for row in lost)


def test_one_day_is_without_probes_and_the_platform_was_down_twice(whole: Path) -> None:
    probes = read_csv(whole / "平台巡检.csv", "utf-8-sig")
    assert len({row["巡检时间"][:10] for row in probes}) == 364
    assert len({row["巡检时间"][:10] for row in probes if row["状态"] == "异常"}) == 2


def test_weekends_have_text_messages_but_no_cases(whole: Path) -> None:
    for row in read_csv(whole / "日报.csv", "gb18030"):
        weekend = date.fromisoformat(row["日期"]).weekday() >= 5
        assert int(row["发送短信数"]) and (row["办件量"] == "0") == weekend


def test_a_december_call_is_abandoned_more_often_than_one_of_the_year() -> None:
    scenario = Scenario(center="tlf", year=2026, calls_per_day=60, seed=3)
    calls = _tally(scenario)
    shares = {month: count["abandoned_in_queue"] / count["offered"] for month, count in calls.items()}
    assert shares["2026-12"] > 1.5 * shares["year"]


def test_calls_a_day_is_the_mean_of_the_year() -> None:
    scenario = Scenario(center="tlf", year=2024, calls_per_day=60, seed=3)
    year = _tally(scenario)["year"]
    assert year["days"] == 366
    assert 0.95 < year["inbound"] / 366 / 60 < 1.05


def test_workbooks_carry_the_given_time(tmp_path: Path) -> None:
    folders = [
        draw_year(tmp_path / str(n), center="c", year=2026, through=1, calls_per_day=2, generated_at=at)
        for n, at in enumerate((None, datetime(2027, 1, 2, 3, 4, 5)))
    ]
    first, second = map(_bytes, folders)
    assert {name.rpartition(".")[2] for name in first if first[name] != second[name]} == {"xlsx"}


def test_a_month_of_one_call_a_day_has_a_call_every_day(tmp_path: Path) -> None:
    folder = draw_year(tmp_path, center="c", year=2026, through=2, calls_per_day=1)
    inbound = Counter(row["进入系统时间"][:10] for row in read_calls(folder) if row["呼叫类型"] == "呼入")
    assert len(inbound) == 59


def test_a_folder_in_use_is_left_alone(ten_months: Path) -> None:
    with pytest.raises(FolderInUse):
        draw_year(ten_months.parent, center="tlf", year=2026)


@pytest.mark.parametrize("center", ["", "..", "a/b", "a\\b"])
def test_a_centre_code_stays_inside_the_folder(center: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableScenario):
        draw_year(tmp_path, center=center, year=2026)


def _tally(scenario: Scenario) -> dict[str, dict[str, int]]:
    traps, tallies, serials = draw_traps(scenario), CallTallies(scenario, ()), count(1)
    for month in scenario.months:
        for call in draw_calls(scenario, traps, month, serials):
            tallies.add(call)
    return tallies.of_year()


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _draw_january(out: Path, given: dict[str, str | int]) -> Path:
    return draw_year(
        out,
        center=str(given["center"]),
        year=int(given["year"]),
        seed=int(given["seed"]),
        through=1,
        calls_per_day=3,
    )
