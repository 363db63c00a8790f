"""The listeners to a verb's events: a live terminal, plain lines, JSON lines, nobody."""
