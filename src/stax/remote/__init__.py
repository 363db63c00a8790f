"""Ssh into the machines: OpenSSH's own client, with a configuration and known hosts of our own."""
