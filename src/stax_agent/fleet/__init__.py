"""fleetctl: the words and tables of 2015 on what Swarm knows."""
