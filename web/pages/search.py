"""The search of the head: indicators, pages, numbers of orders and staff, codes of figures (溯源码)."""

from collections.abc import Iterator

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.access import Right, allowed
from web.access.guard import get_session
from web.pages.analysis.tabs import TABS
from web.pages.documents import TABS as EVIDENCE_TABS
from web.pages.frame import PageFrame, make_asked_frame
from web.searching import (
    LONGEST,
    SearchResult,
    find_figures,
    find_indicators,
    find_pages,
    find_things,
    is_code,
    list_figures,
    make_figure_address,
)

pages = Blueprint("search", __name__)


@pages.get("/-/search/")
@allowed(Right.SEE_FIGURES)
def find() -> str | Response:
    """Leads to the figure of a code; else lists what was found, by kind, at the centre one comes from."""
    typed, around = request.args.get("q", "").strip()[:LONGEST], make_asked_frame()
    figures = find_figures(typed)
    things = find_things(typed, [one.center_id for one in get_session().centers]) if typed else []
    if len(figures) == 1 and not things:
        return redirect(make_figure_address(figures[0]))
    groups = {
        "溯源码": list_figures(figures),
        "编号": things,
        "指标": _list_indicators(around, typed) if around else [],
        "页面": find_pages(typed, _list_pages(around)) if around else [],
    }
    return render_template(
        "search.html",
        frame=around,
        typed=typed,
        groups=[(title, found) for title, found in groups.items() if found],
        code_unknown=is_code(typed) and not figures,
        names={one.center_id: one.name for one in get_session().centers},
    )


def _list_indicators(around: PageFrame, typed: str) -> list[SearchResult]:
    code, year = around.center.center_id, around.year
    return [
        SearchResult(one.title, url_for("indicator.indicator", center=code, year=year, key=one.key))
        for one in find_indicators(typed)
    ]


def _list_pages(around: PageFrame) -> Iterator[SearchResult]:
    """The pages of the menu, and those beside them as tabs."""
    for group in around.menu:
        yield from (SearchResult(page.title, page.address, group.title) for page in group.pages)
    code, year = around.center.center_id, around.year
    for endpoint, title in TABS:
        yield SearchResult(title, url_for(endpoint, center=code, period=year), "运行分析")
    for endpoint, title in EVIDENCE_TABS:
        yield SearchResult(title, url_for(endpoint, center=code, year=year), "佐证材料")
