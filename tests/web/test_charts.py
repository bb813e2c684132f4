"""Charts: a month without a value breaks the line."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from web.charts import (
    MINI,
    NARROW,
    SPARK,
    WIDE,
    ChartFrame,
    ChartPoint,
    Scale,
    draw_coverage_bar,
    draw_line_chart,
)


def drawn(*values: object, frame: ChartFrame = SPARK, target: str | None = None) -> str:
    """A chart of values; None is a gap."""
    points = [
        ChartPoint(
            f"{n}月",
            None if value is None else Decimal(str(value)),
            f"{n}月：{value}",
            "none" if value is None else "full",
        )
        for n, value in enumerate(values, start=1)
    ]
    bound = None if target is None else Decimal(target)
    return str(draw_line_chart(points, name="c", about="各月", frame=frame, target=bound))


def lines(svg: str) -> list[int]:
    """The number of months on each unbroken line."""
    return [len(points.split()) for points in re.findall(r'<polyline[^>]*points="([^"]*)"', svg)]


def test_a_missing_month_breaks_the_line():
    assert lines(drawn(1, 2, 3, None, 5, 6)) == [3, 2]


def test_a_month_between_two_gaps_is_a_dot_without_a_line():
    svg = drawn(None, 2, None)
    assert lines(svg) == []
    assert svg.count("<circle") == 1


def test_a_month_of_a_few_is_a_dot_beside_the_line():
    points = [ChartPoint(f"{n}月", Decimal(n), "", few=n in few) for few in ((3, 6),) for n in range(1, 7)]
    svg = str(draw_line_chart(points, name="c", about="", frame=SPARK))
    assert lines(svg) == [2, 2]  # January and February, April and May
    assert svg.count("<circle") == 6
    assert svg.count("chart-dot-few") == 2


def test_a_gap_is_never_drawn_as_zero():
    assert drawn(5, None, 5).count("<circle") == 2


def test_a_zero_is_drawn():
    assert drawn(5, 0, 5).count("<circle") == 3


def test_a_month_without_backing_is_marked_on_the_floor():
    assert drawn(1, None, 3).count("chart-gap-none") == 1


def test_a_target_is_a_line_of_its_own():
    assert drawn(1, 2, target="98").count("chart-target") == 1
    assert "chart-target" not in drawn(None, None, target="98")


def test_a_provisional_month_is_hatched():
    point = ChartPoint("1月", Decimal(3), "1月", provisional=True)
    assert 'fill="url(#hatch-c)"' in draw_line_chart([point], name="c", about="", frame=SPARK)


def test_every_month_tells_its_whole_fact_when_pointed_at():
    assert "<title>2月：7</title>" in drawn(1, 7)
    assert "<title>" not in drawn(1, 7, frame=MINI)


def test_the_last_value_is_written_beside_its_dot():
    points = [ChartPoint(f"{n}月", Decimal(n) if n < 4 else None, "", written=f"{n} 件") for n in range(1, 7)]
    svg = str(draw_line_chart(points, name="c", about="", frame=SPARK))
    assert re.findall(r'class="chart-number"[^>]*>([^<]*)<', svg) == ["3 件"]


def test_the_year_before_is_a_line_of_its_own_that_breaks_too():
    before = [1, 2, None, 4, 5]
    points = [
        ChartPoint("月", Decimal(3), "", year_before=None if one is None else Decimal(one)) for one in before
    ]
    svg = str(draw_line_chart(points, name="c", about="", frame=SPARK))
    (path,) = re.findall(r'class="chart-before" d="([^"]*)"', svg)
    assert re.findall("[ML]", path) == ["M", "L", "M", "L"]


def test_where_no_month_has_a_value_a_sentence_stands_in_place_of_the_plot():
    assert drawn(None, None) == '<p class="chart-nothing">各月均无数据（无法核实），没有走势可画。</p>'
    assert drawn(None, None, frame=MINI) == ""


def test_a_month_with_a_page_is_a_link_named_by_its_fact():
    point = ChartPoint("1月", Decimal(3), "1月：3\n1 ÷ 2", address="/a?b=1&c=2")
    svg = str(draw_line_chart([point], name="c", about="各月", frame=SPARK))
    assert '<a href="/a?b=1&amp;c=2" tabindex="-1"><title>1月：3\n1 ÷ 2</title>' in svg
    assert 'role="group" aria-label="各月"' in svg


@pytest.mark.parametrize("frame", [MINI, SPARK, WIDE, NARROW])
@pytest.mark.parametrize("values", [(), (None,) * 12, (0,), (100,) * 12, (98.5, 99), (-1, 3), (5_000_000, 1)])
def test_whatever_the_values_are_they_lie_inside_the_plot(frame: ChartFrame, values: tuple[object, ...]):
    heights = [float(y) for y in re.findall(r'cy="([^"]*)"', drawn(*values, frame=frame))]
    assert all(frame.top <= y <= frame.floor for y in heights)


def test_the_axis_has_round_numbers_around_the_values():
    scale = Scale.around([Decimal("97.35"), Decimal("98.77")], ticks=5)
    assert scale.low <= Decimal("97.35")
    assert scale.high >= Decimal("98.77")
    assert [str(tick) for tick in scale.ticks()] == ["97.0", "97.5", "98.0", "98.5", "99.0"]


def test_an_axis_of_counts_does_not_go_below_zero():
    assert Scale.around([Decimal(1), Decimal(900)], ticks=5).low == 0


def test_words_in_a_chart_are_escaped():
    point = ChartPoint("<b>", Decimal(1), '"<i>')
    assert "<b>" not in draw_line_chart([point], name="c", about="<u>", frame=SPARK)


@pytest.mark.parametrize(
    ("share", "kind", "width"),
    [
        (Fraction(1, 2), "partial", "50.00"),
        (Fraction(103, 100), "full", "100.00"),
        (Fraction(0), "none", "0.00"),
        (None, "ahead", "0.00"),
    ],
)
def test_a_bar_is_filled_as_far_as_there_is_backing(share: Fraction | None, kind: str, width: str):
    assert f'class="bar bar-{kind}"' in draw_coverage_bar(share, about="")
    assert f'class="bar-filled" width="{width}"' in draw_coverage_bar(share, about="")
