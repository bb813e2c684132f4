"""Attacks on packages and on the log behind them: each has a verdict that names what does not fit."""

import json
import stat
import zipfile
from collections.abc import Callable
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.figures import results
from kpi.handover.package import layout
from kpi.handover.package.building import BuiltPackage, PackageProblem
from kpi.handover.package.claims import write_claims_table
from kpi.handover.package.container import UnreadablePackage, unpack
from kpi.handover.verify.findings import CheckStep, FigureComparison, PackageFindings, StepOutcome
from kpi.handover.verify.printing import format_findings
from kpi.handover.verify.verification import OutsideKnowledge, verify_package
from tests.drawing import examples
from tests.kpi.handover.conftest import NOW, Instance, failing, failing_outside, opened, verdict
from tracker import chain, log
from tracker.database import Database

Tamper = Callable[..., Path]


def flips(examples: int) -> Callable[[Any], Any]:
    """Draws that many places in the file, and what is flipped there; always the same ones."""
    chosen = settings(
        max_examples=examples, deadline=None, derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )  # fmt: skip
    drawn = given(place=st.floats(0, 1, exclude_max=True), flipped=st.integers(1, 255))
    return lambda test: chosen(drawn(test))


@flips(5)
def test_a_flipped_byte_is_found_and_named(
    built: BuiltPackage, tmp_path: Path, place: float, flipped: int
) -> None:
    find_flipped(built, tmp_path, place, flipped)


@pytest.mark.slow
@flips(examples(60))
def test_every_flipped_byte_is_found_and_named(
    built: BuiltPackage, tmp_path: Path, place: float, flipped: int
) -> None:
    """Anywhere in the file, the zip's own records included: a file, an event or a figure is named."""
    find_flipped(built, tmp_path, place, flipped)


def find_flipped(built: BuiltPackage, folder: Path, place: float, flipped: int) -> None:
    content = bytearray(built.path.read_bytes())
    content[int(place * len(content))] ^= flipped
    path = folder / "flipped.zip"
    path.write_bytes(content)
    try:
        found = verdict(path, built)
    except UnreadablePackage as problem:
        assert "flipped.zip" in str(problem) or "包内" in str(problem)
        return
    named = "\n".join(failing(found).values())
    assert any(mark in named for mark in ("data/", ".txt", ".html", ".json", "文件目录", "的记录", "号事件"))


@pytest.mark.parametrize(
    "name", [layout.EVENTS, layout.FIGURES, layout.WORKBOOK, layout.PAGE, "manifest-sm3.txt", "bagit.txt"]
)
def test_a_byte_changed_in_a_file_names_the_file(built: BuiltPackage, tampered: Tamper, name: str) -> None:
    path = tampered(lambda bag: _flip(bag / name), closed=False)
    assert name in failing_outside(path, built)["清单"]


def test_valid_checksums_do_not_replace_the_signature(built: BuiltPackage, tampered: Tamper) -> None:
    """Manifest rewritten with valid checksums, the rest consistent."""
    path = tampered(lambda bag: _replace(bag / layout.PAGE, b"98", b"99"))
    failed = failing(verdict(path, built))
    assert "清单" not in failed
    assert "签名与包内的清单不符" in failed["签名"]


def test_another_key_is_found_by_the_fingerprint_from_outside(built: BuiltPackage, tampered: Tamper) -> None:
    path = tampered(lambda bag: None, key=Ed25519PrivateKey.generate())
    assert "不是给出的那一个" in failing(verdict(path, built))["签名"]


def test_without_a_fingerprint_the_key_is_said_to_be_the_packages_own(built: BuiltPackage) -> None:
    told = {step.title: step for step in verify_package(built.path).steps}["签名"]
    assert told.outcome.value == "提示"
    assert "公钥取自包内" in told.told
    assert built.fingerprint in told.told


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"public_key": 1}', b"\xff"])
def test_a_signature_that_is_none_fails(built: BuiltPackage, tampered: Tamper, content: bytes) -> None:
    path = tampered(lambda bag: (bag / layout.SIGNATURE).write_bytes(content), closed=False)
    assert "签名" in failing_outside(path, built)


def test_an_extra_file_is_named(built: BuiltPackage, tampered: Tamper) -> None:
    path = tampered(lambda bag: (bag / "data" / "more.txt").write_text("x"), closed=False)
    assert "data/more.txt：清单里没有" in failing_outside(path, built)["清单"]


def test_a_missing_file_is_named(built: BuiltPackage, tampered: Tamper) -> None:
    path = tampered(lambda bag: (bag / layout.WORKBOOK).unlink(), closed=False)
    assert f"{layout.WORKBOOK}：清单里有，但包里缺少" in failing_outside(path, built)["清单"]


