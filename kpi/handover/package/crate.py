"""The description for research tools. Source: RO-Crate Metadata Specification 1.1; the crate is `data/`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kpi.handover.package.bag import list_files

_FORMATS = {
    "csv": "text/csv",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "toml": "application/toml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def describe_crate(bag: Path, about: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata document, of the files that lie in the payload."""
    files = [
        _describe_file(bag, name) for name in list_files(bag / "data") if name != "ro-crate-metadata.json"
    ]
    center, year = about["center"], about["year"]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "author": {"@id": f"#{center['id']}"},
        "conditionsOfAccess": "仅供绩效评价核验使用；不含个人信息。",
        "datePublished": about["moment"],
        "description": f"{center['name']}{year}年绩效指标及得出它们的全部登记事件，可独立重算。",
        "hasPart": [{"@id": one["@id"]} for one in files],
        "name": f"{center['name']}{year}年绩效指标证据包",
    }
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }
    author = {"@id": f"#{center['id']}", "@type": "Organization", "name": center["name"]}
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [descriptor, root, author, *files]}


def _describe_file(bag: Path, name: str) -> dict[str, Any]:
    return {
        "@id": name,
        "@type": "File",
        "contentSize": str((bag / "data" / name).stat().st_size),
        "encodingFormat": _FORMATS.get(name.rpartition(".")[2], "application/octet-stream"),
        "name": name,
    }
