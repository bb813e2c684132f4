"""What real centres bring: each case is one of a kind, and comes out right, within bounds, or as a question.

The files are in `tests/data/cases`; a name that begins with c and is a folder stands in `bugs/`.
"""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ingest.changes.repeated_numbers import QuestionAnswer
from ingest.importing.import_file import ImportReport
from ingest.recognition.recognise import TableUnknown
from kpi.figures import results
from kpi.figures.attainment import judge_by
from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.figure import Figure, Status
from kpi.figures.forks import list_forks
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.target import Attainment, Sense
from kpi.figures.patterns.breakdown import UNSTATED, break_down
from kpi.figures.patterns.unit_bands import read_unit_bands
from kpi.figures.patterns.unit_holdings import read_unit_holdings
from tests.centre import NOW, Centre
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.periods import Month, parse_period

CASES = Path(__file__).parent / "data" / "cases"


@pytest.fixture
def centre(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def case(name: str) -> Path:
    found = [*(CASES / "files").glob(f"{name}*"), *(CASES / "bugs").glob(f"{name}*")]
    assert len(found) == 1, found
    return found[0]


def bring(centre: Centre, *names: str, **more: Any) -> list[ImportReport]:
    return [report for name in names for report in centre.bring(case(name), **more)]


def figure(centre: Centre, key: str, month: str) -> Figure:
    return centre.figures(parse_period(month), key)[key]


def parts(centre: Centre, key: str, month: str) -> tuple[Any, Any]:
    found = figure(centre, key, month)
    return found.numerator, found.denominator


def person_days(centre: Centre, month: Month) -> tuple[Any, Any]:
    by = next(one.definition for one in list_forks("staffing_in_post_rate") if one.name == "person_days")
    with centre.database.engine.connect() as connection:
        [found] = compute_figures_by(connection, centre.code, [by], [month], NOW)
    return found[month].numerator, found[month].denominator


def rows(centre: Centre, sql: str) -> list[tuple[Any, ...]]:
    with centre.database.connect() as connection:
        return connection.execute(sql.replace("$c", f"'{centre.code}'")).fetchall()  # type: ignore[arg-type]


def bounded(figure: Figure, low: str, high: str) -> bool:
    return (figure.status, figure.low, figure.high) == (Status.PARTLY, Decimal(low), Decimal(high))


# ---- not told is not "no"


def test_words_nobody_knows_leave_their_rows_in_and_widen_the_bounds(centre: Centre) -> None:
    bring(centre, "y01_")
    assert parts(centre, "work_orders_opened", "2024-05")[0] == 51
    satisfied = figure(centre, "work_order_satisfaction_rate", "2024-05")
    assert satisfied.status is Status.PARTLY
    assert satisfied.low is not None and satisfied.high is not None
    assert satisfied.low < Decimal(62) and satisfied.high == Decimal(100)
    assert "满意度" in satisfied.reason


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("work_order_follow_up_rate", "回访时间"),
        ("work_order_resolution_rate", "是否解决"),
        ("work_order_satisfaction_rate", "满意度"),
        ("work_order_on_time_rate", "办结时限"),
    ],
)
def test_columns_that_are_not_there_show_no_figure_and_are_named(
    centre: Centre, key: str, title: str
) -> None:
    bring(centre, "y02_")
    found = figure(centre, key, "2024-05")
    assert (found.status, found.value) == (Status.UNVERIFIABLE, None)
    assert f"没有“{title}”一列" in found.reason


def test_a_roster_without_diplomas_and_tests_shows_neither_rate(centre: Centre) -> None:
    bring(centre, "r15_", "r12_rehire_202206")
    for key in ("qualification_verified_rate", "pre_job_pass_rate"):
        assert figure(centre, key, "2022-06").status is Status.UNVERIFIABLE


@pytest.mark.parametrize("name", ["y03_", "o10_"])
def test_an_unknown_type_of_order_is_asked_for_and_is_no_other(centre: Centre, name: str) -> None:
    bring(centre, name)
    [month] = {
        f"{day:%Y-%m}" for (day,) in rows(centre, "SELECT accepted_on FROM work_orders WHERE center_id = $c")
    }
    opened = figure(centre, "work_orders_opened", month)
    with centre.database.engine.connect() as connection:
        by_kind = break_down(
            connection, centre.code, "work_orders_opened", parse_period(month), "kind", figure=opened,
        )  # fmt: skip
    unsaid = {piece.label: piece.numerator for piece in by_kind.pieces}[UNSTATED]
    unknown = rows(
        centre, "SELECT count(*) FROM work_orders WHERE center_id = $c AND unknown LIKE '% kind %'"
    )
    assert unsaid == unknown[0][0] > 0
    assert figure(centre, "complaint_resolution_rate", month).status is not Status.VERIFIABLE


