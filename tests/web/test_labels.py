"""Every name of the log has a Chinese one."""

import re
from pathlib import Path

from kpi.figures.sources import SOURCES
from kpi.handover.package.evidence_index import FACT_TITLES
from tracker.events import TYPES
from tracker.facts import FACTS
from web import labels

GLOSSARY = (Path(__file__).parents[2] / "GLOSSARY.md").read_text(encoding="utf-8")


def test_every_event_type_is_named_as_in_the_glossary():
    told = dict(re.findall(r"\| (\S+) \| [^|]+ \| `(\w+\.\w+)` \|", GLOSSARY))
    assert {code: name for name, code in told.items()} | labels.TYPES == labels.TYPES
    assert labels.TYPES.keys() == TYPES.keys()


def test_every_field_of_events_and_facts_has_a_name():
    of_events = {name for kind in TYPES.values() for name in kind.__dataclass_fields__}
    of_facts = {column.name for fact in FACTS for column in fact.table.columns}
    inner = {"type", "source", "milestone", "center_id", "subject", "seq"}
    assert (of_events | of_facts) - inner <= labels.FIELDS.keys()


def test_every_kind_of_thing_has_a_name():
    assert {fact.kind for fact in FACTS} <= labels.KINDS.keys()


def test_every_fact_table_has_a_name_in_the_evidence_index():
    assert FACT_TITLES.keys() == {fact.name for fact in FACTS}


def test_every_source_has_the_name_it_has_among_the_figures():
    named = {kind.source for kind in TYPES.values()}
    assert named <= labels.SOURCES.keys()
    same = {key: source.title for key, source in SOURCES.items() if source.delivery == key}
    assert {key: labels.SOURCES[key] for key in same} == same
