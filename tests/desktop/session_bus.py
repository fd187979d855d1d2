"""A desktop's message bus of the test's own, and on it a service that takes notifications as a desktop does."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Annotated, Any, NamedTuple

from dbus_fast.aio.message_bus import MessageBus
from dbus_fast.annotations import DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from tests.tools import need

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
PATIENCE = 30.0
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
"""No services that the bus would start by itself."""
Words = Annotated[list[str], DBusSignature("as")]


class Shown(NamedTuple):
    """One call of Notify (Desktop Notifications Specification, 9)."""

    program: str
    icon: str
    title: str
    text: str
    actions: list[str]


@contextmanager
def session_bus(folder: Path) -> Iterator[str]:
    """A bus that nobody else is on; its address."""
    folder.mkdir()
    (folder / "bus.conf").write_text(CONFIG.format(folder=folder))
    command = [str(need("dbus-daemon")), f"--config-file={folder / 'bus.conf'}", "--nofork", "--print-address=1"]
    bus = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert bus.stdout is not None
        yield bus.stdout.readline().strip()
    finally:
        bus.terminate()
        bus.communicate(timeout=PATIENCE)


class Interface(ServiceInterface):
    """What a desktop answers."""

    def __init__(self, shown: Callable[[Shown], None], *, answers: bool) -> None:
        super().__init__(NAME)
        self._shown, self._answers, self._count = shown, answers, 0

    @dbus_method()
    async def Notify(  # noqa: N802, PLR0917  # the specification's name, and its arguments
        self,
        app_name: DBusStr,
        replaces_id: DBusUInt32,  # noqa: ARG002
        app_icon: DBusStr,
        summary: DBusStr,
        body: DBusStr,
        actions: Words,
        hints: Annotated[dict[str, Any], DBusSignature("a{sv}")],  # noqa: ARG002
        expire_timeout: DBusInt32,  # noqa: ARG002
    ) -> DBusUInt32:
        self._shown(Shown(app_name, app_icon, summary, body, actions))
        if not self._answers:
            await asyncio.Event().wait()
        self._count += 1
        return self._count

    @dbus_method()
    def GetCapabilities(self) -> Words:  # noqa: N802
        return ["body", "body-markup", "actions"]

    @dbus_method()
    def GetServerInformation(self) -> Annotated[tuple[str, str, str, str], DBusSignature("ssss")]:  # noqa: N802
        return "test", "ChatApp", "1", "1.2"

    @dbus_signal()
    def ActionInvoked(self, number: DBusUInt32, action: DBusStr) -> Annotated[list[Any], DBusSignature("us")]:  # noqa: N802
        return [number, action]


class Desktop:
    """The service; `shown` has what it was told, in order."""

    def __init__(self, address: str, *, answers: bool = True) -> None:
        """answers: without, each caller waits for ever."""
        self.shown: Queue[Shown] = Queue()
        self._interface = Interface(self.shown.put, answers=answers)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._bus = self._do(self._open(address))

    async def _open(self, address: str) -> MessageBus:
        bus = await MessageBus(bus_address=address).connect()
        bus.export(PATH, self._interface)
        await bus.request_name(NAME)
        return bus

    def sees(self) -> Shown:
        """The next notification, once it is there."""
        return self.shown.get(timeout=PATIENCE)

    def clicks(self, number: int) -> None:
        """The person chooses a notification: the first is 1."""
        self._loop.call_soon_threadsafe(self._interface.ActionInvoked, number, "default")

    def close(self) -> None:
        """Leave the bus."""
        self._do(self._leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    async def _leave(self) -> None:
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _do(self, act: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(act, self._loop).result(PATIENCE)
