"""How a stax comes to be, changes and ends: plans, and their execution as streams of events."""
