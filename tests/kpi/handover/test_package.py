"""The package: complete, deterministic, a valid bag, and without personal data."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import bagit
import orjson
import pytest

from kpi.documents.shelf import read_documents
from kpi.figures import results
from kpi.figures.indicators import INDICATORS
from kpi.handover.package import layout
from kpi.handover.package.building import BuiltPackage, PackageProblem
from kpi.handover.package.disclosing import disclose_values
from kpi.handover.package.keys import KeyProblem
from tests.kept_files import open_kept, read_kept
from tests.kpi.adopting import adopt
from tests.kpi.given import RECORDED, record
from tests.kpi.handover.conftest import NOW, PHONES, Instance, failing, opened, verdict
from tracker.blob_store import DOCUMENTS
from tracker.database import get_driver
from tracker.events.documents import IMPERSONAL
from tracker.events.ledger import EventVoided
from tracker.log import appending, read_head
from tracker.periods import Month
from tracker.vault import erase, open_vault, use_vault


def test_the_same_log_position_gives_the_same_bytes(
    instance: Instance, built: BuiltPackage, tmp_path: Path
) -> None:
    """Built again later, once the year has ended: the day of building leaves no trace."""
    again = instance.build(tmp_path / "out.zip", NOW + timedelta(days=99))
    assert again.path.read_bytes() == built.path.read_bytes()


def test_a_further_event_gives_another_package(own: Instance, tmp_path: Path) -> None:
    first = own.build(tmp_path / "first.zip")
    with own.database.engine.begin() as connection:
        record(connection, "call 2024-03-01 08:00:00 id new queued 08:00:10")
    second = own.build(tmp_path / "second.zip")
    assert second.head.seq > first.head.seq
    assert second.path.read_bytes() != first.path.read_bytes()


def test_it_is_a_valid_bag(built: BuiltPackage, tmp_path: Path) -> None:
    """By the Library of Congress's own implementation of BagIt."""
    bag = bagit.Bag(str(opened(built.path, tmp_path)))
    assert bag.validate()
    assert bag.info["Source-Organization"] == "吐鲁番"


def test_an_untouched_package_passes(built: BuiltPackage) -> None:
    found = verdict(built.path, built)
    assert found.agree, [step for step in found.steps if step.items]
    assert {step.outcome.value for step in found.steps} == {"通过"}
    assert len(found.figures) == built.figures > 900


def test_an_erased_person_leaves_the_figures_the_log_and_old_packages_as_they_are(
    own: Instance, tmp_path: Path
) -> None:
    before = own.build(tmp_path / "before.zip")
    with own.database.connect() as connection:
        tokens = [row[0] for row in connection.execute("SELECT token FROM people").fetchall()]
        assert len(erase(connection, "tlf", tokens)) == len(PHONES)
    after = own.build(tmp_path / "after.zip")
    assert (after.head.seq, after.figures) == (before.head.seq + 1, before.figures)  # what it now binds
    for built in (before, after):
        found = verdict(built.path, built)
        assert found.agree, [step for step in found.steps if step.items]


def test_a_number_within_a_text_is_committed_to_as_well(own: Instance, tmp_path: Path) -> None:
    with own.database.engine.begin() as connection:
        raw = get_driver(connection)
        vault = open_vault(own.settings)
        use_vault(own.database, vault)
        record(connection, "call 2024-03-01 08:00:00 id new queued 08:00:10")
        event = EventVoided(
            event_seq=read_head(raw, "tlf").seq,
            delivery=None,
            reason="来电 138 1234 5678 重复",
            voided_by="张三",
            voided_at=NOW,
        )
        with appending(raw, "tlf", delivery=None, as_of=NOW, recorded_at=NOW) as log:
            log.add([(event, None)])
        seq = read_head(raw, "tlf").seq
        results.bring_up_to_date(connection, "tlf", NOW)
    built = own.build(tmp_path / "out.zip")
    with own.database.connect() as connection:
        content = disclose_values(built.path, connection, vault, [seq])
    [value] = content["opened"]
    assert (value["field"], value["value"]) == ("reason", "13812345678")
    path = tmp_path / "open.json"
    path.write_bytes(orjson.dumps(content))
    assert verdict(built.path, built, disclosure=path).agree


def test_no_personal_value_is_in_it(built: BuiltPackage) -> None:
    content = built.path.read_bytes()
    assert not [phone for phone in PHONES if phone.encode() in content]


def test_parquet_holds_no_personal_value_either(built: BuiltPackage, tmp_path: Path) -> None:
    import duckdb

    bag = opened(built.path, tmp_path)
    for path in bag.rglob("*.parquet"):
        told = str(duckdb.sql(f"SELECT line::VARCHAR FROM read_parquet('{path}') AS line").fetchall())
        assert not [phone for phone in PHONES if phone in told]