def test_rows_held_back_are_missing(centre: Centre) -> None:
    bring(centre, "c34_")
    found = figure(centre, "call_answer_rate", "2023-05")
    assert bounded(found, "75.60", "100.00"), (found.low, found.high, found.reason)


# ---- one number, one thing


@pytest.mark.parametrize(
    ("files", "within", "key", "shown"),
    [
        (("c04_serial",), "day", "call_answer_rate", {"2023-05": (3, 6)}),
        (("s03_ids_restart_2024-04", "s03_ids_restart_2024-05"), "month", "calls_inbound",
         {"2024-04": (5, None), "2024-05": (5, None)}),
        (("s02_",), "month", "calls_inbound", {"2024-04": (5, None), "2024-05": (5, None)}),
        (("c55_",), "month", "work_order_on_time_rate", {"2023-01": (1, 2), "2023-02": (1, 2)}),
    ],
)  # fmt: skip
def test_numbers_that_start_again_are_asked_about_and_then_told_apart(
    centre: Centre, files: tuple[str, ...], within: str, key: str, shown: dict[str, tuple[int, int | None]]
) -> None:
    asked = [report.question for report in bring(centre, *files)][-1]
    assert asked is not None and asked.within == within
    bring(centre, files[-1], answer=QuestionAnswer(new=True, within=within))
    assert {month: parts(centre, key, month) for month in shown} == shown


def test_vouchers_that_start_again_each_month_and_have_several_lines_are_all_paid(centre: Centre) -> None:
    bring(centre, "c08_voucher")
    assert figure(centre, "payment_on_time_rate", "2023-05").value == Decimal("75.00")
    assert parts(centre, "payment_on_time_rate", "2023-06") == (0, 2)
    [(paid,)] = rows(centre, "SELECT sum(amount_fen) FROM payments WHERE center_id = $c")
    assert paid == 188_000_00


def test_equal_rows_of_one_delivery_are_as_many_things(centre: Centre) -> None:
    bring(centre, "c43_")
    assert parts(centre, "training_attendance_rate", "2023-05") == (75, 80)
    for table, fen in (("payments", 17_000_00), ("budget", 20_000_00)):
        assert rows(centre, f"SELECT sum(amount_fen) FROM {table} WHERE center_id = $c") == [(fen,)]


def test_a_person_hired_again_has_two_stints_and_the_first_stays_as_it_was(centre: Centre) -> None:
    bring(centre, "r15_", "r16_", "r12_rehire_202206")
    before = person_days(centre, Month(2022, 6))
    assert before == (29, 90)
    bring(centre, "r12_rehire_202403")
    assert person_days(centre, Month(2022, 6)) == before
    assert parts(centre, "staffing_in_post_rate", "2024-03") == (1, 3)


def test_two_stints_in_one_file_are_two(centre: Centre) -> None:
    [report] = bring(centre, "r01_")
    assert report.question is None and report.total("accepted") == 2
    assert rows(centre, "SELECT count(*) FROM staff WHERE center_id = $c") == [(2,)]


def test_one_number_for_two_names_is_asked_about(centre: Centre) -> None:
    [report] = bring(centre, "r02_")
    assert report.question is not None
    assert rows(centre, "SELECT count(*) FROM staff WHERE center_id = $c") == [(0,)]


def test_numbers_that_differ_in_spelling_alone_are_asked_about(centre: Centre) -> None:
    [report] = bring(centre, "c23_")
    assert report.question is not None


@pytest.mark.parametrize(
    ("files", "key", "month"),
    [
        (("r14_", "r11_snap_202405", "r11_snap_202406"), "staffing_in_post_rate", "2024-06"),
        (("c48_",), "staffing_in_post_rate", "2023-06"),
    ],
)
def test_who_is_missing_from_the_next_full_list_is_asked_about(
    centre: Centre, files: tuple[str, ...], key: str, month: str
) -> None:
    reports = bring(centre, *files)
    assert any(table.missing for report in reports for table in report.tables)
    found = figure(centre, key, month)
    assert bounded(found, "66.66", "100.00"), (found.low, found.high, found.reason)


@pytest.mark.parametrize("name", ["n01_", "n02_"])
def test_a_personal_number_is_nowhere_in_the_log(centre: Centre, name: str) -> None:
    bring(centre, name)
    assert rows(centre, "SELECT count(*) FROM staff WHERE center_id = $c") == [(1,)]
    [(log,)] = rows(centre, "SELECT string_agg(events::text, ' ') FROM events WHERE center_id = $c")
    numbers = [
        cell
        for line in case(name).read_text("utf-8-sig").splitlines()
        for cell in line.split(",")
        if len(cell) >= 11 and cell[:-1].isdigit()
    ]
    assert numbers and not [number for number in numbers if number in log]


