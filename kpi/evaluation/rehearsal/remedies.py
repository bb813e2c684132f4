"""What mends what: gaps, attestations, things that may still be done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kpi.evaluation.rehearsal.commands import TerminalCommands
from kpi.evaluation.rehearsal.deadlines import RehearsalCalendar
from kpi.evaluation.rehearsal.points_status import Remedy, RemedyKind
from kpi.evaluation.scheme import SchemeItem
from kpi.figures.coverage import Coverage, SourceCoverage
from kpi.figures.day_runs import find_runs, name_runs
from kpi.figures.source import Rhythm

CountMissingDocuments = Callable[
    [Sequence[str]], str
]  # kinds of things → the documents they lack, in a sentence


@dataclass(frozen=True)
class CatchUp:
    """A shortfall that may be mended after its day: what is done for each thing, and how it is told."""

    text: str  # with {count}
    how: str
    in_the_year: bool = False  # only before the year ends
    files: tuple[str, ...] = ()  # the kinds of things whose documents it is about
    listed: bool = False  # the rows tell which things


_FILES = "按缺失材料清单逐份补齐、上传。"
_ORDERS = "处理后重新导出工单并导入；明细列出是哪些工单。"

CATCH_UPS: Mapping[str, CatchUp] = {
    "qualification_verified_rate": CatchUp(
        "核验{count}人的学历",
        "请本人在学信网申请学历电子注册备案表，把验证编号填入花名册后重新导入，并上传备案表。",
    ),
    "person_documents_complete_rate": CatchUp("补齐{count}人的档案", _FILES, files=("person",)),
    "diploma_on_file_rate": CatchUp("上传{count}人的学历核验材料", _FILES, files=("person",)),
    "payment_documents_complete_rate": CatchUp(
        "补齐{count}笔支付的合同、发票、凭证", _FILES, files=("payment",)
    ),
    "work_order_closing_rate": CatchUp("办结{count}件在办工单", _ORDERS, listed=True),
    "work_order_follow_up_rate": CatchUp("回访{count}件已办结工单", _ORDERS, listed=True),
    "funds_received_rate": CatchUp(
        "请财政拨付尚未到位的{count}元", "到账后重新导出预算表并导入。", in_the_year=True
    ),
    "budget_execution_rate": CatchUp(
        "按合同约定办理支付（尚未使用{count}元）",
        "按合同约定和项目进度支付；确不再支出的按规定办理结转或交回。支付后重新导出支付明细并导入。",
        in_the_year=True,
    ),
    "budget_execution_of_budget_rate": CatchUp(
        "按合同约定办理支付（尚未使用{count}元）",
        "按合同约定和项目进度支付；确不再支出的按规定办理结转或交回。支付后重新导出支付明细并导入。",
        in_the_year=True,
    ),
}
"""Indicators whose shortfall can still be mended. What is not listed is settled once its day is over."""


def propose_deliveries(coverage: Coverage, calendar: RehearsalCalendar) -> tuple[Remedy, ...]:
    """One remedy a source that lacks something; the sources with least to deliver first."""
    lacking = sorted(
        (one for one in coverage.sources if one.missing), key=lambda one: sum(one.missing.values())
    )
    return tuple(_make_delivery_remedy(one, calendar) for one in lacking)


def propose_attesting(item: SchemeItem, commands: TerminalCommands, calendar: RehearsalCalendar) -> Remedy:
    """To be told by a person, with its documents."""
    wanted = "、".join(item.evidence) or item.feed.attested
    documents = f"，附{wanted}" if wanted and item.needs_document else ""
    manual = [point.text for point in item.points if point.when is None]
    each = f"逐条填报：{'、'.join(manual)}。" if manual else "填报实际值。"
    return Remedy(
        RemedyKind.ATTEST, f"填报“{item.title}”{documents}", each, max(len(item.evidence), 1),
        calendar.get_hand_in_deadline(), (commands.attest(item),),
    )  # fmt: skip


def propose_catch_up(
    key: str,
    count: str,
    effort: int,
    who: Sequence[str],
    papers: CountMissingDocuments,
    commands: TerminalCommands,
    calendar: RehearsalCalendar,
) -> Remedy | None:
    """What may still be done about a verified shortfall; None where nothing helps any more."""
    found = CATCH_UPS.get(key)
    if found is None or (found.in_the_year and calendar.ended):
        return None
    named = f"（{'、'.join(who)}）" if who else ""
    deadline = calendar.get_year_end_deadline() if found.in_the_year else calendar.get_hand_in_deadline()
    how = papers(found.files) + found.how if found.files else found.how
    typed = [commands.missing_documents()] if found.files else []
    typed += [commands.rows(key)] if found.listed else []
    text = found.text.format(count=count) + named
    return Remedy(RemedyKind.CATCH_UP, text, how, effort, deadline, tuple(typed))


def propose_keeping_up(
    text: str, key: str | None, commands: TerminalCommands, calendar: RehearsalCalendar
) -> Remedy:
    """What the months that are left have to bring to an indicator, or to a sum."""
    how = "逐月查看，每月月度审核前核对一次。"
    typed = commands.figures() if key is None else commands.figure(key)
    return Remedy(
        RemedyKind.KEEP_UP, text, how, calendar.months_left, calendar.get_year_end_deadline(), (typed,)
    )


def propose_doing_in_time(
    item: SchemeItem, text: str, commands: TerminalCommands, calendar: RehearsalCalendar
) -> Remedy:
    """Something that was attested not to be so, while the year still runs."""
    how = "办理完成后重新填报，并附佐证材料。"
    typed = (commands.attest(item),)
    return Remedy(RemedyKind.CATCH_UP, f"补充完善：{text}", how, 1, calendar.get_year_end_deadline(), typed)


def propose_survey(commands: TerminalCommands, calendar: RehearsalCalendar) -> Remedy:
    """An indicator that rests on a survey that was not held yet."""
    how = "发放问卷后，把发放记录和收回的问卷明细导入，再检查样本量和信度。"
    typed = (commands.survey(),)
    return Remedy(
        RemedyKind.CATCH_UP, "年内组织一轮问卷调查", how, 1, calendar.get_year_end_deadline(), typed
    )


def propose_agreement(item: SchemeItem, calendar: RehearsalCalendar) -> Remedy:
    """An indicator that does not apply: those who evaluate decide what becomes of its points."""
    text = f"与评价机构商定“{item.title}”不适用时的计分方式"
    return Remedy(
        RemedyKind.AGREE, text, "以书面形式确认，作为评价方案的补充。", 1, calendar.get_hand_in_deadline()
    )


def propose_agreement_on_few(item: SchemeItem, few: str, calendar: RehearsalCalendar) -> Remedy:
    """A rate of so few things that it is not judged: those who evaluate decide what becomes of its points."""
    text = f"与评价机构商定“{item.title}”{few}时的计分方式"
    return Remedy(
        RemedyKind.AGREE, text, "以书面形式确认，作为评价方案的补充。", 1, calendar.get_hand_in_deadline()
    )


def _make_delivery_remedy(lacking: SourceCoverage, calendar: RehearsalCalendar) -> Remedy:
    whole = lacking.source.rhythm is Rhythm.SURVEY or (not lacking.backed and lacking.expected > 1)
    runs = find_runs(lacking.source.rhythm, lacking.missing, lacking.gone)
    units = calendar.year.label if whole else name_runs(lacking.source.rhythm, runs)
    text = f"补报{units}的{lacking.source.title}"
    effort = len(lacking.missing)
    return Remedy(
        RemedyKind.DELIVER, text, lacking.source.remedy, effort, calendar.find_delivery_deadline(lacking)
    )
