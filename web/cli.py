"""The `hotline` command: assembles the commands of all rooms and loads only the one that is called."""

import re
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from itertools import takewhile
from typing import NamedTuple, NoReturn

import click

ROOMS = ("tracker", "kpi", "ingest", "web")


class CommandEntry(NamedTuple):
    """A command of the first level."""

    name: str
    place: str  # module:attribute
    help: str
    chapter: str


COMMANDS = (
    CommandEntry("demo", "web.demo.demo:demo", "用示例数据试运行：生成、导入、计算，并打开看板", "运行"),
    CommandEntry("serve", "web.serving:serve", "启动看板和定时任务", "运行"),
    CommandEntry("stop", "web.serving:stop", "停止内置数据库，以便备份或搬动数据", "运行"),
    CommandEntry("jobs", "web.jobs_cli:jobs", "定时任务：立即运行，或查看上次和下次运行", "运行"),
    CommandEntry("people", "web.access.cli:people", "账号：新增、列出、授权、重置口令", "账号"),
    CommandEntry("tokens", "web.access.cli:tokens", "接口令牌：列出、签发、换新、吊销", "账号"),
    CommandEntry("center", "tracker.cli:center", "热线中心：新增、列出", "数据"),
    CommandEntry("ingest", "ingest.importing.cli:ingest", "导入话单、工单、花名册等文件", "数据"),
    CommandEntry("profile", "ingest.profiles.cli:profile", "导入方案：由文件草拟、检查、列出", "数据"),
    CommandEntry("deliveries", "ingest.importing.cli:deliveries", "列出已导入的来源文件", "数据"),
    CommandEntry("quarantine", "ingest.importing.cli:quarantine", "列出未导入的行及处理办法", "数据"),
    CommandEntry("void", "ingest.importing.cli:void", "作废一条记录或一次导入（须写明理由）", "数据"),
    CommandEntry(
        "questions", "ingest.questions.cli:questions", "待答问题：还须回答的文件，名单里少的人", "数据"
    ),
    CommandEntry("zero-report", "ingest.importing.cli:zero_report", "零报告：确认某天或某月确无数据", "数据"),
    CommandEntry("name", "ingest.importing.cli:name", "名称变更：承办单位、岗位改名、并入或新设", "数据"),
    CommandEntry(
        "declare", "ingest.importing.cli:declare", "统计设定：人员经费、接听岗位等需要说明一次的事项", "数据"
    ),
    CommandEntry("sample", "web.demo.sample.command:sample", "生成示例数据", "数据"),
    CommandEntry("vault", "web.vault_cli:vault", "个人信息库：更换密钥，删除一个人的号码和姓名", "数据"),
    CommandEntry("kpi", "kpi.cli:kpi", "计算并列出指标", "指标"),
    CommandEntry("catalogue", "kpi.cli:catalogue", "列出全部指标口径", "指标"),
    CommandEntry("definition", "kpi.definition_cli:definition", "指标口径：查看、检查、比较、对照", "指标"),
    CommandEntry("export", "kpi.cli:export", "导出年度指标工作簿", "指标"),
    CommandEntry("rebuild", "kpi.cli:rebuild", "由数据日志重建事实和指标", "指标"),
    CommandEntry("month", "kpi.handover.monthly.cli:month", "月报：可签字盖章的 DOCX", "指标"),
    CommandEntry("code", "kpi.cli:code", "凭溯源码查询数字、明细和口径", "核验"),
    CommandEntry("package", "kpi.handover.package.cli:package", "生成可以独立重算的证据包", "核验"),
    CommandEntry("verify", "kpi.handover.verify.cli:verify", "核验证据包：由事件重算每个数字", "核验"),
    CommandEntry("verdicts", "kpi.handover.verdicts_cli:verdicts", "核对评价人员签名的核验结论文件", "核验"),
    CommandEntry("sample-rows", "kpi.handover.verify.cli:sample_rows", "由评价人员的种子抽取数据行", "核验"),
    CommandEntry("verifier", "kpi.handover.package.cli:verifier", "生成单文件核验程序，交给评价机构", "核验"),
    CommandEntry(
        "disclose", "web.disclosing:disclose", "开具披露文件：向评价人员看清单行的号码和姓名", "核验"
    ),
    CommandEntry("check", "web.checking:check", "检查日志、文件、材料和密钥：缺失、损坏和处理办法", "核验"),
    CommandEntry("log", "tracker.cli:log", "数据日志：核验、查看、打印日志校验值", "核验"),
    CommandEntry("audit", "web.access.cli:audit", "审计日志：核验", "核验"),
    CommandEntry("documents", "kpi.documents.cli:documents", "佐证材料：上传、查缺、核验", "核验"),
    CommandEntry("evaluate", "kpi.evaluation.cli:evaluate", "按评价方案评分，核对报告中的数字", "评价"),
    CommandEntry(
        "rehearse",
        "kpi.evaluation.rehearsal.cli:rehearse",
        "模拟评分：已落实、待落实、已失分和待办事项",
        "评价",
    ),
    CommandEntry("schemes", "kpi.evaluation.cli:schemes", "评价方案：列出、检查", "评价"),
    CommandEntry(
        "evaluation-report",
        "kpi.handover.evaluation.cli:evaluation_report",
        "写出评价工作簿、报告、自评表、部门评价表",
        "评价",
    ),
    CommandEntry("templates", "kpi.handover.templates.cli:templates", "Word 模板：列出、另取、检查", "评价"),
    CommandEntry(
        "attest",
        "kpi.evaluation.attesting_cli:attest",
        "指标填报：系统不能自动取数的指标，附佐证材料",
        "评价",
    ),
    CommandEntry("experts", "kpi.evaluation.attesting_cli:experts", "录入专家打分", "评价"),
    CommandEntry("survey", "kpi.evaluation.surveys.cli:survey", "统计问卷：分布、信度、效度、样本量", "评价"),
    CommandEntry("claims", "kpi.evaluation.claims.cli:claims", "核对一张表里的比率、合计、序列", "评价"),
)

