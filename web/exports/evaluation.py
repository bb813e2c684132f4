"""The evaluation's workbook, report and forms, by a scheme that the person chose."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from kpi.evaluation.scheme_files import find_scheme, read_scheme
from kpi.figures import results
from kpi.handover.evaluation.dossier import Dossier, read_dossier
from web.exports.making import ExportContext


def make_workbook(making: ExportContext) -> dict[str, Any]:
    from kpi.handover.evaluation.workbook import write_evaluation_workbook

    return _make_file(making, lambda read, dossier: write_evaluation_workbook(making.path, read, dossier))


def make_report(making: ExportContext) -> dict[str, Any]:
    from kpi.handover.evaluation.report import write_report

    return _make_file(making, lambda _, dossier: write_report(making.path, dossier, making.templates))


def make_self_evaluation(making: ExportContext) -> dict[str, Any]:
    from kpi.handover.evaluation.self_evaluation import write_self_evaluation

    return _make_file(
        making, lambda _, dossier: write_self_evaluation(making.path, dossier, making.templates)
    )


def make_department(making: ExportContext) -> dict[str, Any]:
    from kpi.handover.evaluation.department import write_department

    return _make_file(making, lambda _, dossier: write_department(making.path, dossier, making.templates))


def _make_file(making: ExportContext, write: Callable[[sa.Connection, Dossier], None]) -> dict[str, Any]:
    database, code = making.instance.database, making.center.center_id
    scheme = read_scheme(find_scheme(making.job.asked["scheme"], making.instance.home))
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, code, making.now)
    with database.engine.connect() as connection:
        dossier = read_dossier(
            connection, making.center, scheme, making.year, making.now, making.stamp,
            making.instance.home,
        )  # fmt: skip
        write(connection, dossier)
    return {"说明": f"方案：{scheme.title}"}
