"""What becomes of the headers of vendors' tables; `python -m tests.ingest.vendor_headers` prints it.

`tests/data/vendor_headers.tsv` lists them: by the names of the fields in a vendor's documentation, and by
their Chinese names there. Whoever has a file asks `hotline ingest FILE --dry-run` instead.

Of each header it is said whether it is read (认得, with the profile), asked about (问), or refused (拒). It
counts as asked about only where the import page would begin with the right kind of table and with at least
one column of it placed; whatever else stops a file is a refusal. A list of something that is not imported
here must be refused. Read as another kind than it is would be 错认.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.profiles.profile import candidates, load_profiles
from ingest.recognition.preview import find_likeliest
from ingest.recognition.recognise import TableUnknown, recognise
from tracker.tabular import Row

LIST = Path(__file__).parents[1] / "data" / "vendor_headers.tsv"
KINDS = {
    "calls": "calls",
    "orders": "work_orders",
    "agent_states": "agent_states",
    "recordings": "recordings",
}


@dataclass(frozen=True)
class VendorHeader:
    """The titles of one table, and what it is: a key of `KINDS`, or "other" for what is not imported here."""

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
    """The profile that reads it, 问 where the import page begins with its kind, or 拒; and the sentence."""
    rows: list[Row] = [(1, header.titles)]
    profiles = candidates(load_profiles())
    try:
        return recognise(rows, profiles).profile.name, ""
    except TableUnknown as refusal:
        nearest, _ = find_likeliest([], rows, profiles)
        begins = nearest is not None and nearest.profile.kind.name == KINDS.get(header.kind)
        return ("问" if begins and nearest and nearest.matched else "拒"), str(refusal)


def is_mistaken(header: VendorHeader, result: str) -> bool:
    """Whether it was read as another kind than it is."""
    read_as = load_profiles().get(result)
    return read_as is not None and read_as.kind.name != KINDS.get(header.kind)


def describe_headers() -> Iterator[str]:
    """A line a header, and a last one that counts them."""
    counted: Counter[str] = Counter()
    for header in list_headers():
        result, sentence = classify(header)
        counted["认得" if result not in "问拒" else result] += 1
        counted["应拒"] += result == "拒" and header.kind not in KINDS
        counted["错认"] += is_mistaken(header, result)
        yield f"{header.name}：{result} {sentence[:160]}".rstrip()
    total = counted["认得"] + counted["问"] + counted["拒"]
    yield (
        f"共 {total} 个表头：认得 {counted['认得']}，问 {counted['问']}，拒 {counted['拒']}"
        f"（其中不是这里导入的清单、应当拒的 {counted['应拒']}），错认 {counted['错认']}；"
        f"认得或问对的 {counted['认得'] + counted['问']}/{total}"
    )


if __name__ == "__main__":
    print("\n".join(describe_headers()))