# ---- units and times


@pytest.mark.parametrize(
    ("name", "fen"),
    [
        *((f"u{number:02}_", 189_200_00) for number in (0, 1, 2, 3, 4, 6, 7, 9, 10)),
        ("t06_", 189_158_33),  # the unit stands in a line above the table
        ("t07_", 189_158_00),  # and below it
    ],
)
def test_amounts_in_wan_are_wan_however_the_unit_is_written(centre: Centre, name: str, fen: int) -> None:
    bring(centre, name)
    assert rows(centre, "SELECT amount_fen FROM payments WHERE center_id = $c") == [(fen,)]


@pytest.mark.parametrize(
    ("name", "talk_ms"), [("v00_", 120_000), ("v04_", 120_000), ("v07_", None), ("v20_", None)]
)
def test_durations_are_in_the_unit_of_their_title_and_never_longer_than_the_call(
    centre: Centre, name: str, talk_ms: int | None
) -> None:
    [report] = bring(centre, name)
    assert rows(centre, "SELECT talk_ms FROM calls WHERE center_id = $c") == [(talk_ms,)]
    assert report.total("doubtful") == (talk_ms is None)


def test_noon_and_midnight_of_the_twelve_hour_clock(centre: Centre) -> None:
    [report] = bring(centre, "d03_")
    entered = rows(centre, "SELECT entered_at FROM calls WHERE center_id = $c ORDER BY subject")
    assert datetime(2024, 5, 1, 0, 30, tzinfo=BEIJING) in {at for (at,) in entered}
    [problem] = report.tables[0].problems
    assert "晚上12:10" in problem.value and "分不清是当天还是第二天" in problem.sentence


def test_times_to_the_minute_show_no_seconds(centre: Centre) -> None:
    bring(centre, "w04_")
    found = figure(centre, "call_answer_within_15s_rate", "2024-05")
    assert found.status is not Status.VERIFIABLE


def test_the_end_of_a_day_is_on_that_day_and_a_refund_is_a_fact_of_its_own(centre: Centre) -> None:
    bring(centre, "c09_payments")
    assert parts(centre, "payment_on_time_rate", "2023-11") == (2, 3)
    assert parts(centre, "payment_on_time_rate", "2023-07") == (1, 1)
    [(paid,)] = rows(centre, "SELECT sum(amount_fen) FROM payments WHERE center_id = $c")
    assert paid == 5_800_00


def test_serial_days_of_a_1904_workbook(centre: Centre) -> None:
    centre.bring(case("c26_") / "工单_2023-06-30_mac.xlsx")
    accepted = rows(centre, "SELECT subject, accepted_at FROM work_orders WHERE center_id = $c ORDER BY 1")
    nine = datetime(2023, 5, 10, 9, tzinfo=BEIJING)
    assert accepted == [("work_order/W1", nine), ("work_order/W2", nine), ("work_order/W3", nine)]


def test_zeros_that_a_number_format_shows_are_part_of_the_number(centre: Centre) -> None:
    bring(centre, "c27_")
    subjects = {one for (one,) in rows(centre, "SELECT subject FROM work_orders WHERE center_id = $c")}
    assert "work_order/0000001" in subjects


def test_talk_longer_than_its_call_is_said_and_not_counted(centre: Centre) -> None:
    [report] = bring(centre, "c36_")
    assert report.total("doubtful") == 1
    assert parts(centre, "call_average_talk", "2023-05") == (1_200, 2)


def test_an_order_closed_before_it_was_accepted_is_said(centre: Centre) -> None:
    [report] = bring(centre, "o01_")
    assert any("早于受理时间" in problem.sentence for problem in report.tables[0].doubts)


def test_a_day_of_closing_without_a_time_is_in_order_on_the_day_of_acceptance(centre: Centre) -> None:
    for name in ("q01_", "c41_"):
        [report] = bring(centre, name)
        assert report.total("quarantined") == 0
    [(closed,)] = rows(centre, "SELECT count(*) FROM work_orders WHERE center_id = $c AND closed_at IS NULL")
    assert closed == 0


# ---- targets


def test_what_rounds_to_the_target_has_not_reached_it(centre: Centre) -> None:
    bring(centre, "c38_")
    key = "payment_on_time_amount_rate"
    found = figure(centre, key, "2023-06")
    judged = judge_by(Sense.AT_LEAST, Fraction(100), INDICATORS[key], found)
    assert found.value == Decimal("100.00") and judged is not None
    assert judged.attainment is Attainment.MISSED and "99.995" in judged.words


