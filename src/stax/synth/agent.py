"""The agent as one file: a zip of its modules that Python runs as it is.

The same modules always give the same bytes, on any computer: fixed order, dates and permissions, and no
compression, because builds of zlib disagree about the bytes they produce.  (The standard library's
`zipapp` writes the files' own dates.)
"""

import io
import zipfile
from pathlib import Path

PACKAGE = Path(__file__).parent.parent.parent / "stax_agent"
"""Beside this package, in a checkout as in an installation; read as files, never imported."""

MAIN = b"import sys\n\nfrom stax_agent.__main__ import main\n\nsys.exit(main(sys.argv[1:]))\n"

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can say."""
_UNIX = 3


def agent_zipapp(package: Path = PACKAGE) -> bytes:
    """Return the zip; run with `python3 -I`."""
    sources = {f"stax_agent/{path.relative_to(package).as_posix()}": path for path in package.rglob("*.py")}
    contents = {"__main__.py": MAIN} | {name: path.read_bytes() for name, path in sources.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system = _UNIX
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, contents[name])
    return packed.getvalue()
