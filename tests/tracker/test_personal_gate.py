"""The gate before the log: in no field of no event a person's number stands, however it is written."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args, get_origin, get_type_hints

import orjson
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.spelling import Number, sentences
from tracker import centers, log
from tracker.database import Database
from tracker.events import TYPES, Event
from tracker.events.ledger import EventVoided
from tracker.events.times import BEIJING
from tracker.events.title import collect_titles
from tracker.events.work_orders import WorkOrderAccepted, WorkOrderCancelled
from tracker.log.appending import PersonalNumberProblem
from tracker.log.personal_events import replace_personal
from tracker.log.prepared_events import PreparedEvent, prepare_event
from tracker.personal_text import find_numbers
from tracker.vault import Vault, use_vault

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=BEIJING)
TOPIC = "张三丰电话138 1234 5678反映噪音"
VAULT = Vault(b"k" * 32)


def token(kind: str, _: str) -> str:
    return f"{kind}-{'0' * 24}"


def make_example(kind: type[Event], field: str, text: str) -> Event:
    """An event of a type, with a text in one of its fields."""
    hints = get_type_hints(kind)
    values = {one.name: make_value(hints[one.name], "x") for one in fields(kind)}
    return kind(**values | {field: make_value(hints[field], text)})


def make_value(hint: Any, text: str) -> Any:
    plain = {datetime: NOW, date: NOW.date(), int: 1, bool: True, Decimal: Decimal(1), str: text}
    parts = [part for part in get_args(hint) if part is not type(None)]
    if get_origin(hint) is dict:
        return {text: text, "in": [text]}
    if get_origin(hint) is list:
        return [text]
    if hint in plain:
        return plain[hint]
    return make_value(parts[0], text) if parts else None


def list_text_fields(*, codes: bool) -> list[tuple[str, str]]:
    """Type and field of each text of each event; `codes`: those that identify things, or the others."""
    found = []
    for name, kind in TYPES.items():
        hints, titles = get_type_hints(kind), collect_titles(kind)
        for field, title in titles.items():
            if "str" in str(hints[field]) and title.code == codes:
                found.append((name, field))
    return found


def walk(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from walk(one)
    elif isinstance(value, list):
        for one in value:
            yield from walk(one)


def list_numbers(ready: PreparedEvent) -> list[Any]:
    """The personal numbers in an event as the log would have it."""
    texts = [*walk(orjson.loads(ready.text)), ready.subject, ready.slot]
    return [number for text in texts for number in find_numbers(text)]


def test_there_are_free_texts_and_identifiers():
    assert ("work_order.accepted", "topic") in list_text_fields(codes=False)
    assert ("work_order.cancelled", "reason") in list_text_fields(codes=False)
    assert ("delivery.imported", "file_name") in list_text_fields(codes=False)
    assert ("work_order.accepted", "order_id") in list_text_fields(codes=True)


@given(st.sampled_from(list_text_fields(codes=False)), sentences())
def test_no_text_of_any_event_holds_a_number(field: tuple[str, str], drawn: tuple[Number, str]):
    event = make_example(TYPES[field[0]], field[1], drawn[1])
    assert list_numbers(replace_personal(prepare_event(event, None), token)) == []


@pytest.mark.parametrize(("kind", "field"), list_text_fields(codes=True))
def test_no_identifier_of_any_event_holds_a_mobile_number(kind: str, field: str):
    event = make_example(TYPES[kind], field, "13812345678")
    ready = replace_personal(prepare_event(event, None), token)
    assert b"13812345678" not in ready.text
    assert "13812345678" not in ready.subject + ready.slot


@pytest.fixture
def center(database: Database) -> Database:
    """A database of an instance with a vault, and a centre in it."""
    use_vault(database, VAULT)
    with database.connect() as connection:
        centers.create_center(connection, "c1", "c1", now=NOW)
    return database


def append(connection: psycopg.Connection[Any], *events: Event) -> None:
    with log.appending(connection, "c1", delivery=None, as_of=NOW, recorded_at=NOW) as appending:
        appending.add([(event, None) for event in events])


def test_a_topic_a_reason_and_a_note_hold_tokens_and_the_vault_the_numbers(center: Database):
    topic = make_example(WorkOrderAccepted, "topic", TOPIC)
    reason = make_example(WorkOrderCancelled, "reason", "来电人１３９１２３４５６７８要求撤单")
    voiding = EventVoided(
        event_seq=1, delivery=None, reason="一三八一二三四五六七八重复", voided_by="张三", voided_at=NOW
    )
    with center.connect() as connection:
        append(connection, topic, reason)
        append(connection, voiding)
    with center.connect() as connection:
        own = VAULT.of(connection, "c1")
        first, second = own.token("phone", "13812345678"), own.token("phone", "13912345678")
        rows = connection.execute("SELECT data FROM events ORDER BY seq").fetchall()
        values = VAULT.read_values(connection, "c1", [first, second])
        assert log.verify(connection, "c1").problem is None
    texts = [orjson.loads(data) for (data,) in rows]
    assert texts[0]["topic"] == f"张三丰电话〔{first}〕反映噪音"
    assert texts[1]["reason"] == f"来电人〔{second}〕要求撤单"
    assert texts[2]["reason"] == f"〔{first}〕重复"
    assert values == {first: "13812345678", second: "13912345678"}


def test_facts_hold_the_token_too(center: Database):
    with center.connect() as connection:
        append(connection, make_example(WorkOrderAccepted, "topic", TOPIC))
    with center.connect() as connection:
        (topic,) = connection.execute("SELECT topic FROM work_orders").fetchone() or ("",)
    assert topic.startswith("张三丰电话〔phone-") and topic.endswith("〕反映噪音")


def test_the_same_text_again_adds_nothing(center: Database):
    for _ in range(2):
        with center.connect() as connection:
            append(connection, make_example(WorkOrderAccepted, "topic", TOPIC))
    with center.connect() as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (1,)


def test_without_a_vault_nothing_is_written(database: Database):
    with database.connect() as connection:
        centers.create_center(connection, "c1", "c1", now=NOW)
        with pytest.raises(PersonalNumberProblem, match="没有写入"):
            append(connection, make_example(WorkOrderAccepted, "topic", TOPIC))
