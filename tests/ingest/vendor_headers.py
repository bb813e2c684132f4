"""What becomes of the headers of vendors' tables; `python -m tests.ingest.vendor_headers` prints it.

`tests/data/vendor_headers.tsv` lists them: by the names of the fields in a vendor's documentation, and by
their Chinese names there. Whoever has a file asks `hotline ingest FILE --dry-run` instead.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.profiles.profile import candidates, load_profiles
from ingest.recognition.recognise import TableUnknown, recognise

LIST = Path(__file__).parents[1] / "data" / "vendor_headers.tsv"
_KINDS = {"calls": "话单", "orders": "工单"}


@dataclass(frozen=True)
class VendorHeader:
    """The titles of one table, and what it is: calls, orders, or something that no kind of ours is."""

    name: str
    kind: str
    expected: str  # a profile, 问 or 拒
    titles: list[str]


def list_headers() -> list[VendorHeader]:
    with LIST.open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [
            VendorHeader(
                f"{row['供应商']} {row['表']}（{row['写法']}）",
                row["是什么"],
                row["结果"],
                row["列名"].split(","),
            )
            for row in rows
        ]


def classify(header: VendorHeader) -> tuple[str, str]:
    """The profile that reads it, 问 where the right kind asks for what it lacks, or 拒; and the sentence."""
    profiles = load_profiles()
    try:
        found = recognise([(1, header.titles)], candidates(profiles))
    except TableUnknown as refusal:
        sentence = str(refusal)
        kind = _KINDS.get(header.kind)
        nearest = [one.title for one in profiles.values() if one.kind.title == kind]
        asks = "要先问" in sentence or any(f"最接近“{title}”" in sentence for title in nearest)
        asks = asks or f"列名像“{kind}”" in sentence
        return ("问" if kind and asks else "拒"), sentence
    return found.profile.name, ""


def _lines() -> Iterator[str]:
    counted: Counter[str] = Counter()
    for header in list_headers():
        result, sentence = classify(header)
        counted[result if result in "问拒" else "认得"] += 1
        yield f"{header.name}：{result} {sentence[:160]}"
    yield "，".join(f"{result} {number}" for result, number in counted.items())


if __name__ == "__main__":
    print("\n".join(_lines()))
