"""Make the executables of this system, in dist/: python scripts/build.py [--folder-only]."""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit("ChatApp needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from scripts._build import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