# ---- kept out, or let in at a loss


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("c05_", 2), ("c06_trailing", 2), ("c07_", 1), ("c08_eq", 1), ("c09_unescaped", 1), ("c10_cr", 2),
        ("c11_gbk", 1), ("c12_", 1), ("c16_", 1), ("c17_", 1), ("c18_talk", 1), ("c19_talk", 9),
        ("z01_", 20), ("z04_", 16), ("z11_", 1), ("k01_", 1), ("k02_", 1), ("k03_", 1), ("m01_", 1),
        ("m02_", 1), ("m04_", 1), ("w01_", 24), ("w10_", 20),
    ],
)  # fmt: skip
def test_sloppy_files_lose_no_call(centre: Centre, name: str, count: int) -> None:
    [report] = bring(centre, name)
    assert (report.total("accepted"), report.total("quarantined")) == (count, 0)
    assert rows(centre, "SELECT count(*) FROM calls WHERE center_id = $c") == [(count,)]


@pytest.mark.parametrize("name", ["z03_", "q02_", "q03_", "o05_"])
def test_a_cell_that_is_not_understood_costs_its_field_and_not_its_order(centre: Centre, name: str) -> None:
    [report] = bring(centre, name)
    assert report.total("quarantined") == 0 and report.total("accepted") > 0


def test_words_for_calls_that_nobody_took_are_known(centre: Centre) -> None:
    [report] = bring(centre, "w10_")
    assert report.total("doubtful") == 0
    assert rows(centre, "SELECT count(*) FROM calls WHERE center_id = $c AND outcome = 'other'") == [(0,)]


def test_people_without_numbers_are_known_by_name_and_day(centre: Centre) -> None:
    bring(centre, "r04_")
    [(subject,)] = rows(centre, "SELECT subject FROM staff WHERE center_id = $c")
    assert not any("一" <= sign <= "鿿" for sign in subject)


def test_a_day_of_which_only_the_month_is_known_is_asked_for(centre: Centre) -> None:
    [report] = bring(centre, "r05_")
    assert all("只写到月" in problem.sentence for problem in report.tables[0].problems)


def test_staffing_shows_where_only_roster_and_posts_are_delivered(centre: Centre) -> None:
    bring(centre, "r14_", "r11_snap_202405")
    with centre.database.engine.begin() as connection:
        results.bring_up_to_date(connection, centre.code, NOW)
        shown = {one.indicator: one for one in results.read_period(connection, centre.code, Month(2024, 5))}
    assert shown["staffing_in_post_rate"].value == Decimal("100.00")


def test_day_and_time_in_two_columns_are_joined_by_the_profile(centre: Centre, home: Path) -> None:
    (home / "profiles").mkdir(parents=True, exist_ok=True)
    told = 'kind = "calls"\nsignature = ["日期", "时间"]\n[joined]\nentered_at = ["日期", "时间"]\n'
    (home / "profiles" / "two_columns.toml").write_text(told, "utf-8")
    bring(centre, "d05_")
    entered = rows(centre, "SELECT entered_at FROM calls WHERE center_id = $c")
    assert entered == [(datetime(2024, 5, 1, 8, 3, 5, tzinfo=BEIJING),)]


def test_a_day_written_so_that_it_may_be_two_is_held_back_with_the_remedy(centre: Centre) -> None:
    [report] = bring(centre, "d04_")
    held = [problem for problem in report.tables[0].problems if problem.costs_row]
    assert held and all("请" in problem.sentence for problem in held)


# ---- recognition does not guess


@pytest.mark.parametrize("name", ["d06_", "q07_", "w09_"])
def test_what_may_be_something_else_is_asked_and_not_taken(centre: Centre, name: str) -> None:
    with pytest.raises(TableUnknown):
        bring(centre, name)


def test_the_first_job_ever_is_not_the_day_of_joining_the_centre(centre: Centre) -> None:
    bring(centre, "r10_")
    assert rows(centre, "SELECT joined_on FROM staff WHERE center_id = $c") == [(date(2023, 3, 1),)]


def test_a_cancelled_order_is_not_open(centre: Centre) -> None:
    bring(centre, "q04_")
    state = "SELECT count(*) FROM work_orders WHERE center_id = $c AND closed_at IS NULL AND NOT cancelled"
    assert rows(centre, state) == [(0,)]


# ---- orders and time


def test_an_extension_after_the_breach_does_not_undo_it(centre: Centre) -> None:
    bring(centre, "c18_extended")
    assert parts(centre, "work_order_on_time_rate", "2023-05") == (1, 2)


