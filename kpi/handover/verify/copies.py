"""A package's figures told again for people (table, page, indexes, workbook): each must say what is claimed."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import orjson

from kpi.handover.package import layout
from kpi.handover.package.claims import FigureClaim, write_claims_table
from kpi.handover.package.crate import describe_crate
from kpi.handover.package.evidence_index import list_index_rows, write_deliveries_table, write_index_table
from kpi.handover.package.page import render_page, write_read_me
from kpi.handover.package.papers import write_documents_table
from kpi.handover.package.vintages import write_exceptions_table, write_vintages_table
from kpi.handover.verify.findings import CheckStep, make_judged_step, make_note_step
from kpi.offline import Replay

COPIES, WORKBOOK = "页面与表格", "工作簿"

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def check_copies(
    bag: Path, replay: Replay, about: Mapping[str, Any], claims: Sequence[FigureClaim]
) -> CheckStep:
    """Makes the files for people anew, and compares them byte by byte."""
    maker, own = about["software"], layout.describe_software()
    if maker != own:
        sentence = f"本包由 {maker} 生成，本核验程序属于 {own}，措辞可能不同，未逐字节比对。"
        return make_note_step(COPIES, sentence)
    named = orjson.loads((bag / layout.SIGNATURE).read_bytes())["fingerprint"]
    evidence = list_index_rows(bag, replay, about, len(claims))
    made = {
        layout.FIGURES_TABLE: write_claims_table(claims),
        layout.DELIVERIES: write_deliveries_table(replay),
        layout.VINTAGES: write_vintages_table(replay, about["year"]),
        layout.EXCEPTIONS: write_exceptions_table(replay, about["year"]),
        layout.PAPERS: write_documents_table(replay),
        layout.EVIDENCE: write_index_table(evidence),
        layout.CRATE: layout.dump_json(describe_crate(bag, about)),
        layout.PAGE: render_page(about, named, claims, evidence, replay),
        layout.READ_ME: write_read_me(about, named),
    }
    differing = [name for name, content in made.items() if (bag / name).read_bytes() != content]
    return make_judged_step(COPIES, differing, "页面、表格和索引与包内的数字一致。", "与包内的数字不一致：")


def check_workbook(bag: Path, claims: Sequence[FigureClaim]) -> CheckStep:
    """The workbook's sheet of figures shows the claimed numbers."""
    cells = {(row["编码"], row["统计期"]): row for row in _read_rows(bag / layout.WORKBOOK)}
    problems = [f"{one['indicator']} {one['period']}" for one in claims if not _is_same_claim(one, cells)]
    problems += [f"{key} {period}" for key, period in cells.keys() - {_make_key(one) for one in claims}]
    return make_judged_step(
        WORKBOOK, problems, f"工作簿中的 {len(cells):,} 个数字与包内的一致。", "工作簿与包内的数字不一致："
    )


def _is_same_claim(claim: FigureClaim, cells: Mapping[tuple[str, str], Mapping[str, str]]) -> bool:
    row = cells.get(_make_key(claim), {})
    numbers = {"数值": claim["value"], "分子": claim["numerator"], "分母": claim["denominator"]}
    texts = {"状态": claim["status"], "版次": str(claim["vintage"]), "溯源码": claim["code"]}
    return all(row.get(title) == text for title, text in texts.items()) and all(
        _read_number(row.get(title)) == (None if text is None else _round_as_written(Fraction(text)))
        for title, text in numbers.items()
    )


def _make_key(claim: FigureClaim) -> tuple[str, str]:
    return claim["indicator"], claim["period"]


def _round_as_written(number: Fraction) -> float:
    """A number as a workbook holds it: sixteen digits."""
    return float(f"{float(number):.16G}")


def _read_number(cell: str | None) -> float | None:
    return None if cell is None else float(Decimal(cell))


def _read_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a workbook's first sheet by the titles of its columns; empty cells are absent."""
    with ZipFile(path) as book:
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        texts = ["".join(part.text or "" for part in one.iter(f"{_MAIN}t")) for one in shared]
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    header: dict[str, str] | None = None
    for line in sheet.iter(f"{_MAIN}row"):
        cells = {}
        for cell in line:
            value = cell.find(f"{_MAIN}v")
            if value is not None and value.text is not None:
                column = cell.attrib["r"].rstrip("0123456789")
                cells[column] = texts[int(value.text)] if cell.get("t") == "s" else value.text
        if header is None:
            header = cells
        else:
            yield {header[column]: text for column, text in cells.items()}
