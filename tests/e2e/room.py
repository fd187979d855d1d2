"""The room under test: a real server that can die and come back."""

from __future__ import annotations

from pathlib import Path

from tests.server_process import ServerProcess


class Room:
    """One address over several runs of the program."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.server = ServerProcess(*arguments, data=data)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def host_token(self) -> str:
        return self.server.host_token

    def dies(self) -> None:
        """As by kill -9."""
        self.server.kill()

    def comes_back(self) -> None:
        dead, self.server = self.server, self.server.again()
        dead.stop()

    def stop(self) -> None:
        self.server.stop()
