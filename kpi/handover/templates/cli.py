"""`hotline templates`: the Word templates of the documents."""

import click

from kpi.handover.templates.checking import check_template
from kpi.handover.templates.filling import PACKAGED, TITLES, own_template
from tracker.file_writing import copy_file
from tracker.settings import Settings

_name = click.argument("name", metavar="模板", type=click.Choice(tuple(TITLES)))


class TemplateExists(ValueError):
    """本单位已经有这个模板。"""


@click.group(invoke_without_command=True)
@click.pass_context
def templates(context: click.Context) -> None:
    """月报、评价报告和表格的 Word 模板：列出、另取一份来改、检查改好的。"""
    if context.invoked_subcommand is None:
        home = Settings.read().home
        for name, title in TITLES.items():
            own = own_template(name, home)
            click.echo(f"{name}　{title}　{f'本单位的：{own}' if own.exists() else '随系统的'}")


@templates.command()
@_name
def copy(name: str) -> None:
    """把随系统的模板另取一份，放进本实例的 templates 文件夹，供在 Word 里改。"""
    own = own_template(name, Settings.read().home)
    if own.exists():
        raise TemplateExists(f"已经有 {own}，没有覆盖；要重新改，请先把它改名或移走。")
    own.parent.mkdir(parents=True, exist_ok=True)
    copy_file(PACKAGED / f"{name}.docx", own)
    click.echo(f"已放在 {own}；用 Word 改好以后，运行 hotline templates check {name}")


@templates.command()
@_name
def check(name: str) -> None:
    """检查本单位的模板：占位符一个不少、一个不多，循环和判断成对。"""
    own = own_template(name, Settings.read().home)
    if not own.exists():
        click.echo(f"本单位没有自己的模板（{own}），用的是随系统的。")
        return
    check_template(own, PACKAGED / f"{name}.docx")
    click.echo(f"{own} 可以用。")
