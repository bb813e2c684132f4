"""Every name of the log has a Chinese one."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from tracker.events import SOURCES, THINGS, TYPES, Event, find_title
from tracker.events.title import Title, collect_titles
from tracker.facts import FACTS
from web import labels

GLOSSARY = (Path(__file__).parents[2] / "GLOSSARY.md").read_text(encoding="utf-8")


def test_every_event_type_is_named_as_in_the_glossary():
    told = {code: name for name, code in re.findall(r"\| (\S+) \| [^|]+ \| `(\w+\.\w+)` \|", GLOSSARY)}
    assert told == {key: declared.type_title for key, declared in TYPES.items()}


@pytest.mark.parametrize("declared", TYPES.values(), ids=TYPES)
def test_every_field_of_an_event_type_has_a_title(declared: type[Event]):
    assert {one.name for one in fields(declared)} == collect_titles(declared).keys()


def test_every_column_of_a_fact_has_a_title():
    own = {"center_id", "subject", "seq"}
    assert not [
        f"{fact.name}.{column.name}"
        for fact in FACTS
        for column in fact.table.columns
        if column.name not in own and not column.doc
    ]


def test_every_thing_and_source_has_a_name():
    assert {fact.kind for fact in FACTS} <= THINGS.keys()
    assert {declared.source for declared in TYPES.values()} == SOURCES.keys()


def test_a_field_is_called_as_it_is_declared_wherever_it_is_shown():
    assert labels.label_column("talk_ms", "call/c1") == find_title("talk_ms", "call.ended").text == "通话时长"
    assert find_title("talk_ms", "call.ended").of_bare == "通话时长（毫秒）"
    assert (
        labels.label_column("caller", "call/c1")
        == find_title("caller", "call.ended").of_logged
        == "主叫号码（脱敏标识）"
    )
    assert labels.label_column("returned", "survey_issue/s") == "回收份数"
    assert labels.label_column("returned", "work_order/w") == "退单次数"
    assert labels.label_column("nobody_knows", "work_order/w") == "nobody_knows"
    assert find_title("nobody_knows", "call.ended") == Title("nobody_knows")


def test_codes_are_words_where_their_field_says_so():
    assert labels.label_code("outcome", "ivr_abandoned") == "导航放弃"
    assert labels.label_code("movement", "returned") == "财政收回"
    assert labels.label_code("decision", "rejected") == "已驳回"
    assert labels.label_code("verdict", "rejected") == "不认可"
    assert labels.label_code("source", "work_orders") == "工单"
    assert labels.label_code("remark", "rejected") == "rejected"
