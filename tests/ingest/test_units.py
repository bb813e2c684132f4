"""Units: of a title, of a line above or below the table, of a row beneath the titles, of a cell."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cells import MONEY, TIME, read_amount_fen, read_duration_ms
from ingest.recognition.header_labels import find_stated_units, parse_label
from ingest.recognition.recognise import TableUnknown
from tests.ingest.cells import problem, read
from tests.ingest.tables import Taken, csv_file, taken
from tracker.tabular import FileRefused

PAYMENT = "P1,劳务费,2024-05,甲,2024-05-10,2024-05-09"
PAYMENT_TITLES = "凭证号,费用项目,所属期间,收款单位,约定支付日,实际支付日"
CALL_TITLES = "流水号,呼叫类型,进入系统时间,进入队列时间,坐席应答时间,结束时间,呼叫结果"
CALL = "c1,呼入,2024-05-01 08:03:05,2024-05-01 08:03:10,2024-05-01 08:03:20,2024-05-01 10:03:20,已接听"

MONEY_REMARKS = {
    "元": ("元", "人民币元", "元人民币", "单位：元", "￥元", "以元为单位", "元，保留2位小数"),
    "千元": ("千元", "单位：千元"),
    "万元": (
        "万元",
        "万",
        "人民币万元",
        "万元人民币",
        "万元，含税",
        "单位:万元",
        "RMB万元",
        "计量单位：万元",
        "以万元计",
    ),
    "百万元": ("百万元", "百万"),
    "亿元": ("亿元", "亿"),
}
TIME_REMARKS = {
    "毫秒": ("毫秒", "ms", "MS"),
    "秒": ("秒", "s", "sec", "SEC", "单位：秒"),
    "分钟": ("分钟", "分", "min", "mins", "m", "单位：分"),
    "小时": ("小时", "h", "hour", "时"),
}
FORMS = ("（{}）", "({})", "[{}]", "【{}】")


def payments(folder: Path, title: str, amount: str, *, above: str = "", below: str = "") -> Taken:
    lines = [above, f"{PAYMENT_TITLES},{title}", f'{PAYMENT},"{amount}"', below]
    return taken(csv_file(folder, *filter(None, lines)))


def talk(folder: Path, title: str, cell: str) -> Taken:
    return taken(csv_file(folder, f"{CALL_TITLES},{title}", f"{CALL},{cell}"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("unit", "remark"), [(u, r) for u, remarks in MONEY_REMARKS.items() for r in remarks]
)
def test_a_unit_of_money_is_understood_however_a_title_remarks_it(unit: str, remark: str, form: str) -> None:
    label = parse_label("金额" + form.format(remark))
    assert (label.base, MONEY.unit_of(label.remark)) == ("金额", unit)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("unit", "remark"), [(u, r) for u, remarks in TIME_REMARKS.items() for r in remarks])
def test_a_unit_of_time_is_understood_however_a_title_remarks_it(unit: str, remark: str, form: str) -> None:
    label = parse_label("通话时长" + form.format(remark))
    assert (label.base, TIME.unit_of(label.remark)) == ("通话时长", unit)


@pytest.mark.parametrize(
    "title", ["金额/万", "金额 万元", "金额万元", "金额-万元", "金额单位：万元", "金额（万元（含税））"]
)
def test_a_unit_behind_a_title_is_one_too(title: str) -> None:
    label = parse_label(title)
    assert (label.base, MONEY.unit_of(label.remark)) == ("金额", "万元")


@pytest.mark.parametrize(
    "title", ["呼入/呼出", "进入系统时间（必填）", "call_id", "收款单位", "开始时间", "leg_no"]
)
def test_what_is_no_unit_stays_part_of_the_title_or_says_nothing(title: str) -> None:
    assert parse_label(title).unit is None


@pytest.mark.parametrize("remark", ["万美元", "美元", "USD", "港币", "千克", "百分之一", "万元或元"])
def test_amounts_under_a_unit_that_nobody_understands_are_not_read(tmp_path: Path, remark: str) -> None:
    with pytest.raises(TableUnknown, match=f"金额（{remark}）.*是什么单位"):
        payments(tmp_path, f"金额（{remark}）", "18.92")


@pytest.mark.parametrize("remark", ["刻", "世纪年", "ticks", "1/100秒"])
def test_a_column_that_need_not_be_there_is_left_out_with_a_word_on_what_that_costs(
    tmp_path: Path, remark: str
) -> None:
    found = talk(tmp_path, f"通话时长（{remark}）", "2")
    assert "talk_ms" not in found.events[0]
    assert any("没有采用" in notice and "通话时长" in notice for notice in found.notices)


@pytest.mark.parametrize("remark", ["含税", "不含税", "2024年", "人民币", "大写"])
def test_a_remark_that_is_no_unit_leaves_amounts_in_yuan(tmp_path: Path, remark: str) -> None:
    assert payments(tmp_path, f"金额（{remark}）", "18.92").events[0]["amount_fen"] == 1892


@pytest.mark.parametrize(
    "line",
    [
        "支付台账（单位：万元）",
        "单位：万元",
        ",,,,,,单位:人民币万元",
        "金额单位：万元",
        "支付台账 单位 : 万元",
        "（万元）",
    ],
)
def test_a_line_above_the_table_states_its_unit(tmp_path: Path, line: str) -> None:
    assert payments(tmp_path, "金额", "18.915833", above=line).events[0]["amount_fen"] == 18_915_833


def test_a_line_below_the_table_states_its_unit_as_well(tmp_path: Path) -> None:
    found = payments(tmp_path, "金额", "18.9158", below=",,,,,单位：万元,")
    assert [event["amount_fen"] for event in found.events] == [18_915_800]


def test_a_line_far_below_that_states_another_unit_refuses_what_was_read_in_yuan(tmp_path: Path) -> None:
    rows = [f"P{number},劳务费,2024-05,甲,2024-05-10,2024-05-09,18.92" for number in range(200)]
    with pytest.raises(FileRefused, match="单位是“万元”"):
        taken(csv_file(tmp_path, f"{PAYMENT_TITLES},金额", *rows, "单位：万元,,,,,,"))


def test_the_unit_of_the_title_is_nearer_than_that_of_the_table(tmp_path: Path) -> None:
    found = payments(tmp_path, "金额（元）", "18.92", above="单位：万元", below="单位：万元,,,,,,")
    assert found.events[0]["amount_fen"] == 1892


def test_a_line_with_a_unit_that_nobody_understands_stops_the_amounts(tmp_path: Path) -> None:
    with pytest.raises(TableUnknown, match="万美元"):
        payments(tmp_path, "金额", "18.92", above="单位：万美元")


@pytest.mark.parametrize(
    "line", ["填报单位：示范县热线中心", "收款单位：张元", "单位：12345热线", "单位：件、人"]
)
def test_an_organisation_or_a_count_above_the_table_is_no_unit_of_money(line: str) -> None:
    assert MONEY.find_stated_unit(find_stated_units([line])) is None


def test_a_row_of_units_beneath_the_titles_is_no_data(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, f"{PAYMENT_TITLES},金额", ",,,,,,（万元）", f"{PAYMENT},18.92"))
    assert [event["amount_fen"] for event in found.events] == [18_920_000]
    assert found.problems == []


@given(
    number=st.decimals(0, 10**6, places=4),
    unit=st.sampled_from(["元", "千元", "万元", "百万元", "亿元"]),
    spaced=st.booleans(),
)
def test_an_amount_with_its_unit_is_that_amount(number: Decimal, unit: str, spaced: bool) -> None:
    worth = number * MONEY.units[unit]
    if worth == worth.to_integral_value():
        assert read(read_amount_fen, f"{number}{' ' if spaced else ''}{unit}") == worth
        assert read(read_amount_fen, f"{number}{unit}", unit=unit) == worth
    other = "元" if unit != "元" else "万元"
    assert "以" in problem(read_amount_fen, f"{number}{unit}", unit=other).rule


@given(
    length=st.integers(0, 40 * 3600),
    form=st.sampled_from(
        [
            "{h}小时{m}分{s}秒",
            "{h}时{m}分钟{s}秒",
            "{h}h{m}m{s}s",
            "{h}:{m:02}:{s:02}",
            "{h} h {m} min {s} sec",
        ]
    ),
    unit=st.sampled_from([None, "秒", "分钟", "时:分:秒"]),
)
def test_a_length_that_names_its_parts_is_read_by_them_under_any_title(
    length: int, form: str, unit: str | None
) -> None:
    parts = {"h": length // 3600, "m": length // 60 % 60, "s": length % 60}
    assert read(read_duration_ms, form.format(**parts), unit=unit) == length * 1000


@pytest.mark.parametrize(
    ("written", "ms"),
    [
        ("95秒", 95_000), ("75分", 4_500_000), ("90分钟", 5_400_000), ("1h", 3_600_000),
        ("2.5 分钟", 150_000), ("2分0秒", 120_000), ("120s", 120_000), ("500ms", 500),
        ("2'05\"", 125_000), ("3′20″", 200_000),
        ("1小时2分3秒", 3_723_000), ("26小时", 93_600_000), ("0.5秒", 500),
    ],
)  # fmt: skip
def test_a_cell_with_its_own_unit_is_read_by_it(written: str, ms: int) -> None:
    assert read(read_duration_ms, written) == ms


@pytest.mark.parametrize(
    ("written", "unit"), [("2分钟", "秒"), ("95秒", "分钟"), ("1h", "毫秒"), ("2:30", "小时")]
)
def test_a_cell_that_counts_otherwise_than_its_title_is_a_problem(written: str, unit: str) -> None:
    problem(read_duration_ms, written, unit=unit)


def test_a_bare_number_under_a_title_of_clock_times_is_a_problem() -> None:
    assert "只是一个数" in problem(read_duration_ms, "2", unit="时:分:秒").rule
    assert read(read_duration_ms, "0", unit="分:秒") == 0


@pytest.mark.parametrize(
    ("title", "cell", "ms"),
    [
        ("通话时长(min)", "2", 120_000), ("通话时长（m）", "2", 120_000), ("通话时长(sec)", "120", 120_000),
        ("通话时长(ms)", "120000", 120_000), ("通话时长_分钟", "2", 120_000), ("通话时长/分", "2", 120_000),
        ("通话时长(分:秒)", "2:00", 120_000), ("通话时长(时:分)", "0:02", 120_000),
        ("通话时长（单位：分钟）", "2.5", 150_000),
    ],
)  # fmt: skip
def test_talk_is_read_in_the_unit_of_its_title(tmp_path: Path, title: str, cell: str, ms: int) -> None:
    assert talk(tmp_path, title, cell).events[0]["talk_ms"] == ms


@pytest.mark.parametrize(
    ("title", "people"), [("核定人数", 30), ("核定人数（人）", 30), ("核定人数（百人）", 3000)]
)
def test_a_count_is_of_its_titles_unit(tmp_path: Path, title: str, people: int) -> None:
    found = taken(csv_file(tmp_path, f"生效日期,岗位,{title}", "2023-01-01,引导员,30"))
    assert found.events[0]["headcount"] == people


def test_a_line_with_a_unit_below_a_table_of_words_is_a_note_all_the_same(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, CALL_TITLES, CALL, "单位：秒,,,,,,"))
    assert (len(found.events), found.problems) == (1, [])
