"""The agent's telling of connections without the rest of the agent: `nat_copying.py BOX`, in the box's namespace."""

import socket
import sys
import threading

from bench.nat_rates import site

from stax_agent.nat.copies import LARGEST_BYTES, PORT, Copier
from stax_agent.nat.sealed import Correspondence, Keys

KEY = bytes(range(32))


def main(box: int) -> None:
    here = site(box)
    home, peer = here.zones[box].home, here.zones[here.peer].home
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.bind((home, PORT))
    letters = Correspondence(Keys(KEY), me=box, peer=here.peer, largest=LARGEST_BYTES)
    holders = {socket.inet_aton(zone.home): socket.inet_aton(here.holder(each)) for each, zone in here.zones.items()}
    Copier((link, peer), letters, holders, lambda: frozenset({socket.inet_aton(home)})).start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
