"""Every other reader of what comes from outside, given spoilt files: profiles, schemes, facts, calendars,
questionnaires, claims, documents, packages, verdicts, sent events. Tables are `tests/ingest/fuzzing.py`'s.

`python -m tests.fuzz.readers 30000` gives so many files to each reader in turn and says what became of them.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ingest.events.sent_event import read_batch, read_lines, read_single
from ingest.profiles.toml_profiles import read_profile
from kpi.documents.media import examine
from kpi.evaluation.claims.layout import check_tables
from kpi.evaluation.claims.tables import read_tables
from kpi.evaluation.delivered_tables import read_attested, read_marked
from kpi.evaluation.facts_files import read_facts
from kpi.evaluation.scheme_files import read_scheme
from kpi.evaluation.surveys.answers import read_answers
from kpi.evaluation.surveys.questionnaire import read_questionnaire
from kpi.handover.verify.verification import OutsideKnowledge, verify_package
from tests.ingest.fuzzing import SLOWEST, seeds, spoil
from tests.kpi import papers
from tracker.calendar_files import PACKAGED, read_calendar
from web.cli import is_for_a_person

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "kpi" / "evaluation" / "published"
SCHEMES = ROOT / "kpi" / "evaluation" / "schemes"
QUESTIONNAIRES = ROOT / "kpi" / "evaluation" / "questionnaires"
EVENT = (
    b'{"specversion":"1.0","id":"1","source":"/a","type":"calls","time":"2023-05-01T08:00:00+08:00",'
    b'"data":{"call_id":"c1","arrived_at":"2023-05-01 08:00:00","direction":"\xe5\x91\xbc\xe5\x85\xa5"}}'
)

Seeds = list[tuple[str, bytes]]


class Reader(NamedTuple):
    """A reader, and good files of it by name."""

    read: Callable[[Path], object]
    seeds: Callable[[Path], Seeds]


def from_folder(folder: Path) -> Callable[[Path], Seeds]:
    return lambda _: [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.toml"))]


def made_papers(folder: Path) -> Seeds:
    made = (
        papers.pdf,
        papers.scripted_pdf,
        papers.picture,
        papers.tiff,
        papers.word,
        papers.sheet,
        papers.ofd,
    )
    return [(path.name, path.read_bytes()) for path in (make(folder) for make in made)]


def tables(_: Path) -> Seeds:
    suffixes = (".csv", ".xlsx", ".docx", ".xls", ".ods")
    return [(name, content) for name, content in seeds() if Path(name).suffix in suffixes]


def read_facts_of_own_scheme(path: Path) -> object:
    scheme = read_scheme(SCHEMES / "turpan-2022.toml")
    return read_facts(path, scheme)


def answers(path: Path) -> object:
    return read_answers(path, read_questionnaire(next(QUESTIONNAIRES.glob("*.toml"))))


def as_text(read: Callable[[str], object]) -> Callable[[Path], object]:
    return lambda path: read(path.read_text("utf-8", errors="replace"))


def small_package(folder: Path) -> Seeds:
    """No package, but a zip made like one: a bag with its declaration and manifests."""
    path = papers.archive(
        folder,
        {
            "hotline-c1-2023/bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "hotline-c1-2023/bag-info.txt": "Payload-Oxum: 2.1\n",
            "hotline-c1-2023/manifest-sha256.txt": f"{'0' * 64}  data/log/head.json\n",
            "hotline-c1-2023/data/log/head.json": '{"seq": 1, "hash": "00"}',
        },
        name="out.zip",
    )
    return [(path.name, path.read_bytes())]


READERS: Mapping[str, Reader] = {
    "profile": Reader(read_profile, from_folder(ROOT / "ingest" / "profiles")),
    "scheme": Reader(read_scheme, from_folder(SCHEMES)),
    "facts": Reader(read_facts_of_own_scheme, from_folder(PUBLISHED)),
    "calendar": Reader(read_calendar, from_folder(Path(str(PACKAGED)))),
    "questionnaire": Reader(read_questionnaire, from_folder(QUESTIONNAIRES)),
    "answers": Reader(answers, tables),
    "claims": Reader(lambda path: check_tables(read_tables(path)), tables),
    "attested": Reader(read_attested, tables),
    "marks": Reader(read_marked, tables),
    "document": Reader(examine, made_papers),
    "package": Reader(lambda path: verify_package(path, OutsideKnowledge()), small_package),
    "event": Reader(as_text(read_single), lambda _: [("event.json", EVENT)]),
    "events": Reader(as_text(read_batch), lambda _: [("events.json", b"[" + EVENT + b"," + EVENT + b"]")]),
    "lines": Reader(as_text(read_lines), lambda _: [("events.ndjson", EVENT + b"\n" + EVENT)]),
}


@cache
def seeds_of(name: str) -> Seeds:
    with tempfile.TemporaryDirectory() as folder:
        return READERS[name].seeds(Path(folder))


def read_one(name: str, number: int, folder: Path) -> str:
    """What becomes of one file: "read", or the sentence. Raises: AssertionError for anything else."""
    chance = random.Random(f"{name} {number}")
    seed, content = chance.choice(seeds_of(name))
    path = folder / f"{number}{Path(seed).suffix}"
    path.write_bytes(spoil(content, chance))
    start = time.monotonic()
    try:
        READERS[name].read(path)
        return "read"
    except Exception as problem:
        if not is_for_a_person(problem):
            raise AssertionError(f"{name} {number}, made from {seed}: {problem!r}") from problem
        sentence = str(problem)
        assert any("\u4e00" <= mark <= "\u9fff" for mark in sentence), f"{name} {number}: {sentence}"
        return sentence[:40]
    finally:
        path.unlink()
        assert time.monotonic() - start < SLOWEST, f"{name} {number} takes too long"


def read_many(name: str, first: int, count: int, folder: Path) -> Counter[str]:
    """What became of so many files."""
    return Counter(read_one(name, number, folder) for number in range(first, first + count))


def main() -> None:
    count = int(sys.argv[1]) // len(READERS)
    with tempfile.TemporaryDirectory() as folder:
        for name in READERS:
            faults, outcomes, start = 0, Counter[str](), time.monotonic()
            for number in range(count):
                try:
                    outcomes[read_one(name, number, Path(folder))] += 1
                except AssertionError as problem:
                    faults += 1
                    print(problem)
            print(
                f"{name}：{count} 份，{len(outcomes)} 种结果，读成 {outcomes['read']}，出错 {faults}，"
                f"{time.monotonic() - start:.0f} 秒"
            )


if __name__ == "__main__":
    main()
