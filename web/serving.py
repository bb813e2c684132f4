"""`hotline serve`: the page, the workers and the scheduled jobs in one process."""

import errno
import logging
import signal
import socket
import sys
from collections.abc import Callable
from datetime import datetime

import click

from tracker.database import Database, check_login, keep_alive, open_database, stop_embedded
from tracker.periods import SHANGHAI
from tracker.settings import Settings
from web.access.first_start import add_first_administrator
from web.access.masking import masked_text

HOST, PORT = "127.0.0.1", 8000


class MaskedLines(logging.Formatter):
    """Lines of the running log in which no number of a person can be read, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return masked_text(super().format(record))


class PortProblem(RuntimeError):
    """不能在这个端口上监听。"""


@click.command("serve", short_help="启动看板和定时任务")
@click.option("--host", default=HOST, show_default=True, help="监听地址；对外服务请在前面放反向代理。")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="端口。")
def serve(host: str, port: int) -> None:
    """启动看板和定时任务，按 Ctrl+C 停止。"""
    check_free(host, port)
    settings = Settings.read()
    database = open_database(settings)
    check_login(database)
    first = add_first_administrator(database, datetime.now(SHANGHAI))

    def ready() -> None:
        click.echo(f"看板：{make_address(host, port)}（Ctrl+C 停止）")
        if first:
            click.echo(first)

    serve_pages(database, settings, host, port, ready=ready)


@click.command("stop", short_help="停止内置数据库")
def stop() -> None:
    """停止内置数据库，不论还有哪些程序在用它。备份或搬动 HOTLINE_HOME 之前使用。

    正在运行的看板随后会提示数据库暂时连不上；请先按 Ctrl+C 停止看板，或在事后重新启动它。
    """
    settings = Settings.read()
    if settings.database_url:
        click.echo("用的是您自己的 PostgreSQL（HOTLINE_DATABASE_URL），本程序不停止它。")
    elif stop_embedded(settings):
        click.echo("内置数据库已停止。")
    else:
        click.echo("内置数据库没有在运行。")


def check_free(host: str, port: int) -> None:
    """Raises: PortProblem that says what to do."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0 if sys.platform == "win32" else 1)
        try:
            trial.bind((host, port))
        except OSError as problem:
            raise PortProblem(f"不能在 {host}:{port} 上监听：{_explain_port_problem(problem)}") from problem


def _explain_port_problem(problem: OSError) -> str:
    match problem.errno:
        case errno.EADDRINUSE:
            return "端口已被占用。请关掉占用它的程序，或用 --port 换一个端口。"
        case errno.EACCES:
            return "没有权限使用这个端口。请用 --port 换一个 1024 以上的端口。"
        case _:
            return f"{problem.strerror}。请核对地址和端口。"


def serve_pages(
    database: Database,
    settings: Settings,
    host: str,
    port: int,
    *,
    ready: Callable[[], None],
    demo: bool = False,
) -> None:
    """Serves until Ctrl+C or SIGTERM; then jobs, connections and the embedded server stop in turn."""
    from web.application import create_app
    from web.http_server import make_server
    from web.instance import get_instance_of
    from web.jobs.working import stand_by
    from web.leftovers import clear_leftovers
    from web.scheduler import start

    to_standard_error = logging.StreamHandler()
    to_standard_error.setFormatter(MaskedLines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[to_standard_error])
    app = create_app(database, settings, demo=demo)
    server = make_server(app, host, port, proxies=settings.proxies)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: sys.exit(0))
    clear_leftovers(settings.home)
    stop_watching = keep_alive(settings)
    scheduler, stop_working = start(database, settings.home), stand_by(get_instance_of(app))
    ready()
    try:
        server.run()
    finally:
        click.echo("正在停止……")
        stop_watching()
        scheduler.shutdown()
        stop_working()
        database.close()


def make_address(host: str, port: int) -> str:
    """Where a browser finds the page."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
