"""Write the contract's generated files, or see that they are fresh: python scripts/contract.py [--check]."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts._contract import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
