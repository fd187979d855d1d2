"""One build for all these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.build.packing import BUILD_SECONDS, EDITION, built, program_in, unpack
from tests.contract.people import Company
from tests.server_process import ServerProcess

OpenFrozen = Callable[..., ServerProcess]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first of these tests waits for the build."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(BUILD_SECONDS + 180))


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with everything that scripts/build.py makes."""
    return built(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="session")
def unpacked(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip's folder, unpacked."""
    return unpack(dist / f"{EDITION.name}.zip", tmp_path_factory.mktemp("unpacked"))


@pytest.fixture(scope="session")
def program(unpacked: Path) -> Path:
    """The unpacked program."""
    return program_in(unpacked)


@pytest.fixture
def frozen(program: Path, tmp_path: Path) -> Iterator[OpenFrozen]:
    """Starts the packed program as a room's host; its data are in the test's folder."""
    with ExitStack() as stack:

        def opened(*arguments: str, **options: Any) -> ServerProcess:
            server = ServerProcess(*arguments, **{"data": tmp_path / "data", "program": [str(program)], **options})
            stack.callback(server.stop)
            return server

        yield opened


@pytest.fixture
def together() -> Iterator[Callable[[ServerProcess], Company]]:
    """People in rooms; they go when the test ends."""
    with ExitStack() as stack:

        def company(server: ServerProcess) -> Company:
            people = Company(server)
            stack.callback(people.all_go)
            return people

        yield company
