"""Services on the Swarm: looked at, planned, deployed, followed until healthy, rolled back when they are not."""
