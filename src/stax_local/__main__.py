"""`python -m stax_local`: what `stax local` runs."""

import sys

from stax_local.cli import main

if __name__ == "__main__":
    sys.exit(main())
