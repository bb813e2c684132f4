"""The embedded server survives a first start that was broken off."""

from pathlib import Path

import psycopg
import pytest

from tracker import embedded


@pytest.mark.slow
def test_a_first_start_that_was_broken_off_begins_anew(tmp_path: Path):
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("18\n")  # as far as it got
    (tmp_path / "postgres.unfinished").touch()
    with psycopg.connect(embedded.start_server(folder)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not (tmp_path / "postgres.unfinished").exists()
