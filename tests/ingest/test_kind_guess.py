"""What a table is that no profile knows: proposed from names, title lines and columns, asked where they tell
nothing."""

from collections.abc import Sequence

import pytest

from ingest.kinds import KINDS
from ingest.profiles.profile import candidates, load_profiles
from ingest.recognition.preview import find_likeliest
from tracker.tabular import Row

PROFILES = candidates(load_profiles())


def guess(*names: str, rows: Sequence[Sequence[str]]) -> tuple[str | None, str]:
    numbered: list[Row] = [(number, list(cells)) for number, cells in enumerate(rows, 1)]
    fit, ground = find_likeliest(names, numbered, PROFILES)
    return (fit.profile.kind.name if fit else None), ground


HEADER = ["甲栏", "乙栏", "丙栏", "丁栏"]
ROWS = [["a1", "x", "某处", "1"], ["a2", "y", "某处", "2"]]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("话务流水_2024-01.xlsx", "calls"), ("诉求件总表.xlsx", "work_orders"), ("在册人员.xls", "roster"),
        ("岗位编制.xlsx", "posts"), ("资金拨付台账.csv", "payments"), ("平台点检.xlsx", "probes"),
        ("逐日业务量.xlsx", "daily_counts"), ("录音目录.xlsx", "recordings"),
        ("问卷发放.xlsx", "survey_issues"),
    ],
)  # fmt: skip
def test_the_name_of_a_file_or_a_line_above_its_header_tells_the_kind(name: str, kind: str) -> None:
    found, ground = guess(name, rows=[HEADER, *ROWS])
    assert found == kind and "名称里有" in ground
    title = [name.partition(".")[0], "", "", ""]
    assert guess("Book1.xlsx", rows=[title, HEADER, *ROWS])[0] == kind


def test_every_kind_has_a_name_that_tells_it_from_the_others() -> None:
    for kind in KINDS:
        word = max(kind.called.split(), key=len)
        assert guess(f"{word}.xlsx", rows=[HEADER, *ROWS])[0] == kind.name


def test_where_nothing_tells_or_two_kinds_alike_a_person_is_asked() -> None:
    assert guess("Book1.xlsx", rows=[HEADER, *ROWS]) == (None, "")
    assert guess("培训申诉.xlsx", rows=[HEADER, *ROWS]) == (None, "")


def test_columns_outweigh_a_name() -> None:
    header = ["拨付单号", "款项", "约定支付日", "实际支付日", "拨付金额"]
    rows = [header, ["P1", "工资", "2024-01-10", "2024-01-09", "12.5"]]
    assert guess("人员.xlsx", rows=rows)[0] == "payments"