def test_an_order_is_late_for_the_unit_that_held_it_when_it_fell_due(centre: Centre) -> None:
    """R1 was closed by 甲局 and sent back after the deadline; R2 was 乙局's for the last half hour."""
    bring(centre, "c19_reopen")
    held = by_unit(centre, "2023-05", held_by=True)
    assert by_unit(centre, "2023-05") == {"甲局": (0, 1), "乙局": (0, 1)}
    assert held == {"甲局": (3, Fraction(96 + 144 + 175, 3)), "乙局": (1, Fraction(81, 2))}


@pytest.mark.parametrize(
    ("pauses", "on_time", "due_on"),
    [(None, (0, 1), date(2023, 5, 15)), ("keep", (0, 1), date(2023, 5, 15)),
     ("extend", (1, 1), date(2023, 5, 19))],
)  # fmt: skip
def test_the_rule_of_the_centre_says_whether_pauses_move_the_deadline(
    centre: Centre, home: Path, pauses: str | None, on_time: tuple[int, int], due_on: date
) -> None:
    (home / "profiles").mkdir(parents=True, exist_ok=True)
    rule = f'\n[deadline]\npauses = "{pauses}"' if pauses else ""
    (home / "profiles" / "own.toml").write_text(f'kind = "work_orders"\ndefault = true{rule}\n')
    bring(centre, "c47_")
    assert parts(centre, "work_order_on_time_rate", "2023-05") == on_time
    state = "SELECT due_on, paused, prolonged FROM work_orders WHERE center_id = $c"
    assert rows(centre, state) == [(due_on, 1, pauses == "extend")]


def test_a_rule_that_pauses_move_the_deadline_leaves_a_late_order_in_doubt_until_its_steps_are_told(
    centre: Centre, home: Path
) -> None:
    (home / "profiles").mkdir(parents=True, exist_ok=True)
    (home / "profiles" / "own.toml").write_text(
        'kind = "work_orders"\ndefault = true\n[deadline]\npauses = "extend"\n'
    )
    titles = ("工单编号", "受理时间", "诉求类型", "办结时限", "办结时间")
    centre.take_in("工单.csv", titles, [
        ("PA1", "2023-05-08 09:00:00", "投诉", "2023-05-15 18:00:00", "2023-05-17 10:00:00"),
        ("PA2", "2023-05-08 09:00:00", "投诉", "2023-05-15 18:00:00", "2023-05-12 10:00:00"),
    ])  # fmt: skip
    found = figure(centre, "work_order_on_time_rate", "2023-05")
    assert (found.status, found.numerator, found.denominator) == (Status.PARTLY, 1, 1)
    assert "工单有1行没有“暂停时长”" in found.reason
    centre.bring(next(case("c47_").glob("工单流转记录*")))
    assert parts(centre, "work_order_on_time_rate", "2023-05") == (2, 2)


def by_unit(centre: Centre, month: str, *, held_by: bool = False) -> dict[str | None, tuple[int, Any]]:
    with centre.database.engine.connect() as connection:
        about = connection, centre.code, parse_period(month), date(2024, 11, 21)
        if held_by:
            return {one.unit: (one.count, one.mean_hours) for one in read_unit_holdings(*about).units()}
        return {one.unit: (one.on_time, one.due) for one in read_unit_bands(*about).units()}


def test_of_legs_that_begin_at_once_the_answered_one_counts(centre: Centre, home: Path) -> None:
    (home / "profiles").mkdir(parents=True, exist_ok=True)
    (home / "profiles" / "nolegno.toml").write_bytes((case("c06_legs") / "nolegno.toml").read_bytes())
    centre.bring(case("c06_legs") / "x_2023-05-10.csv")
    assert parts(centre, "call_answer_rate", "2023-05") == (1, 1)


def test_a_deadline_before_acceptance_is_none(centre: Centre) -> None:
    bring(centre, "o01_")
    early = "SELECT count(*) FROM work_orders WHERE center_id = $c AND deadline_at < accepted_at"
    assert rows(centre, early) == [(0,)]


def test_a_month_by_post_is_as_it_was_then(centre: Centre) -> None:
    bring(centre, "c37_")
    assert parts(centre, "staffing_in_post_rate", "2023-04") == (3, 3)


def test_a_renamed_post_is_in_doubt_until_it_is_told(centre: Centre) -> None:
    bring(centre, "c15_post")
    found = figure(centre, "staffing_in_post_rate", "2023-12")
    assert found.status is Status.PARTLY and found.high == Decimal("100.00"), found.reason
