"""An option for a year takes a year, and nothing that could pass for none."""

import click
import pytest
from click.testing import CliRunner

from kpi.cli import catalogue, export
from kpi.evaluation.cli import evaluate
from kpi.handover.evaluation.cli import evaluation_report


@pytest.mark.parametrize("written", ["0", "1", "-5", "99999", "两千", "２０２３", "2023.0", ""])
@pytest.mark.parametrize(
    ("command", "more"),
    [
        (export, ["x.xlsx"]),
        (catalogue, []),
        (evaluate, ["urumqi-2023"]),
        (evaluation_report, ["urumqi-2023", "--workbook", "x.xlsx"]),
    ],
)
def test_what_is_no_year_is_refused_by_every_command(
    command: click.Command, more: list[str], written: str
) -> None:
    done = CliRunner().invoke(command, [*more, f"--year={written}"])
    assert done.exit_code == 2
    assert f"没有“{written}年”：年份应为1900至2199。" in done.output
