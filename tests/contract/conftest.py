"""The store's contract holds on every database: each test here runs once on each, unless it is about one of them."""

import pytest

from tests.support import stores

ENGINES = ("sqlite", "postgres")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("engine")
    metafunc.parametrize("engine", marker.args if marker else ENGINES, indirect=True)


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database of this test."""
    monkeypatch.setattr(stores, "ENGINE", request.param)
    return str(request.param)
