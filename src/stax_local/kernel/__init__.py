"""Linux: the only package that makes namespaces, opens sockets in them and runs `ip` and `nft`."""
