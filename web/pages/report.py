"""The monthly report to be signed and stamped: as a page to print, and as a DOCX."""

from pathlib import Path

from flask import Blueprint, Response, abort, render_template, request

from kpi.handover.monthly.document import write_document
from kpi.handover.monthly.reading import read_report
from kpi.handover.monthly.report import MonthlyReport, ReportProblem
from kpi.handover.monthly.sections import SIGNATURES, SIGNERS, build_appendices, build_sections
from kpi.handover.package.keys import find_fingerprint
from kpi.handover.templates.checking import TemplateProblem
from kpi.handover.templates.filling import own_template
from tracker.file_writing import WorkingFolder
from tracker.periods import Month, Period
from web.access import Action, Right, allowed, audit
from web.downloads import make_stamp, send_document
from web.exports.making import PACKAGED
from web.instance import get_connection, get_instance, get_now
from web.pages.frame import PageFrame, make_frame

pages = Blueprint("report", __name__)


@pages.get("/<center:center>/<period:period>/report")
@allowed(Right.SEE_FIGURES)
def monthly(center: str, period: Period) -> str:
    """The report as a page whose print is the paper."""
    around = make_frame(center, period)
    report = _read_report(around, period)
    return render_template(
        "report.html",
        frame=around,
        report=report,
        sections=build_sections(report),
        appendices=build_appendices(report),
        signatures=SIGNATURES,
        signers=SIGNERS,
        own_template=own_template("monthly", get_instance().home).exists(),
    )


@pages.get("/<center:center>/<period:period>/report.docx")
@allowed(Right.EXPORT)
def document(center: str, period: Period) -> Response:
    """The report as a document for a word processor."""
    report = _read_report(make_frame(center, period), period)
    name = f"{center}_{report.month}_月报_{report.state}.docx"
    with WorkingFolder() as folder:
        path = folder / "report.docx"
        _write(path, report)
        data = path.read_bytes()
    audit(Action.EXPORTED, f"{center}：{name}", details={"bytes": len(data)})
    return send_document(data, name)


def _write(path: Path, report: MonthlyReport) -> None:
    home = None if request.args.get("template") == PACKAGED else get_instance().home
    try:
        write_document(path, report, make_stamp(), home)
    except TemplateProblem as problem:
        abort(422, str(problem))


def _read_report(around: PageFrame, period: Period) -> MonthlyReport:
    if not isinstance(period, Month):
        abort(404, "月报按月生成，请选择月份；季度和全年数字列入季末、年末月份的月报。")
    fingerprint = find_fingerprint(get_instance().settings, around.center.center_id)
    try:
        return read_report(get_connection(), around.center, period, get_now(), fingerprint)
    except ReportProblem as problem:
        abort(404, str(problem))
