"""`python -m stax`: the same as `stax`."""

import sys

from stax.cli.main import main

sys.exit(main())
