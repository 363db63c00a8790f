"""The machine images that the local region offers: Flatcar Container Linux, as its makers publish it.

Owner and naming are the real ones, and the numbers look like theirs; what boots behind them is
the data plane's affair.  Several versions a channel, so that "the newest" has to be found by date.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

FLATCAR_OWNER = "075585003325"
FLATCAR_ROOT_DEVICE = "/dev/xvda"
FLATCAR_ROOT_GIB = 8

ARCHITECTURES = ("x86_64", "arm64")

RELEASES = (
    ("stable", "4230.2.4", datetime(2025, 11, 4, 10, 12, 31)),  # noqa: DTZ001 - moto's times are naive UTC
    ("stable", "4459.2.1", datetime(2026, 6, 16, 9, 41, 7)),  # noqa: DTZ001
    ("stable", "4459.2.3", datetime(2026, 10, 27, 8, 55, 48)),  # noqa: DTZ001
    ("beta", "4459.1.2", datetime(2026, 5, 19, 9, 3, 22)),  # noqa: DTZ001
    ("beta", "4593.1.0", datetime(2026, 10, 27, 9, 20, 5)),  # noqa: DTZ001
    ("alpha", "4593.0.0", datetime(2026, 8, 11, 11, 37, 59)),  # noqa: DTZ001
    ("alpha", "4628.0.0", datetime(2026, 11, 10, 10, 2, 14)),  # noqa: DTZ001
    ("lts", "4081.3.5", datetime(2026, 3, 3, 12, 48, 30)),  # noqa: DTZ001
    ("lts", "4081.3.6", datetime(2026, 9, 8, 12, 15, 44)),  # noqa: DTZ001
)


@dataclass(frozen=True)
class FlatcarImage:
    """One image of one region."""

    id: str
    name: str
    architecture: str
    created_at: datetime
    """UTC, naive, as moto keeps its times."""


def flatcar_images(region: str) -> Iterator[FlatcarImage]:
    """Yield the images of a region; their ids differ from region to region and never change."""
    for channel, version, created_at in RELEASES:
        for architecture in ARCHITECTURES:
            name = f"Flatcar-{channel}-{version}-hvm"
            digest = hashlib.sha256(f"{region} {name} {architecture}".encode()).hexdigest()
            yield FlatcarImage(f"ami-0{digest[:16]}", name, architecture, created_at)
