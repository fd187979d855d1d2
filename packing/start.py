"""Where the packed program begins."""

from chatapp.cli import main

raise SystemExit(main())