AUDITED = frozenset(  # what changes the log or hands something over; others say more
    (
        "ingest", "questions answer", "questions people", "void", "zero-report", "name", "declare",
        "center add", "rebuild", "export", "package", "attest", "experts", "evaluation-report",
        "schemes choose", "documents attach", "month report",
    )
)  # fmt: skip
_BY_OPTION = {"quarantine": "--settle"}  # what a command changes only with an option
_DOING_NOTHING = frozenset(("--dry-run", "--help", "-h"))
_TOLD = 2  # arguments that say what a command was about; later ones are values

_LOST = (
    "与数据库的连接断开了，最后一步是否已经写入还不知道。请过一会儿再做一次；"
    "如果仍然这样，请检查数据库服务。同一个文件再次导入不会重复计入。"
)
_BY_NAME = {entry.name: entry for entry in COMMANDS}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, and not for its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_BY_NAME)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _BY_NAME:
            return None
        module, _, attribute = _BY_NAME[cmd_name].place.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in _BY_NAME and not args[0].startswith("-"):
            ctx.fail(f"没有“{args[0]}”这个命令，用 hotline --help 查看全部命令。")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for chapter in dict.fromkeys(entry.chapter for entry in COMMANDS):
            with formatter.section(chapter):
                formatter.write_dl(
                    [(entry.name, entry.help) for entry in COMMANDS if entry.chapter == chapter]
                )


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hotline", prog_name="hotline")
def hotline() -> None:
    """12345 热线绩效指标：从来源文件到可追溯、可核实的指标。

    用 hotline 命令 --help 查看某个命令的用法；初次使用请运行 hotline demo。
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs a command. What a person can mend is told in one line, with exit code 2; our faults are shown."""
    _end_by_signals()
    try:
        outcome = hotline.main(arguments, prog_name="hotline", standalone_mode=False)
        _audit(arguments)
    except SystemExit:
        _audit(arguments)  # a part was refused, the others were done
        raise
    except click.exceptions.Exit as ending:
        sys.exit(ending.exit_code)
    except click.Abort:
        _refuse("已取消。", code=130)
    except click.exceptions.NoArgsIsHelpError as problem:
        click.echo(problem.format_message(), err=True)
        sys.exit(2)
    except click.ClickException as problem:
        _refuse(_translate_problem(problem), problem)
    except Exception as problem:
        sentence = str(problem) if is_for_a_person(problem) else _explain(problem)
        if sentence is None:
            raise
        _refuse(sentence)
    sys.exit(outcome if isinstance(outcome, int) else 0)


