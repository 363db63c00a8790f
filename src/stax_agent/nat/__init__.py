"""The NAT box's agent: two boxes watch each other, and one carries both zones when the other cannot."""
