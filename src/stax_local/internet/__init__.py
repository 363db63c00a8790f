"""Beyond the internet gateway: servers to talk to, and AWS's public endpoints, which are the region."""
