"""One server behind nginx for all tests of a module, over a small centre with things of two years."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from tests.conftest import fresh_database
from tests.web.attacks.contents import fill
from tests.web.attacks.site import LONG, Site, open_site
from web.access import passwords
from web.jobs import working

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="module")
def site(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("attacked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(working, "PATIENCE", LONG - 50)  # what is made is there when its page is
        patch.setattr(passwords, "HASHER", QUICK)
        for database in fresh_database(server_url, template):
            with open_site(database, folder) as site:
                fill(site)
                yield site
