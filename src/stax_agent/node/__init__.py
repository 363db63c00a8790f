"""The docker hosts' duty: to be one Swarm, one etcd cluster and one consul cluster, whoever comes and goes."""
