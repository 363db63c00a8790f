"""The NAT box's agent and the docker hosts' canary: `python3 -m stax_agent.nat DUTY`."""

import sys

from stax_agent.nat.duties import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
