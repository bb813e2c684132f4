"""A small centre and its package, and what it takes to tamper with one."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kpi.closing.exemptions import request_exemption
from kpi.documents.shelf import read_documents
from kpi.figures import results
from kpi.handover.package import layout
from kpi.handover.package.bag import close_bag
from kpi.handover.package.building import BuiltPackage, build_package
from kpi.handover.package.container import pack, unpack
from kpi.handover.package.keys import load_signing_key
from kpi.handover.package.signature import make_statement, sign_statement
from kpi.handover.verify import signatures
from kpi.handover.verify.findings import PackageFindings, StepOutcome, attempt_check
from kpi.handover.verify.manifests import check_manifests
from kpi.handover.verify.verification import OutsideKnowledge, verify_package
from tests.conftest import fresh_database
from tests.kpi.closing import correct, lock, reopen
from tests.kpi.drawn import quarter
from tests.kpi.given import RECORDED, append, record
from tracker import centers
from tracker.blob_store import DOCUMENTS, FileStore
from tracker.centers import Center
from tracker.database import Database
from tracker.events.calls import CallEnded
from tracker.events.times import BEIJING
from tracker.file_writing import WorkingFolder
from tracker.periods import Month
from tracker.settings import Settings
from tracker.vault import open_vault

NOW = RECORDED + timedelta(days=30)
PHONES = ("13800138000", "13900139000", "13700137000")
_TAGS = ("bagit.txt", "bag-info.txt", "manifest-*.txt", "tagmanifest-*.txt", layout.SIGNATURE)


@dataclass(frozen=True)
class Instance:
    """A centre with a quarter's data, its vault and its key."""

    database: Database
    settings: Settings
    center: Center

    def build(self, path: Path, now: datetime = NOW) -> BuiltPackage:
        return build_package(path, self.database, self.settings, self.center, 2024, now)

    @property
    def key(self) -> Ed25519PrivateKey:
        return load_signing_key(self.settings, self.center.center_id)


def make_instance(database: Database, home: Path) -> Instance:
    settings = Settings.read(
        {
            "HOTLINE_HOME": str(home),
            "HOTLINE_DATABASE_URL": database.url,
            "HOTLINE_VAULT_KEY": (b"k" * 32).hex(),
        }
    )
    with database.engine.begin() as connection:
        record(connection, quarter(Random(7)))
        raw: Any = connection.connection.driver_connection
        vault = open_vault(settings).of(raw, "tlf")
        append(
            connection, [_call(number, vault.token("phone", phone)) for number, phone in enumerate(PHONES)]
        )
        vault.keep(raw)
        store = FileStore(settings.home, DOCUMENTS, "tlf", vault)
        with WorkingFolder(settings.home / "incoming") as own:
            for document in read_documents(raw, "tlf", with_withdrawn=True):
                (own / "document").write_text(document.document, encoding="utf-8")
                assert store.keep(raw, own / "document").sha256 == document.sha256
        center = centers.find_center(raw, "tlf")
    return Instance(database, settings, center)


def _call(number: int, caller: str) -> CallEnded:
    at = datetime(2024, 2, 1, 9, number, tzinfo=BEIJING)
    return CallEnded(
        call_id=f"p{number}", direction="inbound", entered_at=at, queued_at=at, rang_at=None,
        answered_at=at, ended_at=None, talk_ms=None, outcome="answered", agent=None, skill_group=None,
        caller=caller, rating=None,
    )  # fmt: skip


