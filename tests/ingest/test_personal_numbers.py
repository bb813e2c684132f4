"""A number that is a person's never reaches the log, whatever column it stands in."""

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql

from tests.ingest.conftest import NOW, Import
from tests.ingest.tables import csv_file
from tracker import centers, log
from tracker.database import Database
from tracker.events.calls import CallEnded
from tracker.log.appending import PersonalNumberProblem
from tracker.personal_numbers import CARD, PHONE, classify_number, may_hold_personal
from tracker.personal_text import find_numbers
from tracker.vault import Vault

CARD_NO = "11010119900307765X"
MOBILE = "13800001234"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (MOBILE, PHONE),
        (CARD_NO, CARD),
        (CARD_NO.lower(), CARD),
        ("110101199013077651", None),  # no such day
        ("110101202303077651", None),  # a serial number of this year
        ("12345678901", None),
        ("138000012345", None),
        ("2023080100023932", None),
    ],
)
def test_what_a_personal_number_is(text: str, kind: str | None) -> None:
    assert classify_number(text) == kind


@given(st.text("0123456789xXa/", max_size=20))
def test_the_quick_look_finds_whatever_is_one(text: str) -> None:
    if any(classify_number(part) for part in (text, *text.split("/"))):
        assert may_hold_personal(f'{{"a":"x","b":"{text}"}}')
        assert may_hold_personal(f"call/{text}")


@pytest.mark.parametrize(
    ("header", "row", "field", "number"),
    [
        ("序号,姓名,岗位名称,身份证号,入职时间", f"1,张三,话务员,{CARD_NO},2020-01-01", "身份证号", CARD_NO),
        ("手机号,姓名,岗位,入职日期", f"{MOBILE},张三,话务员,2020-01-01", "手机号", MOBILE),
    ],
)
def test_a_personal_number_in_the_place_of_a_staff_number_is_a_token(
    imported: Import, database: Database, home: Path, tmp_path: Path,
    header: str, row: str, field: str, number: str,
) -> None:  # fmt: skip
    (home / "profiles").mkdir(parents=True)
    (home / "profiles" / "own.toml").write_text(f'kind = "roster"\n[columns]\nstaff_no = "{field}"')
    for name in ("花名册_2023-05.csv", "花名册_2023-06.csv"):  # the second list means the same person
        imported(csv_file(tmp_path, header, row, name=name), profile="own")
    with database.connect() as connection:
        everything = connection.execute("SELECT string_agg(subject || data, '') FROM events").fetchone()
        people = connection.execute("SELECT staff_no FROM staff").fetchall()
        values = Vault(b"k" * 32).read_values(connection, "c1", [people[0][0]])
    assert everything is not None
    assert number not in everything[0]
    assert len(people) == 1
    assert [*values.values()] == [number]


def test_a_call_known_by_a_telephone_number_is_known_by_its_token(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    header = "流水号,呼叫类型,进入系统时间,进入队列时间,坐席应答时间,坐席工号"
    rows = [f"{MOBILE},呼入,2023-05-10 10:00:00,,,8001", f"c2,呼入,2023-05-10 10:01:00,,,{MOBILE}"]
    (table,) = imported(csv_file(tmp_path, header, *rows)).tables
    with database.connect() as connection:
        everything = connection.execute("SELECT string_agg(subject || data, '') FROM events").fetchone()
    assert everything is not None
    assert (table.new, MOBILE in everything[0], "phone-" in everything[0]) == (2, False, True)


ORDERS = "工单编号,受理时间,诉求分类,承办单位,办结时间"


def read_everything(database: Database) -> str:
    """All that stands in the log, among the facts and in the quarantine."""
    with database.connect() as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'people'"
        ).fetchall()
        return "".join(
            str(connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).fetchall())
            for (name,) in tables
        )


@pytest.mark.parametrize(
    "written",
    ["13812345678", "138 1234 5678", "１３８１２３４５６７８", "+8613812345678", "一三八一二三四五六七八"],
)
def test_no_table_holds_a_number_that_stood_in_a_text(
    imported: Import, database: Database, tmp_path: Path, written: str
) -> None:
    topic, unit = f"张三丰电话{written}反映噪音", "市城管局"
    rows = [
        f"g1,2023-05-10 10:00:00,{topic},{unit}{written},2023-05-10 11:00:00",
        f"g2,五月十日{written},噪音,{unit},",
    ]
    report = imported(csv_file(tmp_path, ORDERS, *rows, name=f"工单_2023-05_{written}.csv"))
    everything = read_everything(database)
    assert report.tables[0].rows == 2
    assert not [one for one in (written, "13812345678") if one in everything]
    with database.connect() as connection:
        assert find_numbers(everything.replace("'", "\n")) == []
        (topic,) = connection.execute("SELECT topic FROM work_orders WHERE subject ~ 'g1'").fetchone() or (
            "",
        )
        (value,) = connection.execute("SELECT value FROM quarantine").fetchone() or ("",)
        token = topic.removeprefix("张三丰电话〔").removesuffix("〕反映噪音")
        assert Vault(b"k" * 32).read_values(connection, "c1", [token]) == {token: "13812345678"}
    assert "****" in value


def test_a_callers_number_has_one_token_in_its_column_and_in_a_text(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    calls = "流水号,呼叫类型,主叫号码,进入系统时间,进入队列时间,坐席应答时间,技能组"
    row = f"c1,呼入,{MOBILE},2023-05-10 10:00:00,,,转{MOBILE}组"
    imported(csv_file(tmp_path, calls, row))
    with database.connect() as connection:
        [(data,)] = connection.execute("SELECT data FROM events WHERE type = 'call.ended'").fetchall()
    event = orjson.loads(data)
    assert event["skill_group"] == f"转〔{event['caller']}〕组"


def test_the_log_refuses_what_is_a_persons_number(database: Database) -> None:
    call = CallEnded(
        call_id=MOBILE, direction="inbound", entered_at=NOW, queued_at=None, rang_at=None, answered_at=None,
        ended_at=None, talk_ms=None, outcome=None, agent=None, skill_group=None, caller=None, rating=None,
    )  # fmt: skip
    with database.connect() as connection:
        centers.create_center(connection, "c1", "c1", now=NOW)
        with (
            pytest.raises(PersonalNumberProblem, match="没有写入"),
            log.appending(connection, "c1", delivery=None, as_of=NOW, recorded_at=NOW) as appending,
        ):
            appending.add([(call, None)])


def test_people_without_numbers_are_known_by_name_and_day_of_joining(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    header = "序号,姓名,岗位,学历,入职时间,离职时间"
    rows = (
        "1,张三,话务员,本科,2020-01-01,",
        "2,李四,话务员,本科,2021-03-01,",
        "3,张三,班长,本科,2022-05-01,",
    )
    for name in ("花名册_2023-05.csv", "花名册_2023-06.csv"):
        assert imported(csv_file(tmp_path, header, *rows, name=name)).question is None
    with database.connect() as connection:
        found = connection.execute("SELECT count(*), count(DISTINCT subject) FROM staff").fetchone()
        names = connection.execute("SELECT 1 FROM events WHERE data LIKE '%张三%'").fetchall()
    assert (found, names) == ((3, 3), [])
