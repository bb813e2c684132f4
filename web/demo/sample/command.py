"""`hotline sample`: draws sample deliveries of one or several centres."""

from pathlib import Path

import click

from web.demo.sample.scenario import Scenario, UnusableScenario
from web.demo.sample.tables import WrittenFile
from web.demo.sample.year import FolderInUse, draw_files


@click.command("sample", short_help="生成示例数据：每个热线中心一个文件夹。")
@click.argument("out_dir", type=click.Path(file_okay=False, path_type=Path))
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help="生成哪一年的数据。")
@click.option("--through", metavar="YYYY-MM", help="生成到哪个月为止（含该月）；默认到十二月。")
@click.option("--center", "named", multiple=True, metavar="代码", help="热线中心代码，可重复给出。")
@click.option("--centers", "number", type=click.IntRange(1, 999), help="生成几个中心：c001、c002……")
@click.option("--calls-per-day", type=click.IntRange(1), default=110, help="日均呼入量，默认 110。")
@click.option("--seed", type=int, default=7, help="随机种子，默认 7；种子相同，文件完全相同。")
def sample(
    out_dir: Path,
    year: int,
    through: str | None,
    named: tuple[str, ...],
    number: int | None,
    calls_per_day: int,
    seed: int,
) -> None:
    """在 OUT_DIR 下为每个热线中心生成一年的示例数据。

    包括话单、工单、花名册、支付、巡检、问卷等文件，以及逐月真值 truth.json。
    姓名和号码均为随机生成。不给出 --center 或 --centers 时，只生成中心 c001。
    """
    if named and number:
        raise click.UsageError("--center 与 --centers 只能给出一个。")
    codes = list(dict.fromkeys(named)) or [f"c{n:03d}" for n in range(1, (number or 1) + 1)]
    last = _read_month(through, year) if through else 12
    for code in codes:
        _draw(out_dir, code, year, last, calls_per_day, seed)


def _draw(out_dir: Path, code: str, year: int, through: int, calls_per_day: int, seed: int) -> None:
    try:
        scenario = Scenario(center=code, year=year, through=through, calls_per_day=calls_per_day, seed=seed)
        written = draw_files(out_dir / code, scenario)
    except FolderInUse as error:
        raise click.ClickException(f"{out_dir / code} 不是空文件夹，请换一个目录或先清空。") from error
    except UnusableScenario as error:
        raise click.BadParameter(f"无法使用中心代码“{code}”：只能含字母、数字、“-”“_”和“.”。") from error
    _report(out_dir / code, written)


def _report(folder: Path, written: list[WrittenFile]) -> None:
    rows = sum(file.rows for file in written)
    click.echo(f"{folder.name}：{len(written)} 个文件，共 {rows:,} 行；真值 truth.json → {folder}")
    for file in written:
        click.echo(f"  {file.name}  {file.rows:,} 行")


def _read_month(text: str, year: int) -> int:
    year_text, _, month = text.partition("-")
    if year_text != str(year) or not (month.isascii() and month.isdigit()) or not 1 <= int(month) <= 12:
        raise click.BadParameter(f"“{text}”：应为 {year}-01 至 {year}-12。", param_hint="--through")
    return int(month)
