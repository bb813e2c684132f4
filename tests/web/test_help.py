"""The help page: the first day of each role, and the terms in plain words."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from kpi.figures.figure import Status
from tests.web.conftest import ROLES, add, app_of, grant, signed_in_client
from tracker.database import Database
from web.access.rights import ADMINISTRATORS, Role
from web.first_day import FIRST_DAY
from web.terms import GROUPS, TERMS

_STEP = re.compile(r'<li><a href="([^"]+)">([^<]+)</a>：([^<]+)</li>')


@pytest.fixture(scope="module")
def app(peopled: Database) -> Flask:
    return app_of(peopled)


@pytest.mark.parametrize("role", [*Role])
def test_each_role_is_led_through_a_first_day_by_links_that_open(app: Flask, role: Role):
    client = signed_in_client(app, ROLES[role])
    where = "" if role in ADMINISTRATORS else "?center=tlf&year=2023"
    text = unescape(client.get(f"/-/help/{where}").text)
    assert f"第一天：{role.label}" in text
    found = _STEP.findall(text)
    assert [(title, words) for _, title, words in found] == [
        (one.title, one.words) for one in FIRST_DAY[role]
    ]
    for address, title, _ in found:
        assert client.get(address, follow_redirects=True).status_code == 200, title


def test_the_links_are_of_the_centre_and_year_that_one_comes_from(app: Flask):
    client = signed_in_client(app, ROLES[Role.MANAGER])
    page = client.get("/small/2024/").text
    assert 'href="/-/help/?center=small&amp;year=2024"' in page
    assert 'href="/small/2024/closing"' in client.get("/-/help/?center=small&year=2024").text


def test_whoever_sees_no_centre_yet_reads_what_to_do_without_links(database: Database):
    add(database, "clerk", grant(Role.CLERK))
    text = signed_in_client(app_of(database), "clerk").get("/-/help/").text
    assert "<b>填报</b>：填昨天的数字" in text
    assert "零报告是有人确认" in text


def test_every_term_is_explained_in_few_sentences():
    anchors = [term.anchor for _, terms in GROUPS for term in terms]
    assert len(anchors) == len({*anchors}) == len(TERMS)
    for term in TERMS.values():
        assert term.meaning.endswith("。")
        assert 1 <= f"{term.meaning}{term.consequence}".count("。") <= 2, term.title
    assert {status.value for status in Status} <= TERMS.keys()


def test_a_term_on_a_page_leads_to_its_place_and_says_the_same_there(page: Callable[[str], str]):
    overview, help_page = page("/tlf/2023/"), page("/-/help/")
    for title in ("数据完整率", "数据状态"):
        term = TERMS[title]
        link = f'<a class="term" href="/-/help/#{term.anchor}" title="{term.meaning}">{title}</a>'
        assert link in overview
        assert f'<div id="{term.anchor}"><dt>{title}</dt><dd>{term.meaning}' in help_page
    assert f'title="{TERMS["溯源码"].meaning}"' in overview
