"""A backup put back: a stax is gone, and a new one begins with its services, secrets and keys."""

from pathlib import Path

import pytest
from tests.cluster import cluster_is_whole, clustered, eventually, leader, skip_without_machines, stocked

SERVICE = (
    "docker service create --quiet --detach --endpoint-mode dnsrr --no-resolve-image --name web --replicas 2 "
    "box:1 /bin/busybox httpd -f -p 8080"
)
RUNNING = 'docker service ps web --filter desired-state=running --format "{{.CurrentState}}" | grep -c ^Running'
ETCDCTL = "su core -c 'env $(sed -n s/^SetEnv.//p /etc/ssh/sshd_config.d/20-docker.conf) etcdctl"


@pytest.mark.timeout(1500)
def test_a_new_stax_begins_with_what_one_that_is_gone_had(tmp_path: Path) -> None:
    skip_without_machines()
    kept = str(tmp_path / "kept")
    with clustered(tmp_path / "region", hosts=3) as stax:
        stax.inside(leader(stax), f"{SERVICE} && docker secret create word /etc/hostname")
        stax.inside(leader(stax), f"{ETCDCTL} put kept through-all-of-this'")
        for words in (("backup", "make"), ("backup", "fetch", "--to", kept)):
            done = stax.stax(*words, "--region", "local")
            assert done.returncode == 0, done.stderr
        before = {host.instance_id for host in stax.hosts()}
        stax.destroy()

        stax.create(3, "--from-backup", kept)

        cluster_is_whole(stax, hosts=3)
        stocked(stax)
        eventually(lambda: stax.execute(leader(stax), RUNNING).stdout.strip() == "2")
        assert stax.inside(leader(stax), "docker secret ls --format '{{.Name}}'").split() == ["word"]
        assert stax.inside(leader(stax), f"{ETCDCTL} get kept --print-value-only'").strip() == "through-all-of-this"
        labels = "docker node ls -q | xargs docker node inspect --format '{{index .Spec.Labels \"instance-id\"}}'"
        assert set(stax.inside(leader(stax), labels).split()) == {host.instance_id for host in stax.hosts()}
        assert not before & {host.instance_id for host in stax.hosts()}