def test_a_file_left_out_by_the_centre_itself_is_missed(
    built: BuiltPackage, instance: Instance, tampered: Tamper
) -> None:
    path = tampered(lambda bag: (bag / layout.EVENTS).unlink(), key=instance.key)
    found = verdict(path, built)
    assert not found.agree
    assert any(layout.EVENTS in step.told for step in found.steps)


@pytest.mark.parametrize("kept", [0, 1, 1000, -1])
def test_a_truncated_package_cannot_be_read(built: BuiltPackage, tmp_path: Path, kept: int) -> None:
    path = tmp_path / "cut.zip"
    path.write_bytes(built.path.read_bytes()[:kept])
    with pytest.raises(UnreadablePackage, match=r"cut\.zip 不是完整的 zip 文件"):
        verify_package(path)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("tlf-2024/data/events.parquet", "w") as file,
    ):
        for _ in range(300):
            file.write(bytes(1 << 20))
    with pytest.raises(UnreadablePackage, match="压缩炸弹"):
        verify_package(path)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_001):
            archive.writestr(f"tlf/{number}", b"")
    with pytest.raises(UnreadablePackage, match="超过"):
        verify_package(path)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("tlf/../../outside.txt", "写到文件夹之外"),
        ("../outside.txt", "写到文件夹之外"),
        ("/etc/passwd", "不许可的路径"),
        ("C:/windows.txt", "不许可的路径"),
        ("tlf\\..\\outside.txt", "不许可的路径"),
        ("tlf//x", "写到文件夹之外"),
        ("outside.txt", "只有一个文件夹"),
        ("tlf/\x1b[2J结论：通过。", "不许可的路径"),
        ("tlf/x\n结论：通过。", "不许可的路径"),
        ("tlf/\u202ex", "不许可的路径"),
        ("tlf/省厅核验通过/", "文件夹“tlf/省厅核验通过/”，拒绝打开"),
    ],
)
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str, told: str) -> None:
    path = tmp_path / "paths.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tlf/bagit.txt", b"x")
        archive.writestr(name, b"x")
    with pytest.raises(UnreadablePackage, match=told):
        verify_package(path)
    assert not (tmp_path / "outside.txt").exists()


def test_a_link_is_refused(tmp_path: Path) -> None:
    path, link = tmp_path / "links.zip", zipfile.ZipInfo("tlf/data/x")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UnreadablePackage, match="链接"):
        verify_package(path)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tlf/data/x", "a")
        archive.writestr("tlf/data/X", "b")
    with pytest.raises(UnreadablePackage, match="同名"):
        verify_package(path)


def test_a_folder_that_hides_a_content_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hidden.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tlf/data/x", "a")
        archive.writestr("tlf/data/", "hidden")
    with pytest.raises(UnreadablePackage, match="带内容的文件夹"):
        verify_package(path)


def test_a_zip_with_its_files_in_another_order_or_with_folders_is_not_as_it_was_made(
    built: BuiltPackage, tmp_path: Path
) -> None:
    bag = opened(built.path, tmp_path)
    files = [path for path in sorted(bag.rglob("*")) if path.is_file()]
    for name, order in (("order", files[::-1]), ("folder", [bag / "data", *files])):
        path = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file in order:
                info = zipfile.ZipInfo(file.relative_to(bag.parent).as_posix() + "/" * file.is_dir())
                info.external_attr, info.create_system = (stat.S_IFREG | 0o644) << 16, 3
                archive.writestr(info, b"" if file.is_dir() else file.read_bytes())
        with TemporaryDirectory() as folder:
            assert unpack(path, Path(folder)).repacked == "文件的顺序与原样不同，或多出文件夹"


def test_what_a_package_says_begins_no_line_and_moves_no_cursor() -> None:
    told = "\x1b[8m\r热线\n结论：通过。\x9b2J\u202e"
    figure = FigureComparison(told, told, 0, None, None, ("figure",))
    step = CheckStep("打包参数", StepOutcome.FAILED, told, (told,))
    found = PackageFindings(told, [step], [figure])
    lines = [*format_findings(found, everything=True)]
    assert all(line.isprintable() for line in lines)
    assert [line for line in lines if line.startswith("结论")] == ["结论：不通过。打包参数有不符之处，见上。"]


def test_a_package_packed_again_by_its_reader_can_still_be_checked(
    built: BuiltPackage, tmp_path: Path
) -> None:
    bag, path = opened(built.path, tmp_path), tmp_path / "again.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(bag.rglob("*")):
            archive.write(file, file.relative_to(bag.parent))
    assert "--repacked" in failing(verdict(path, built))["压缩包"]
    assert verdict(path, built, repacked=True).agree


