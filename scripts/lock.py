"""Lock the packages again: python scripts/lock.py [--upgrade]."""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit("ChatApp needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from scripts._relock import relock

if __name__ == "__main__":
    sys.exit(relock(sys.argv[1:]))
