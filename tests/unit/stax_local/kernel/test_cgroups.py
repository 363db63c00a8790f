"""Control group hierarchies are found in what is mounted."""

from pathlib import Path

from stax_local.kernel.cgroups import Hierarchy, hierarchies

HYBRID = """tmpfs /sys/fs/cgroup tmpfs rw,relatime,mode=755 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,relatime,name=systemd 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
"""


def test_version_2_alone_is_one_hierarchy() -> None:
    mounts = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime 0 0\n/dev/sda / ext4 rw 0 0\n"

    assert hierarchies(mounts) == [Hierarchy(Path("/sys/fs/cgroup"), is_version_2=True)]


def test_a_hybrid_host_has_one_for_each_controller_and_the_unified_one() -> None:
    cpu, systemd, unified = hierarchies(HYBRID)

    assert {"cpu", "cpuacct"} <= cpu.controllers
    assert "name=systemd" in systemd.controllers
    assert unified == Hierarchy(Path("/sys/fs/cgroup/unified"), is_version_2=True)