def test_a_figure_made_better_by_whoever_has_the_key_is_named(
    built: BuiltPackage, instance: Instance, tampered: Tamper
) -> None:
    """Figure, table and signature are all consistent: only recomputing finds it."""

    def better(bag: Path) -> None:
        claims = _claims(bag)
        claims[0]["value"] = "99.99"
        _write_claims(bag, claims)

    told = failing(verdict(tampered(better, key=instance.key), built))["指标数字"]
    assert "call_answer_rate" in told
    assert "包内值 99.99" in told


def test_a_figure_left_out_is_named(built: BuiltPackage, instance: Instance, tampered: Tamper) -> None:
    path = tampered(lambda bag: _write_claims(bag, _claims(bag)[1:]), key=instance.key)
    assert "包里没有列出" in failing(verdict(path, built))["指标数字"]


def test_a_fact_that_no_event_gives_is_named(
    built: BuiltPackage, instance: Instance, tampered: Tamper
) -> None:
    import duckdb

    def change(bag: Path) -> None:
        path = bag / layout.FACTS / "calls.parquet"
        duckdb.sql(f"CREATE OR REPLACE TEMP TABLE c AS FROM read_parquet('{path}')")
        duckdb.sql("UPDATE c SET talk_ms = 1 WHERE subject = (SELECT min(subject) FROM c)")
        duckdb.sql(f"COPY c TO '{path}' (FORMAT parquet)")

    told = failing(verdict(tampered(change, key=instance.key), built))["事实表"]
    assert "calls：call/" in told


def test_another_definition_is_named(built: BuiltPackage, instance: Instance, tampered: Tamper) -> None:
    def change(bag: Path) -> None:
        told = json.loads((bag / layout.DEFINITIONS).read_bytes())
        told["indicators"]["call_answer_rate"]["versions"][0]["definition"]["formula"]["times"] = 1
        layout.write_json(bag / layout.DEFINITIONS, told)

    told = failing(verdict(tampered(change, key=instance.key), built))["口径"]
    assert "indicators/call_answer_rate" in told


def test_a_page_that_shows_another_number_is_named(
    built: BuiltPackage, instance: Instance, tampered: Tamper
) -> None:
    path = tampered(lambda bag: _replace(bag / layout.PAGE, b"<td", b"<td "), key=instance.key)
    assert layout.PAGE in failing(verdict(path, built))["逐字节重建"]


def test_an_earlier_moment_that_hides_silent_days_is_found(
    built: BuiltPackage, instance: Instance, tampered: Tamper
) -> None:
    def change(bag: Path) -> None:
        about = orjson.loads((bag / layout.ABOUT).read_bytes())
        layout.write_json(bag / layout.ABOUT, about | {"moment": "2024-03-01T00:00:00+08:00"})

    assert (
        "统计时点：包内是 2024-03-01"
        in failing(verdict(tampered(change, key=instance.key), built))["打包登记"]
    )


NO_JSON, NO_PARQUET = (b"", b"null", b"[1]", b'{"a": {}}'), (b"", b"PAR1\0\0PAR1")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        *product(NO_JSON, (layout.ABOUT, layout.FIGURES, layout.DEFINITIONS)),
        *product(NO_PARQUET, (layout.EVENTS, layout.BATCHES)),
    ],
)
def test_signed_nonsense_is_a_verdict_and_no_crash(
    built: BuiltPackage, instance: Instance, tampered: Tamper, name: str, content: bytes
) -> None:
    def change(bag: Path) -> None:
        (bag / name).write_bytes(content)

    path = tampered(change, key=None if name == layout.ABOUT else instance.key)
    assert not verdict(path, built).agree


# ---- the log behind the package


def _as_superuser(database: Database, *statements: tuple[str, Any]) -> None:
    """Somebody with the database's own password, past trigger and rights."""
    with database.connect_as_owner() as connection:
        connection.execute("ALTER TABLE events DISABLE TRIGGER USER")
        for statement, values in statements:
            connection.execute(statement, values)
        connection.execute("ALTER TABLE events ENABLE TRIGGER USER")


def _tamper(database: Database, seq: int) -> None:
    """A call that nobody took becomes one that was answered."""
    with database.connect_as_owner() as connection:
        [text] = connection.execute("SELECT data FROM events WHERE seq = %s", (seq,)).fetchone() or [""]
    told = orjson.loads(text)
    changed = orjson.dumps(told | {"talk_ms": 4242}, option=orjson.OPT_SORT_KEYS).decode()
    _as_superuser(database, ("UPDATE events SET data = %s WHERE seq = %s", (changed, seq)))


