"""Going through a page by keyboard alone, as somebody does who has no mouse."""

from typing import Any

from playwright.sync_api import Page

_FAR = 250  # stops
_SEGMENTS = 8  # of one field of date and time
_HERE = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const style = getComputedStyle(here), box = here.getBoundingClientRect();
    const drawn = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
        || style.boxShadow !== 'none';
    const label = here.labels && here.labels.length ? here.labels[0] : null;
    const name = label ? label.innerText : here.getAttribute('aria-label') || here.innerText || here.value;
    return {
        place: [...document.querySelectorAll('*')].indexOf(here),
        name: (name || '').trim(),
        tag: here.tagName,
        tabindex: here.tabIndex,
        seen: drawn && box.width > 0 && box.height > 0
            && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}"""


_PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


def wait_for_paint(page: Page) -> None:
    """Waits until the page was drawn: a browser drops the keys pressed before."""
    page.wait_for_load_state()
    assert page.evaluate(_PAINTED)


def here(page: Page) -> dict[str, Any] | None:
    """Where the focus is; None: nowhere."""
    return page.evaluate(_HERE)


def tab_to(page: Page, name: str) -> None:
    """Tabs on to the control whose name begins so.

    Every stop on the way can be seen, is left again, and comes in the order of the page.
    """
    start = here(page)
    last, times = (start["place"], 1) if start else (-1, 0)
    passed = []
    for _ in range(_FAR):
        page.keyboard.press("Tab")
        found = here(page)
        if found is None:
            last = -1  # around the end of the page
            continue
        passed.append(found["name"][:12])
        assert found["seen"], ("the focus cannot be seen", found)
        assert found["tabindex"] <= 0, ("out of the page's order", found)
        times = times + 1 if found["place"] == last else 1
        assert times <= _SEGMENTS, ("the focus is trapped", found)
        assert found["place"] >= last, ("the focus goes back", found)
        last = found["place"]
        if found["name"].startswith(name):
            return
    raise AssertionError(f"no way to {name}: {passed}")


def press_on(page: Page, name: str) -> None:
    """Tabs to a button or link and presses it; the next page is there afterwards."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    wait_for_paint(page)


def type_on(page: Page, name: str, words: str) -> None:
    """Tabs to a field and types into it."""
    tab_to(page, name)
    page.keyboard.type(words)
