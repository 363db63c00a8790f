"""Compose files and catalogue services, read, checked and compared.  Pure: nothing here knows a Swarm."""
