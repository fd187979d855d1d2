"""What runs beside ours: nginx as Debian has it, and tus's own server for Node."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from scripts._setup import SetupError
from scripts.bench.programs import BUILD, end, node_with_packages, process
from scripts.bench.relay.load import HERE

START_SECONDS = 10.0
# What Debian's nginx.conf says about sending, one worker, and a folder that takes PUT, by a buffer with which that is
# cheapest: 0.6 to 0.7 of the usual 16 KiB.
NGINX = """
daemon off; {user} worker_processes 1; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 768; }}
http {{
  access_log off; sendfile on; tcp_nopush on; types_hash_max_size 2048;
  client_max_body_size 0; client_body_buffer_size 1m;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen {address}:{port};
    location / {{ root {folder}/out; }}
    location /in/ {{ root {folder}; dav_methods PUT; }}
  }}
}}
"""


class Running(NamedTuple):
    """A server that takes requests."""

    url: str
    pid: int
    folder: Path
    """What it serves, or where it keeps what it takes."""


@contextmanager
def nginx(prefix: Sequence[str] = (), address: str = "127.0.0.1", port: int = 0) -> Iterator[Running]:
    """nginx, which serves what lies in its folder, and takes PUT under /in/; `prefix` is put before its command."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise SetupError("This needs nginx (Debian: nginx-light).")
    port = port or _free_port()
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        for name in ("in", "out"):
            Path(folder, name).mkdir()
        conf = Path(folder, "conf")
        user = "user root;" if os.geteuid() == 0 else ""
        conf.write_text(NGINX.format(folder=folder, address=address, port=port, user=user), encoding="utf-8")
        started = subprocess.Popen(
            [*prefix, program, "-c", str(conf), "-e", f"{folder}/errors"], stderr=subprocess.DEVNULL, text=True
        )
        try:
            _await_port(address, port)
            yield Running(f"http://{address}:{port}", started.pid, Path(folder, "out"))
        finally:
            end(started)


@contextmanager
def tus_server() -> Iterator[Running]:
    """The server that tus itself has for Node, with its store of files."""
    node = node_with_packages(HERE)
    with (
        tempfile.TemporaryDirectory(dir=BUILD) as folder,
        process([str(node), "tus.mjs", folder], "listening ", cwd=HERE) as (line, pid),
    ):
        yield Running(f"http://127.0.0.1:{line.split()[-1]}", pid, Path(folder))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
    return port


def _await_port(address: str, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
            return
        time.sleep(0.05)
    raise SetupError("nginx did not start")
