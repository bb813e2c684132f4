"""The option by which a person asks for the packaged template."""

from pathlib import Path

import click

from tracker.settings import Settings

packaged_option = click.option(
    "--packaged-template", "packaged", is_flag=True, help="用随系统的 Word 模板，不用本单位自己的。"
)


def home_of(*, packaged: bool) -> Path | None:
    """The folder of the centre's own templates; None where the packaged ones are asked for."""
    return None if packaged else Settings.read().home
