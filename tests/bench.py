"""Speed, as ratios measured in one run: `make bench`.

Ingesting a year of 200,000 calls against a bare COPY of the same events into the same table, the peak memory
of an import at two file lengths, and recomputing one month after a correction against rebuilding the year.
"""

import atexit
import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median

import psutil

from ingest.importing.import_file import import_file
from kpi.figures import results
from tests.conftest import remove_when_stopped
from tracker import embedded, log, migrations
from tracker.database import Database, create_database
from tracker.events.times import BEIJING
from tracker.facts import FACTS
from web.demo.sample import draw_year

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=BEIJING)
ROWS = 200_000
ROUNDS = 5
COPIES = 3  # of the same events in each round: one takes a second, in which a shared machine may change


def main() -> None:
    """Prints each figure with the ratio it is judged by."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(remove_when_stopped, folder)  # before the server's own, so that it runs after it
    calls = calls_file(folder, ROWS)
    url = embedded.start_server(folder / "postgres")
    ratios = [ingest_round(url, folder, calls, number) for number in range(ROUNDS)]
    print(f"导入 ÷ 裸 COPY 的速度比：中位 {median(ratios):.2f}（应不低于 0.30）")
    database = opened(url, f"round_{ROUNDS - 1}")
    recompute(database, folder, calls)
    for rows in (ROWS // 4, ROWS):
        print(f"导入 {rows:,} 行的内存峰值：{peak_memory(folder, rows):.0f} MB（应低于 400 MB）")


def calls_file(folder: Path, rows: int) -> Path:
    """A year of calls in one file, in the layout of the sample."""
    path = folder / f"话单_2025_{rows}.csv"
    year = draw_year(folder / f"drawn_{rows}", center="tlf", year=2025, calls_per_day=rows // 330, seed=3)
    written = 0
    with path.open("wb") as whole:
        for part in sorted(year.glob("话单_2025-*.csv")):
            header, *lines = part.read_bytes().splitlines(keepends=True)
            whole.writelines([header] if written == 0 else [])
            lines = lines[: rows - written]
            whole.writelines(lines)
            written += len(lines)
    assert written == rows, f"only {written} rows were drawn"
    return path


def opened(url: str, name: str) -> Database:
    database = create_database(url, name)
    migrations.upgrade(database)
    return database


def timed(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ingest_round(url: str, folder: Path, calls: Path, number: int) -> float:
    database = opened(url, f"round_{number}")
    ours = timed(lambda: import_file(database, folder / "home", calls, "tlf", now=NOW))
    events = copied_out(database)
    bare = median(timed(lambda: copied_in(database, events)) for _ in range(COPIES))
    print(f"第 {number + 1} 轮：导入 {ROWS / ours:,.0f} 行/秒，裸 COPY {ROWS / bare:,.0f} 行/秒")
    return bare / ours


def copied_out(database: Database) -> list[bytes]:
    with database.connect_as_owner() as connection, connection.cursor().copy("COPY events TO STDOUT") as copy:
        text = b"".join(bytes(part) for part in copy)
    return [text[start : start + (1 << 17)] for start in range(0, len(text), 1 << 17)]


def copied_in(database: Database, parts: list[bytes]) -> None:
    """The same events into a table like the log's, indexes and all."""
    with database.connect_as_owner() as connection:
        connection.execute("DROP TABLE IF EXISTS bare")
        connection.execute("CREATE TABLE bare (LIKE events INCLUDING ALL)")
        connection.commit()
        with connection.cursor().copy("COPY bare FROM STDIN") as copy:
            for part in parts:
                copy.write(part)


def recompute(database: Database, folder: Path, calls: Path) -> None:
    """A correction of three calls in May, against the whole year rebuilt from the log."""

    def up_to_date() -> None:
        with database.engine.begin() as connection:
            results.bring_up_to_date(connection, "tlf", NOW)

    def rebuild() -> None:
        with database.connect() as connection:
            log.rebuild_facts(connection, "tlf")
        database.renew_statistics(fact.name for fact in FACTS)
        with database.engine.begin() as connection:
            results.rebuild(connection, "tlf", NOW)

    up_to_date()
    month = []
    for seconds in range(1, ROUNDS + 1):
        import_file(database, folder / "home", corrected(folder, calls, seconds), "tlf", now=NOW)
        month.append(timed(up_to_date))
    whole = timed(rebuild)
    share = 100 * median(month) / whole
    print(f"更正后重算一个月 {median(month):.3f} 秒，重建全年 {whole:.1f} 秒：{share:.2f}%（应低于 2%）")


def corrected(folder: Path, calls: Path, seconds: int) -> Path:
    """Three calls of one day in May with another talking time."""
    path = folder / f"话单_更正_{seconds}.csv"
    with calls.open(encoding="gb18030", newline="") as given, path.open("w", encoding="gb18030") as changed:
        reader = csv.DictReader(given)
        writer = csv.DictWriter(changed, reader.fieldnames or [])
        writer.writeheader()
        of_the_day = (row for row in reader if row["进入系统时间"].startswith("2025-05-14"))
        for row, _ in zip(of_the_day, range(3), strict=False):
            writer.writerow(row | {"通话时长(秒)": str(int(row["通话时长(秒)"]) + seconds)})
    return path


def peak_memory(folder: Path, rows: int) -> float:
    """Megabytes that a process of its own takes to import so many rows."""
    calls = calls_file(folder, rows) if rows != ROWS else folder / f"话单_2025_{ROWS}.csv"
    command = [sys.executable, "-m", "tests.bench", str(folder), str(calls), str(rows)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def import_alone(folder: Path, calls: Path, rows: str) -> None:
    """Imports into a database of its own and prints the peak of its memory, its reading process included."""
    peak = 0.0

    def look(_: object) -> None:
        nonlocal peak
        own = psutil.Process()
        readers = [child for child in own.list_children() if "python" in child.name()]
        peak = max(peak, sum(process.memory_info().rss for process in (own, *readers)) / (1 << 20))

    database = opened(embedded.start_server(folder / "postgres"), f"memory_{rows}")
    import_file(database, folder / "home", calls, "tlf", now=NOW, progress=look)
    print(peak)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        import_alone(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    else:
        main()
