"""Commands about the scheduled jobs."""

import threading
from datetime import datetime

import click

from kpi.jobs import JOBS
from tracker.database import Database, check_login, keep_alive, open_database
from tracker.periods import SHANGHAI
from tracker.settings import Settings
from web.formatting import moment
from web.jobs.job import JobState
from web.jobs.records import LABELS, read_job_records
from web.jobs.scheduled import find_job, run_job


@click.group("jobs", short_help="定时任务：立即运行，或查看上次和下次运行")
def jobs() -> None:
    """定时任务：立即运行，或查看上次和下次运行。

    页面（hotline serve、hotline demo）运行时，定时任务随之运行，不必另行启动。
    """


@jobs.command("run")
@click.argument("names", nargs=-1, metavar="[任务]…")
@click.option("--watch", is_flag=True, help="不退出，按时间表一直运行（不开页面时用）。")
def run(names: tuple[str, ...], watch: bool) -> None:
    """立即运行任务；不写任务名则全部运行一遍。

    任务先看有什么到期而未做的，做完为止；再运行一次不会改变任何数字。
    """
    chosen = [find_job(name) for name in names] or list(JOBS)
    settings = Settings.read()
    database = open_database(settings)
    outcomes = [run_job(database, job, lambda: datetime.now(SHANGHAI), settings.home) for job in chosen]
    for one in outcomes:
        word = LABELS[one.state] if one.state else "跳过"
        click.echo(f"{one.job.title}（{one.job.name}）：{word}。{one.detail}")
    if watch:
        check_login(database)
        _watch(database, settings)
    database.close()
    if any(one.state is JobState.FAILED for one in outcomes):
        raise SystemExit(1)


@jobs.command("list")
def listed() -> None:
    """列出任务和它们上次、下次的运行。"""
    database = open_database(Settings.read())
    with database.connect() as connection:
        records = {record.name: record for record in read_job_records(connection)}
    for job in JOBS:
        record = records.get(job.name)
        last = f"{moment(record.started_at)} {record.told}" if record and record.started_at else "尚未运行"
        due = record.next_run_at if record else None
        click.echo(f"{job.name}\t{job.title}\n\t上次：{last}\n\t下次：{moment(due) if due else '未排定'}")
        if record and record.state == JobState.FAILED:
            click.echo(f"\t原因：{record.detail}")
    database.close()


def _watch(database: Database, settings: Settings) -> None:
    from web.scheduler import start

    scheduler, stop_watching = start(database, settings.home), keep_alive(settings)
    click.echo("定时任务按时间表运行中，按 Ctrl+C 停止。")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("正在停止……")
    finally:
        stop_watching()
        scheduler.shutdown()