def _end_by_signals() -> None:
    """A command that is ended by the system clears up as after Ctrl+C."""
    with suppress(ValueError):  # not the main thread
        for name in ("SIGTERM", "SIGHUP"):
            if number := getattr(signal, name, None):
                signal.signal(number, signal.default_int_handler)


def describe_command(arguments: Sequence[str]) -> str | None:
    """A command with what it is about, as the audit trail tells it; None for one that is not audited."""
    words = list(takewhile(lambda word: not word.startswith("-"), arguments))
    for length in (2, 1):
        command = " ".join(words[:length])
        is_changing = command in AUDITED or _BY_OPTION.get(command) in arguments
        if is_changing and not _DOING_NOTHING.intersection(arguments):
            return " ".join(words[: length + _TOLD])
    return None


def _audit(arguments: Sequence[str] | None) -> None:
    if about := describe_command(sys.argv[1:] if arguments is None else arguments):
        from tracker.events.times import BEIJING
        from web.access.machine import note_command

        note_command(about, datetime.now(BEIJING))


def is_for_a_person(problem: Exception) -> bool:
    """Whether an exception carries a sentence that says what to do: those that our rooms define do."""
    kind = type(problem)
    return kind is LookupError or kind.__module__.partition(".")[0] in ROOMS


def _explain(problem: Exception) -> str | None:
    from tracker.database import is_database_lost
    from tracker.file_writing import explain_failure

    return explain_failure(problem) or (_LOST if is_database_lost(problem) else None)


def _translate_problem(problem: click.ClickException) -> str:
    """The usual mistakes of a command line in Chinese; of the rare ones what the library says."""
    if isinstance(problem, click.NoSuchOption):
        near = "，是不是 " + "、".join(problem.possibilities) if problem.possibilities else ""
        return f"没有 {problem.option_name} 这个选项{near}？"
    if isinstance(problem, click.BadParameter) and problem.param_hint:
        return f"{problem.param_hint}：{problem.message}"
    if not isinstance(problem, click.BadParameter) or problem.param is None or problem.ctx is None:
        return _translate_message(problem.format_message())
    where = problem.param.get_error_hint(problem.ctx).replace("'", "")
    if isinstance(problem, click.MissingParameter):
        return f"缺少 {where}，用 --help 查看用法。"
    return f"{where}：{_translate_message(problem.message)}"


_IN_CHINESE = (  # what the library says of the usual mistakes, in its own words and in ours
    (r"(?:File|Path|Directory) '(.+)' does not exist\.", r"找不到“\1”。"),
    (r"(?:File|Path) '(.+)' is a directory\.", r"“\1”是文件夹，这里要的是文件。"),
    (r"Directory '(.+)' is a file\.", r"“\1”是文件，这里要的是文件夹。"),
    (r"(.+) is not in the range (.+)\.", r"\1 不在 \2 的范围内。"),
    (r"'(.+)' is not a valid (?:integer|float)(?: range)?\.", r"“\1”不是数字。"),
    (r"'(.+)' is not one of (.+)\.", r"没有“\1”，可以写的是 \2。"),
    (r"Got unexpected extra arguments? \((.+)\)", r"多写了 \1。"),
    (r"Missing command\.", r"后面还要写一个命令，用 --help 查看。"),
    (r"No such command '(.+)'\..*", r"没有“\1”这个命令，用 --help 查看。"),
    (r"Option '(.+)' requires an argument\.", r"\1 后面要写值。"),
)


def _translate_message(message: str) -> str:
    for english, chinese in _IN_CHINESE:
        if found := re.fullmatch(english, message, re.DOTALL):
            return found.expand(chinese)
    return message


def _refuse(sentence: str, problem: click.ClickException | None = None, *, code: int = 2) -> NoReturn:
    context = getattr(problem, "ctx", None)
    if context is not None:
        click.echo(context.get_usage(), err=True)
    click.echo(f"错误：{sentence}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
