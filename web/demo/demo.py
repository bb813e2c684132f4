"""`hotline demo`: a small instance of its own with sample data, away from any real one."""

from dataclasses import replace
from datetime import datetime

import click

from tracker.database import open_database
from tracker.periods import SHANGHAI
from tracker.settings import Settings
from web.access.demo_people import add_demo_people
from web.demo.sample_centers import CENTERS, prepare
from web.serving import HOST, PORT, check_free, make_address, serve_pages

_READY = """
示例看板已就绪：{address}

  0. 打开后先选择一个身份进入，无需口令；“演示·王管理”能看到的最多。
  1. 首页并列三个中心；点击“{first}”查看全年指标，再点击任一指标，查看各月走势、口径和各统计期的分子、分母。
  2. 点击分子或分母查看明细；再点击一行，查看全部日志记录；再点击来源文件，查看出处。
  3. 左上角换到“{second}”：该中心从未报送平台巡检，平台运转率显示“无法核实”，并列出处理办法。
  4. “报送日历”按天列示各来源的报送情况。
  5. “{first}”的前两个月已锁定，一月更正过；“{third}”有一个月等待审批，
     用“演示·赵审批”进入办理；另有一份文件等待回答。

示例数据都在 {home}，与正式数据分开；删掉该文件夹即可重来。
在另一个终端里对示例数据用命令行，请先设 HOTLINE_HOME={home}，例如 hotline kpi {year} --center {code}。
按 Ctrl+C 停止。
The demo is ready at {address} (generated sample data, kept apart from real data). Press Ctrl+C to stop.
"""


@click.command("demo", short_help="用示例数据试运行")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="端口。")
def demo(port: int) -> None:
    """生成示例数据（三个中心，今年一月至上月），导入、计算，然后打开看板。

    再次运行时沿用已有数据，几秒即可打开。示例数据自成一体，不会碰正式的数据库。
    """
    check_free(HOST, port)
    settings = make_demo_settings(Settings.read())
    click.echo("正在启动内置数据库……（首次运行需要一两分钟）")
    database = open_database(settings)
    now = datetime.now(SHANGHAI)
    prepare(database, settings, now)
    with database.connect() as connection:
        add_demo_people(connection, CENTERS[0].code, now)
    message = _READY.format(
        address=make_address(HOST, port),
        first=CENTERS[0].name,
        second=CENTERS[1].name,
        third=CENTERS[2].name,
        home=settings.home,
        year=now.year,
        code=CENTERS[0].code,
    )
    serve_pages(database, settings, HOST, port, ready=lambda: click.echo(message), demo=True)


def make_demo_settings(settings: Settings) -> Settings:
    """The demo's own instance below the home: always the embedded server and a key of its own."""
    return replace(
        settings,
        home=settings.home / "demo",
        database_url=None,
        admin_url=None,
        vault_key=None,
        center=None,
        proxies=0,
    )