def _rehash(database: Database) -> None:
    """The whole chain, its batches and its head consistent again."""
    digest = chain.get_digest("sha256")
    with database.connect() as connection:
        events = list(log.stream_events(connection, "tlf", first=1, last=2**62))
    hashes, link, changes = [], chain.GENESIS, []
    for event in events:
        link = digest(link + chain.canonicalize(event.build_envelope(), event.text.encode()))
        hashes.append(link)
        changes.append(("UPDATE events SET hash = %s WHERE seq = %s", (link, event.seq)))
    with database.connect_as_owner() as connection:
        spans = connection.execute("SELECT first_seq, last_seq FROM batches ORDER BY first_seq").fetchall()
    for first, last in spans:
        root = chain.compute_merkle_root(hashes[first - 1 : last], digest)
        changes.append(
            ("UPDATE batches SET merkle_root = %s, head_hash = %s WHERE first_seq = %s",
             (root, hashes[last - 1], first))
        )  # fmt: skip
    changes.append(("UPDATE heads SET seq = %s, hash = %s", (len(hashes), link)))
    with database.connect_as_owner() as connection:
        connection.execute("ALTER TABLE batches DISABLE TRIGGER USER")
    _as_superuser(database, *changes)


def _follow_suit(own: Instance) -> None:
    """Facts and figures made from the log as it is now."""
    with own.database.connect() as connection:
        log.rebuild_facts(connection, "tlf")
    with own.database.engine.begin() as connection:
        results.rebuild(connection, "tlf", NOW)


def _a_call(own: Instance) -> int:
    with own.database.connect() as connection:
        row = connection.execute("SELECT min(seq) FROM events WHERE type = 'call.ended'").fetchone()
    assert row is not None
    return int(row[0])


def test_a_row_changed_by_the_databases_superuser_is_named_by_log_verify(
    own: Instance, tmp_path: Path
) -> None:
    """Not re-hashed: the first event that does not fit is the one changed, and nothing is packed."""
    seq = _a_call(own)
    _tamper(own.database, seq)
    with own.database.connect() as connection:
        assert log.verify(connection, "tlf").first_bad == seq
    with pytest.raises(PackageProblem, match=f"第 {seq} 号事件的内容与其哈希值不符"):
        own.build(tmp_path / "out.zip")


@pytest.mark.acceptance(28)
def test_a_row_changed_and_everything_rehashed_is_found_by_the_head_from_outside(
    own: Instance, tmp_path: Path
) -> None:
    """Tampered row, re-hashed manifest, unchanged external digest: the verifier fails."""
    honest = own.build(tmp_path / "honest.zip")
    _tamper(own.database, _a_call(own))
    _rehash(own.database)
    _follow_suit(own)
    with own.database.connect() as connection:
        assert log.verify(connection, "tlf").problem is None
        assert log.verify(connection, "tlf", expected_head=honest.head.hash).problem is not None
    forged = own.build(tmp_path / "forged.zip")
    assert verify_package(forged.path, OutsideKnowledge(fingerprint=forged.fingerprint)).agree
    failed = failing(verdict(forged.path, honest))
    assert set(failed) == {"日志校验值"}
    assert honest.head.hash.hex() in failed["日志校验值"]


def test_a_log_cut_at_its_end_is_found_by_the_head_from_outside(own: Instance, tmp_path: Path) -> None:
    honest = own.build(tmp_path / "honest.zip")
    with own.database.connect_as_owner() as connection:
        connection.execute("ALTER TABLE batches DISABLE TRIGGER USER")
        batches = connection.execute("SELECT first_seq FROM batches ORDER BY first_seq DESC").fetchall()
        [before] = batches[1]  # the last one is the event of the package
        connection.execute("DELETE FROM batches WHERE first_seq >= %s", (before,))
    _as_superuser(own.database, ("DELETE FROM events WHERE seq >= %s", (before,)))
    _rehash(own.database)
    _follow_suit(own)
    cut = own.build(tmp_path / "cut.zip")
    assert verify_package(cut.path).agree
    assert set(failing(verdict(cut.path, honest))) == {"日志校验值"}


def test_the_head_of_an_earlier_report_is_found_in_a_longer_log(own: Instance, tmp_path: Path) -> None:
    earlier = own.build(tmp_path / "earlier.zip")
    with own.database.engine.begin() as connection:
        from tests.kpi.given import record

        record(connection, "call 2024-03-02 08:00:00 id later queued 08:00:10")
    later = own.build(tmp_path / "later.zip")
    told = {step.title: step.told for step in verdict(later.path, earlier).steps}["日志校验值"]
    assert f"第 {earlier.head.seq} 号" in told


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _replace(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def _claims(bag: Path) -> list[dict[str, Any]]:
    claims: list[dict[str, Any]] = json.loads((bag / layout.FIGURES).read_bytes())
    return claims


def _write_claims(bag: Path, claims: list[dict[str, Any]]) -> None:
    layout.write_json(bag / layout.FIGURES, claims)
    (bag / layout.FIGURES_TABLE).write_bytes(write_claims_table(claims))
