"""Everything in a package that follows from its log, written from the replay of the log alone.

Whoever makes a package and whoever verifies it call this: what it writes is compared byte by byte.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kpi.handover.package import layout
from kpi.handover.package.bag import close_bag
from kpi.handover.package.binding import Binding, batches
from kpi.handover.package.claims import write_claims_table
from kpi.handover.package.commitments import commitments
from kpi.handover.package.container import store_uncompressed
from kpi.handover.package.crate import describe_crate
from kpi.handover.package.definitions import describe_definitions
from kpi.handover.package.evidence_index import list_index_rows, write_deliveries_table, write_index_table
from kpi.handover.package.exclusions import (
    compare_year,
    list_appeal_sources,
    make_net_claims,
    write_exclusions_table,
)
from kpi.handover.package.page import render_page, write_read_me
from kpi.handover.package.papers import write_documents_table
from kpi.handover.package.vintages import write_exceptions_table, write_vintages_table
from kpi.handover.package.year_figures import YearFigures
from kpi.handover.year_workbook import WorkbookMaterial, write_year_workbook
from kpi.offline import Replay
from kpi.offline.duck import quote_id
from kpi.offline.log_table import log
from tracker.facts import FACTS
from tracker.periods import Year


def describe_package(center: str, digest: str, binding: Binding) -> dict[str, Any]:
    """The contents of `package.json`; `digest` is the algorithm of the centre's chain."""
    return {
        "center": {"digest": digest, "id": center, "name": binding.prepared.center_name},
        "format": layout.FORMAT,
        "head": {"hash": binding.hash, "seq": binding.seq},
        "software": layout.describe_software(),
        "moment": binding.moment.isoformat(),
        "year": binding.prepared.year,
    }


def name_bag(about: Mapping[str, Any]) -> str:
    """The name of the one folder in a package: tlf-2023."""
    return f"{about['center']['id']}-{about['year']}"


def write_contents(bag: Path, replay: Replay, binding: Binding, digest: str, figures: YearFigures) -> None:
    """All files but the signature around the calendars and documents that lie in the bag.

    The replay stands at its log's end, and has the tables of batches and commitments."""
    about = describe_package(replay.center, digest, binding)
    _write_tables(bag, replay)
    _write_figures(bag, replay, about, binding, figures)
    _write_covers(bag, replay, about, binding.prepared.fingerprint, figures)


def _write_tables(bag: Path, replay: Replay) -> None:
    duck = replay.duck
    (bag / layout.FACTS).mkdir(parents=True, exist_ok=True)
    duck.write_parquet(log, "seq", bag / layout.EVENTS)
    duck.write_parquet(batches, "first_seq", bag / layout.BATCHES)
    duck.write_parquet(commitments, "token", bag / layout.COMMITMENTS)
    for table in {fact.table for fact in FACTS}:
        key = ", ".join(quote_id(column.name) for column in table.primary_key.columns)
        duck.write_parquet(table, key, bag / layout.FACTS / f"{table.name}.parquet")


def _write_figures(
    bag: Path, replay: Replay, about: Mapping[str, Any], binding: Binding, figures: YearFigures
) -> None:
    center, year, definitions = replay.center, about["year"], replay.definitions()
    layout.write_json(bag / layout.ABOUT, about)
    layout.write_json(bag / layout.DEFINITIONS, describe_definitions(center, year, definitions))
    layout.write_json(bag / layout.FIGURES, figures.claims)
    (bag / layout.FIGURES_TABLE).write_bytes(write_claims_table(figures.claims))
    (bag / layout.DELIVERIES).write_bytes(write_deliveries_table(replay))
    (bag / layout.VINTAGES).write_bytes(write_vintages_table(replay, year))
    (bag / layout.EXCEPTIONS).write_bytes(write_exceptions_table(replay, year))
    (bag / layout.PAPERS).write_bytes(write_documents_table(replay))
    if list_appeal_sources(replay):
        compared = compare_year(replay, year, binding.moment)
        layout.write_json(bag / layout.NET, make_net_claims(compared))
        (bag / layout.EXCLUSIONS).write_bytes(write_exclusions_table(compared))
    material = WorkbookMaterial(
        center=center,
        name=binding.prepared.center_name,
        year=Year(year),
        now=binding.moment,
        head=(binding.seq, binding.hash),
        figures=figures.displayed,
        definitions=definitions,
        compared=figures.compared,
    )
    write_year_workbook(bag / layout.WORKBOOK, replay.duck.connection, material)
    store_uncompressed(bag / layout.WORKBOOK)


def _write_covers(
    bag: Path, replay: Replay, about: Mapping[str, Any], fingerprint: str, figures: YearFigures
) -> None:
    """Index, description, page and manifests: they speak of the other files."""
    evidence = list_index_rows(bag, replay, about, len(figures.claims))
    (bag / layout.EVIDENCE).write_bytes(write_index_table(evidence))
    layout.write_json(bag / layout.CRATE, describe_crate(bag, about))
    page = render_page(about, fingerprint, figures.claims, evidence, replay, figures.compared)
    (bag / layout.PAGE).write_bytes(page)
    (bag / layout.READ_ME).write_bytes(write_read_me(about, fingerprint))
    close_bag(
        bag,
        {
            "Source-Organization": about["center"]["name"],
            "External-Identifier": f"{about['center']['id']}-{about['year']}-{about['head']['seq']}",
            "Bagging-Date": about["moment"][:10],
        },
    )
