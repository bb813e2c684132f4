"""The year's workbook, a monthly report, the evidence package."""

from typing import Any

from kpi.figures import results
from kpi.handover.monthly.document import write_document
from kpi.handover.monthly.reading import read_report
from kpi.handover.package.building import build_package
from kpi.handover.package.keys import find_fingerprint
from kpi.handover.workbook import write_workbook
from tracker.periods import Month, parse_period
from web.exports.making import ExportContext, NothingToExport


def make_workbook(making: ExportContext) -> dict[str, Any]:
    """Indicators, gaps and definitions of the year."""
    with making.instance.database.engine.begin() as connection:
        results.bring_up_to_date(connection, making.center.center_id, making.now)
        if not results.read_year(connection, making.center.center_id, making.year.year):
            raise NothingToExport(
                f"{making.center.name}没有{making.year.label}的指标数字；请先导入数据，再生成工作簿。"
            )
        write_workbook(making.path, connection, making.center, making.year, making.now, making.stamp)
    return {}


def make_monthly(making: ExportContext) -> dict[str, Any]:
    """A month as it is signed and stamped."""
    month = parse_period(making.job.asked["month"])
    assert isinstance(month, Month)
    with making.instance.database.engine.begin() as connection:
        results.bring_up_to_date(connection, making.center.center_id, making.now)
        named = find_fingerprint(making.instance.settings, making.center.center_id)
        report = read_report(connection, making.center, month, making.now, named)
        write_document(making.path, report, making.stamp, making.templates)
    return {"说明": report.state}


def make_package(making: ExportContext) -> dict[str, Any]:
    """The year's evidence, signed. It names nobody who took it out: the same log gives the same bytes."""
    instance = making.instance
    built = build_package(
        making.path, instance.database, instance.settings, making.center, making.year.year, making.now
    )
    return {
        "说明": f"{built.figures:,} 个数字，日志至第 {built.head.seq:,} 号记录",
        "日志校验值": built.head.hash.hex(),
        "公钥指纹": built.fingerprint,
    }
