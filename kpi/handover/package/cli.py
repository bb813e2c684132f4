"""Commands of the centre that hands a package over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from kpi.handover.package.bag import compute_digests
from kpi.handover.package.building import build_package
from kpi.handover.package.keys import load_signing_key
from kpi.handover.package.signature import compute_fingerprint
from kpi.handover.package.single_file import build_single_file
from kpi.year_option import YEAR
from tracker import centers
from tracker.centers import Center
from tracker.database import Database, open_database
from tracker.events.times import BEIJING
from tracker.settings import Settings


class _Package(click.Group):
    """`package 文件.zip --year …` builds; `package key` and the like are commands of their own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] in self.commands:
            args = ["", *args]  # no file: the command follows
        else:
            ctx.allow_interspersed_args = True
        return super().parse_args(ctx, args)


@click.group("package", cls=_Package, invoke_without_command=True)
@click.argument("path", metavar="[文件.zip]", required=False, type=click.Path(path_type=Path))
@click.option("--year", type=YEAR, help="年度，例如 2023。")
@click.option("--center", help="中心编号；只有一个中心时可省略。")
@click.pass_context
def package(ctx: click.Context, path: Path | None, year: int | None, center: str | None) -> None:
    """生成年度证据包：事件、事实、口径、数字、佐证材料和签名，任何人可以独立重算。

    同一日志位置生成的包逐字节相同。
    """
    if ctx.invoked_subcommand is not None:
        return
    if path is None or not path.name or year is None:
        raise click.UsageError("请写明文件和年度，例如 hotline package out.zip --year 2023。")
    with _open_center(center) as (database, settings, chosen):
        built = build_package(path, database, settings, chosen, year, datetime.now(BEIJING))
    click.echo(f"已生成{chosen.name}{year}年证据包：{built.path}（{built.path.stat().st_size:,} 字节）")
    click.echo(f"  指标数字    {built.figures:,} 个，统计截至 {built.moment:%Y-%m-%d %H:%M:%S}")
    click.echo(f"  数据日志    第 {built.head.seq:,} 号 {built.head.hash.hex()}")
    click.echo(f"  公钥指纹    {built.fingerprint}")
    click.echo("请把日志校验值和公钥指纹印在盖章的报告上：它们在包外，才证明得了包没有被整个换过。")


@package.command("key")
@click.option("--center", help="中心编号；只有一个中心时可省略。")
def key(center: str | None) -> None:
    """印出中心的签名公钥和指纹；第一次使用时生成密钥。"""
    with _open_center(center) as (_, settings, chosen):
        public = load_signing_key(settings, chosen.center_id).public_key().public_bytes_raw()
    click.echo(f"{chosen.name}（{chosen.center_id}）")
    click.echo(f"  公钥（Ed25519）  {public.hex()}")
    click.echo(f"  指纹             {compute_fingerprint(public)}")


@click.command("verifier")
@click.argument("path", metavar="hotline-verify.pyz", type=click.Path(dir_okay=False, path_type=Path))
def verifier(path: Path) -> None:
    """生成单文件核验程序，交给评价机构：有 Python 和列出的组件即可运行，不需要安装本系统。"""
    try:
        built = build_single_file(path)
    except OSError as problem:
        raise click.ClickException(f"{path} 写不进去：{problem.strerror}。") from problem
    size = built.path.stat().st_size
    click.echo(f"已生成单文件核验程序：{built.path}（{size:,} 字节，{built.modules} 个模块）")
    click.echo(f"SHA-256 {compute_digests(built.path)['sha256']}")
    click.echo("评价机构的电脑需要 Python 3.11 或更新的版本，和下列组件（Windows 另需 tzdata）：")
    click.echo(f"  python -m pip install {' '.join(built.required)}")
    click.echo("不能联网的，先在别处用 python -m pip download 取得，再用 --no-index --find-links 安装。")
    click.echo("用法：")
    click.echo(f"  python {built.path.name} verify 证据包.zip --head 日志校验值 --key 公钥指纹")


@contextmanager
def _open_center(code: str | None) -> Iterator[tuple[Database, Settings, Center]]:
    settings = Settings.read()
    database = open_database(settings)
    with database.connect() as connection:
        chosen = centers.find_center(connection, code or settings.center)
    yield database, settings, chosen
    database.close()