def test_the_private_key_is_readable_by_its_owner_alone(instance: Instance, built: BuiltPackage) -> None:
    [path] = (instance.settings.home / "keys").glob("signing-*.pem")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() not in built.path.read_bytes()


def test_a_damaged_key_file_is_not_replaced_in_silence(own: Instance, tmp_path: Path) -> None:
    assert own.key
    (own.settings.home / "keys" / "signing-tlf.pem").write_text("x")
    with pytest.raises(KeyProblem, match="请从备份恢复"):
        own.build(tmp_path / "out.zip")


def test_a_year_without_figures_is_not_packed(own: Instance, tmp_path: Path) -> None:
    from kpi.handover.package.building import build_package

    with pytest.raises(PackageProblem, match="没有2001年的指标数字"):
        build_package(tmp_path / "out.zip", own.database, own.settings, own.center, 2001, NOW)


def test_a_folder_that_is_not_there_is_said(instance: Instance, tmp_path: Path) -> None:
    with pytest.raises(PackageProblem, match="没有文件夹"):
        instance.build(tmp_path / "nowhere" / "out.zip")


def test_silence_after_the_last_delivery_is_not_hidden(own: Instance, tmp_path: Path) -> None:
    """The moment of the figures is no earlier than the end of a year that has ended."""
    built = own.build(tmp_path / "out.zip")
    assert built.moment >= RECORDED
    about = orjson.loads((opened(built.path, tmp_path) / layout.ABOUT).read_bytes())
    assert about["moment"] >= "2025-01-01"


def test_the_crate_lists_every_file_of_the_payload(built: BuiltPackage, tmp_path: Path) -> None:
    bag = opened(built.path, tmp_path)
    graph = {one["@id"]: one for one in json.loads((bag / layout.CRATE).read_bytes())["@graph"]}
    listed = {part["@id"] for part in graph["./"]["hasPart"]}
    there = {
        path.relative_to(bag / "data").as_posix() for path in (bag / "data").rglob("*") if path.is_file()
    }
    assert listed == there - {"ro-crate-metadata.json"}
    assert listed <= graph.keys()


def test_a_definition_adopted_in_the_year_is_in_the_package_and_recomputed(
    own: Instance, tmp_path: Path
) -> None:
    """February on, answer rate is counted over all inbound calls; the verifier follows the log in that."""
    other = INDICATORS["call_answer_of_inbound_rate"]
    proposed = replace(INDICATORS["call_answer_rate"], formula=other.formula)
    with own.database.engine.begin() as connection:
        adopt(connection, proposed, Month(2024, 2), now=NOW)
    built = own.build(tmp_path / "out.zip")
    found = verdict(built.path, built)
    assert found.agree, [step for step in found.steps if step.items]
    versions = {
        one.period: one.recomputed["definition_version"]
        for one in found.figures
        if one.indicator == "call_answer_rate" and one.recomputed
    }
    assert versions["2024-02"] > versions["2024-01"]
    told = json.loads((opened(built.path, tmp_path) / layout.DEFINITIONS).read_bytes())
    assert len(told["indicators"]["call_answer_rate"]["versions"]) > 1


def test_documents_about_people_stay_and_the_others_are_enclosed(
    instance: Instance, built: BuiltPackage, tmp_path: Path
) -> None:
    bag = opened(built.path, tmp_path)
    rows = list(csv.DictReader(io.StringIO((bag / layout.PAPERS).read_text("utf-8-sig"))))
    whereabouts = {row["类别"]: row["原件"] for row in rows if not row["原件"].startswith("已撤销")}
    assert "留存中心" in whereabouts["学历核验材料"]
    enclosed = {row["SHA-256"] for row in rows if row["原件"] == "在包内"}
    assert enclosed
    assert {path.stem for path in (bag / layout.DOCUMENTS).iterdir()} == enclosed


def test_an_original_shown_on_the_spot_is_compared_with_the_register(
    instance: Instance, built: BuiltPackage, tmp_path: Path
) -> None:
    with instance.database.connect() as connection:
        document = next(one for one in read_documents(connection, "tlf") if one.kind == "diploma_check")
    shown = tmp_path / "学历.pdf"
    shown.write_bytes(read_kept(instance.database, instance.settings.home, "tlf", document.sha256, DOCUMENTS))
    assert verdict(built.path, built, shown=[shown]).agree
    shown.write_bytes(b"another")
    assert "学历.pdf" in failing(verdict(built.path, built, shown=[shown]))["调阅的原件"]


def test_a_document_that_was_lost_is_said_before_anything_is_handed_over(
    own: Instance, tmp_path: Path
) -> None:
    with own.database.connect() as connection:
        document = next(one for one in read_documents(connection, "tlf") if one.kind in IMPERSONAL)
    open_kept(own.database, own.settings.home, "tlf", DOCUMENTS).locate(document.sha256).unlink()
    with pytest.raises(PackageProblem, match=r"不在存放处.*然后再打包"):
        own.build(tmp_path / "out.zip")
