"""The walk of `stax test`: its steps, and what they share."""
