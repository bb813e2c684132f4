"""`hotline profile`: a profile drafted from a file, profiles checked and listed."""

from pathlib import Path

import click

from ingest.kinds import KIND_NAMED
from ingest.profiles.draft import draft_profile
from ingest.profiles.profile import candidates, load_profiles
from ingest.profiles.toml_profiles import ProfileProblem, read_profile
from ingest.recognition.preview import find_likeliest, find_nearest
from tracker.file_writing import write_bytes
from tracker.settings import Settings
from tracker.tabular import FileRefused, open_tables
from tracker.tabular.encoding import ENCODINGS


@click.group("profile")
def profile() -> None:
    """导入方案：由文件草拟，检查，列出。"""


@profile.command("new")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(list(KIND_NAMED)), help="是哪一种数据；不指明时取列名最像的。")
@click.option("--table", type=click.IntRange(min=1), default=1, help="文件里的第几张表。", show_default=True)
@click.option("--encoding", type=click.Choice(list(ENCODINGS)), help="文本文件的编码；不指明时自动识别。")
@click.option("--no-header", is_flag=True, help="没有表头：第一行就是数据；不指明时由第一行像不像数据判断。")
@click.option("--center", metavar="编号", help="中心编号；指明时连这个中心自己的导入方案一起比。")
@click.option("--out", type=click.Path(path_type=Path), help="写到这个文件；不指明时打印出来。")
def new(
    file: Path,
    kind: str | None,
    table: int,
    encoding: str | None,
    no_header: bool,
    center: str | None,
    out: Path | None,
) -> None:
    """由 FILE 草拟一份导入方案：认得的列写好，猜的和不认识的写成注释，逐行核对。"""
    settings = Settings.read()
    try:
        tables, _ = open_tables(file, encoding)
        chosen = next((one for one in tables if one.number == table), None)
        rows = chosen.head() if chosen else []
    except FileRefused as problem:
        raise click.ClickException(f"{file.name}：{problem}") from None
    if chosen is None:
        raise click.ClickException(f"{file.name} 里没有第 {table} 张表，一共 {len(tables)} 张。")
    profiles = candidates(load_profiles(settings.home / "profiles", center))
    if kind is None and not no_header:
        fit, _ = find_likeliest([file.name, chosen.sheet or ""], rows, profiles)
    else:
        fit = find_nearest(rows, profiles, kind=kind, header=0 if no_header else None)
    if fit is None or not (fit.matched or kind or not fit.header.last_row):
        raise click.ClickException(
            f"{file.name} 里没有找到表头；请检查第一行是不是列名；没有列名的加 --no-header，"
            "有列名的用 --kind 指明数据。"
        )
    text = draft_profile(fit, list(rows), file.name)
    if out is None:
        click.echo(text)
        return
    if out.exists():
        raise click.ClickException(f"{out} 已经存在，没有覆盖；请换一个名字。")
    write_bytes(out, text.encode(), replace=False)
    click.echo(f"已草拟 {out}（{fit.profile.kind.title}），请逐行核对。")


@profile.command("check")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--center", metavar="编号", help="连这个中心自己的导入方案一起检查。")
def check(files: tuple[Path, ...], center: str | None) -> None:
    """检查导入方案：FILES 里的，或不指明时本系统的全部。有问题的退出码为 1。"""
    problems = []
    for path in files:
        try:
            read_profile(path)
        except ProfileProblem as problem:
            problems.append(str(problem))
    if not files:
        every = load_profiles(Settings.read().home / "profiles", center)
        problems += [one.problem for one in every.values() if one.problem]
        try:
            candidates(every)
        except ProfileProblem as problem:
            problems.append(str(problem))
    for sentence in problems:
        click.echo(sentence, err=True)
    if problems:
        raise SystemExit(1)
    click.echo("导入方案没有问题。")


@profile.command("list")
@click.option("--center", metavar="编号", help="连这个中心自己的导入方案一起列出。")
def list_(center: str | None) -> None:
    """列出导入方案：名称、数据、标题。"""
    for one in load_profiles(Settings.read().home / "profiles", center).values():
        state = f"（写错了：{one.problem}）" if one.problem else ""
        click.echo(f"{one.name}  {one.kind.title}  {one.title}{state}")
