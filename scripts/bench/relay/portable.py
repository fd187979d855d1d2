"""The program on a system without sendfile: python -m scripts.bench.relay.portable, with the program's arguments."""

from __future__ import annotations

import sys

from chatapp.cli import main
from chatapp.server import sources

if __name__ == "__main__":
    sources.open_source = sources.SentFromMap
    sys.exit(main())
