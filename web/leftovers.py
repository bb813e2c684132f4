"""What killed processes left unfinished in an instance's folder."""

import tempfile
from pathlib import Path

from tracker.blob_store import SORTS, clear_unfinished
from tracker.file_writing import clear_parts, clear_working_folders


def clear_leftovers(home: Path) -> None:
    """Deletes the parts of files and the working folders whose processes have gone."""
    for name in SORTS:
        clear_unfinished(home / name)
    for folder in (home / "keys", *home.glob("profiles/*")):
        clear_parts(folder)
    for folder in (Path(tempfile.gettempdir()), home / "incoming", *home.glob("jobs/*")):
        clear_working_folders(folder)