@pytest.fixture(scope="session")
def instance(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """For tests that change nothing in it."""
    for database in fresh_database(server_url, template):
        yield make_instance(database, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def built(instance: Instance, tmp_path_factory: pytest.TempPathFactory) -> BuiltPackage:
    """Its package."""
    return instance.build(tmp_path_factory.mktemp("package") / "out.zip")


@pytest.fixture
def own(database: Database, home: Path) -> Instance:
    """An instance for this test alone."""
    return make_instance(database, home)


LATER = NOW + timedelta(days=2)
LATE_CALL = "call 2024-03-04 08:00:00 id late queued 08:00:10"


def close_quarter(instance: Instance) -> None:
    """Locks the first quarter, corrects March once, and asks for a lock exception of February in vain."""
    february, march, no_more = Month(2024, 2), Month(2024, 3), LATER + timedelta(days=3)
    with instance.database.engine.begin() as connection:
        for number in range(1, 4):
            lock(connection, Month(2024, number), NOW)
        request_exemption(connection, "tlf", february, by="张三", reason="不用了", now=NOW, expires_at=LATER)
    with instance.database.engine.begin() as connection:
        record(connection, LATE_CALL)
        results.bring_up_to_date(connection, "tlf", LATER)
        reopen(connection, march, LATER, expires_at=no_more)
        correct(connection, march, LATER)


@dataclass(frozen=True)
class Closed:
    """A centre whose first quarter is locked and whose March is corrected once, and its package."""

    instance: Instance
    built: BuiltPackage


@pytest.fixture(scope="session")
def closed(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Closed]:
    for database in fresh_database(server_url, template):
        instance = make_instance(database, tmp_path_factory.mktemp("home"))
        close_quarter(instance)
        yield Closed(instance, instance.build(tmp_path_factory.mktemp("package") / "out.zip", LATER))


Change = Callable[[Path], None]


@pytest.fixture
def tampered(built: BuiltPackage, instance: Instance, tmp_path: Path) -> Callable[..., Path]:
    """Packs the package anew after a change; `key` signs it, `closed` writes valid manifests first."""

    def tamper(change: Change, *, closed: bool = True, key: Ed25519PrivateKey | None = None) -> Path:
        bag = opened(built.path, tmp_path)
        change(bag)
        if closed:
            close_again(bag, key)
        path = tmp_path / "tampered.zip"
        pack(bag, path)
        return path

    return tamper


def opened(path: Path, folder: Path) -> Path:
    """The bag of a package, unpacked."""
    shutil.rmtree(folder / "opened", ignore_errors=True)
    (folder / "opened").mkdir()
    return unpack(path, folder / "opened").bag


def close_again(bag: Path, key: Ed25519PrivateKey | None) -> None:
    """Manifests that fit whatever lies there; the old signature, or that of a key."""
    held = (bag / layout.SIGNATURE).read_bytes()
    told = dict(line.split(": ") for line in (bag / "bag-info.txt").read_text("utf-8").splitlines())
    for pattern in _TAGS:
        for path in bag.glob(pattern):
            path.unlink()
    close_bag(bag, told)
    (bag / layout.SIGNATURE).write_bytes(held)
    if key is not None:
        about = orjson.loads((bag / layout.ABOUT).read_bytes())
        layout.write_json(bag / layout.SIGNATURE, sign_statement(key, make_statement(bag, about)))


def outside(built: BuiltPackage) -> OutsideKnowledge:
    """What the stamped report says of a package."""
    return OutsideKnowledge(heads=[built.head.hash.hex()], fingerprint=built.fingerprint)


def failing(found: PackageFindings) -> dict[str, str]:
    """Each step that failed, with everything said about it."""
    assert not found.agree
    return {
        step.title: "\n".join((step.told, *step.items))
        for step in found.steps
        if step.outcome is StepOutcome.FAILED
    }


def failing_outside(path: Path, built: BuiltPackage) -> dict[str, str]:
    """Manifests and signature alone, which need none of the log: each that failed, with what is said."""
    with TemporaryDirectory() as folder:
        found = unpack(path, Path(folder))
        about = orjson.loads((found.bag / layout.ABOUT).read_bytes())
        listed = check_manifests(found.bag, found.broken).step
        signature = attempt_check(
            signatures.TITLE, lambda: signatures.check_signature(found.bag, about, built.fingerprint)
        )
        return failing(PackageFindings(path.name, [listed, signature]))


def verdict(path: Path, built: BuiltPackage, **more: Any) -> PackageFindings:
    """The verdict of somebody who holds the stamped report."""
    return verify_package(path, replace(outside(built), **more))
