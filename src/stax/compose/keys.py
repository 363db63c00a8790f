"""What a Compose file may say here: Swarm's part of the Compose format 3.9, which Docker 20.10 and later take."""

TOP_LEVEL = ("version", "name", "services", "networks", "volumes", "configs", "secrets")

TAKEN = (
    *("cap_add", "cap_drop", "command", "configs", "deploy", "dns", "dns_search", "entrypoint", "env_file"),
    *("environment", "extra_hosts", "healthcheck", "hostname", "image", "init", "labels", "logging", "networks"),
    *("ports", "read_only", "secrets", "stdin_open", "stop_grace_period", "stop_signal", "sysctls", "tmpfs", "tty"),
    *("ulimits", "user", "volumes", "working_dir"),
)

WITHOUT_EFFECT = {
    "container_name": "Swarm names containers by service and task",
    "depends_on": "Swarm starts all at once; a health check says when each is ready",
    "expose": "services on one network reach every port of one another",
    "restart": "Swarm starts a task again that ends; deploy.restart_policy says otherwise",
    "build": "the image is not built here: docker build, then stax push",
    "pull_policy": "an image is pulled when a docker host does not have it",
    "links": "services on one network find one another by name",
    "platform": "all docker hosts are of one kind",
}
"""What says nothing to a Swarm, and nothing is lost by it: noted and left out."""

REFUSED = {
    "blkio_config": "limits of block devices; Swarm has none",
    "cgroup_parent": "a parent control group",
    "cpu_shares": "write deploy.resources.limits.cpus",
    "cpu_quota": "write deploy.resources.limits.cpus",
    "cpus": "write deploy.resources.limits.cpus",
    "cpuset": "processors of one machine",
    "credential_spec": "credentials of Windows",
    "device_cgroup_rules": "devices of one machine",
    "devices": "devices of one machine",
    "develop": "a developer's machine",
    "domainname": "write hostname",
    "extends": "write out what it extends, or use a YAML anchor",
    "external_links": "put both services on one network",
    "gpus": "devices of one machine",
    "group_add": "further groups of the user",
    "ipc": "the memory of another container",
    "isolation": "a kind of Windows container",
    "mac_address": "an address of one container",
    "mem_limit": "write deploy.resources.limits.memory",
    "mem_reservation": "write deploy.resources.reservations.memory",
    "memswap_limit": "limits of swap",
    "network_mode": "write networks",
    "oom_kill_disable": "no limit of memory",
    "pid": "the processes of another container",
    "pids_limit": "write deploy.resources.limits.pids",
    "privileged": "all rights over the machine; name single ones in cap_add",
    "profiles": "several files do it: stax start -f",
    "runtime": "another runtime of containers",
    "scale": "write deploy.replicas",
    "security_opt": "options of the kernel's security modules",
    "shm_size": "mount a tmpfs at /dev/shm: volumes with type tmpfs",
    "userns_mode": "another user namespace",
    "volume_driver": "name the driver in the volume",
    "volumes_from": "name the volume in both services",
}
"""What a Swarm's services cannot do, or do otherwise: refused by name, with what it is or what to write."""

DEPLOY = (
    *("endpoint_mode", "labels", "mode", "placement", "replicas", "resources", "restart_policy"),
    *("rollback_config", "update_config"),
)
