"""The menu: five groups in the head, and the pages of the present one below them."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.web.conftest import ROLES, app_of, signed_in_client
from tests.web.test_browser import browser, fits, screen, server
from tracker.database import Database
from web.access.rights import Role

__all__ = ["browser", "screen", "server"]

GROUPS = ["首页", "指标", "数据", "月度审核", "评价"]
DATA = ["报送日历", "导入记录", "问题数据"]
_NAV = re.compile(r'<nav class="(top|sub)-nav"[^>]*aria-label="([^"]+)">(.*?)</nav>', re.DOTALL)
_LINK = re.compile(r'<a href="([^"]+)"( aria-current="[a-z]+")?>([^<]+)</a>')


@pytest.fixture(scope="module")
def app(peopled: Database) -> Flask:
    return app_of(peopled)


def read_menu(app: Flask, role: Role, address: str) -> dict[str, dict[str, tuple[str, bool]]]:
    """The titles of a page's menus with where they lead and whether they are the present ones, by label."""
    answer = signed_in_client(app, ROLES[role]).get(address)
    assert answer.status_code == 200, address
    return {
        label: {title: (where, bool(present)) for where, present, title in _LINK.findall(links)}
        for _, label, links in _NAV.findall(unescape(answer.text))
    }


def list_present(links: dict[str, tuple[str, bool]]) -> list[str]:
    return [title for title, (_, present) in links.items() if present]


@pytest.mark.parametrize("role", [Role.CLERK, Role.MANAGER, Role.APPROVER, Role.EVALUATOR])
def test_the_bar_shows_five_groups_to_every_role(app: Flask, role: Role):
    menus = read_menu(app, role, "/tlf/2023/")
    assert [*menus["栏目"]] == GROUPS
    assert list_present(menus["栏目"]) == ["指标"]
    assert [*menus["指标"]] == ["总览", "运行分析", "口径"]
    assert list_present(menus["指标"]) == ["总览"]


@pytest.mark.parametrize(
    ("address", "group", "page"),
    [
        ("/tlf/2023-08/call_answer_rate/numerator", "指标", "总览"),
        ("/tlf/2023/analysis/arrivals", "指标", "运行分析"),
        ("/tlf/definitions/call_answer_rate", "指标", "口径"),
        ("/tlf/imports/", "数据", "导入"),
        ("/tlf/days/2023-08-12", "数据", "填报"),
        ("/tlf/2023/coverage", "数据", "报送日历"),
        ("/tlf/2023/controls/matrix", "评价", "佐证材料"),
        ("/tlf/2023/evaluation/", "评价", "评分"),
        ("/tlf/2023-08/review", "评价", "核验"),
        ("/tlf/2023/exports", "评价", "导出"),
    ],
)
def test_a_page_stands_in_its_group(app: Flask, address: str, group: str, page: str):
    menus = read_menu(app, Role.MANAGER, address)
    assert list_present(menus["栏目"]) == [group]
    assert list_present(menus[group]) == [page]


@pytest.mark.parametrize(("address", "group"), [("/tlf/tasks", "首页"), ("/tlf/2023-08/closing", "月度审核")])
def test_a_group_of_one_page_has_no_second_line(app: Flask, address: str, group: str):
    menus = read_menu(app, Role.EVALUATOR, address)
    assert [*menus] == ["栏目"]
    assert list_present(menus["栏目"]) == [group]


def test_a_group_offers_only_what_the_person_may_open(app: Flask):
    assert [*read_menu(app, Role.CLERK, "/tlf/2023/coverage")["数据"]] == ["填报", "导入", *DATA]
    assert [*read_menu(app, Role.EVALUATOR, "/tlf/2023/coverage")["数据"]] == DATA
    assert [*read_menu(app, Role.CLERK, "/tlf/2023/evaluation/")["评价"]] == ["评分", "佐证材料"]


@pytest.mark.parametrize("role", [Role.CLERK, Role.EVALUATOR])
def test_every_item_of_the_menu_opens_and_stands_in_its_group(app: Flask, role: Role):
    client, bar = signed_in_client(app, ROLES[role]), read_menu(app, role, "/tlf/2023/")["栏目"]
    for group, (where, _) in bar.items():
        answer = client.get(where, follow_redirects=True)
        menus = read_menu(app, role, answer.request.path)
        assert list_present(menus["栏目"]) == [group]
        for title, (below, _) in menus.get(group, {}).items():
            opened = client.get(below, follow_redirects=True)
            assert opened.status_code == 200, below
            assert list_present(read_menu(app, role, opened.request.path)[group]) == [title]


def _list_boxes(page: Page) -> Iterator[tuple[str, float, float]]:
    """The text, left and right edge of each item."""
    for link in page.locator(".top-nav a, .sub-nav a").all():
        box = link.bounding_box()
        assert box is not None
        yield link.inner_text(), box["x"], box["x"] + box["width"]


@pytest.mark.browser
@pytest.mark.parametrize("address", ["/tlf/2023/exports", "/tlf/quarantine/", "/tlf/definitions/"])
def test_every_item_of_the_menu_is_within_the_window(screen: Page, address: str):
    screen.goto(address)
    assert fits(screen)
    size = screen.viewport_size
    assert size is not None
    for title, left, right in _list_boxes(screen):
        assert 0 <= left < right <= size["width"], title
