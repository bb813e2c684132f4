"""The verifier as a program of its own: what the single file runs."""

import sys
from typing import NoReturn

import click

from kpi.handover.verify.cli import sample_rows, verify

_ROOMS = ("kpi", "tracker")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def program() -> None:
    """核验 12345 热线绩效指标证据包；不需要数据库、服务器和网络。"""


def main() -> NoReturn:
    """Runs a command. What a person can mend is told in one line, with exit code 2."""
    try:
        outcome = program.main(prog_name="hotline-verify", standalone_mode=False)
    except click.exceptions.Exit as ending:
        sys.exit(ending.exit_code)
    except click.ClickException as problem:
        _exit_with(problem.format_message())
    except click.Abort:
        _exit_with("已取消。")
    except Exception as problem:
        if type(problem).__module__.partition(".")[0] not in _ROOMS:
            raise
        _exit_with(str(problem))
    sys.exit(outcome if isinstance(outcome, int) else 0)


def _exit_with(sentence: str) -> NoReturn:
    click.echo(f"错误：{sentence}", err=True)
    sys.exit(2)


program.add_command(verify)
program.add_command(sample_rows)
