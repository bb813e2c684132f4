from pathlib import Path

import pytest

from web.demo.sample import draw_year


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tlf, all of 2026, about 12 calls a day."""
    return draw_year(tmp_path_factory.mktemp("whole"), center="tlf", year=2026, calls_per_day=12, seed=7)


@pytest.fixture(scope="session")
def ten_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same centre, year and seed up to October."""
    return draw_year(
        tmp_path_factory.mktemp("ten"), center="tlf", year=2026, through=10, calls_per_day=12, seed=7
    )


@pytest.fixture(params=["whole", "ten_months"])
def drawn(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder
