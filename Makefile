# Every target brings the environment up to date first; that is quick when nothing changed.
.PHONY: demo test unit drill lint bench clean bootstrap

# pytest keeps what it compiles of the tests: where that is forbidden, each run spends ten seconds on it again.
export PYTHONDONTWRITEBYTECODE =

# COMMAND:PACKAGE, what a local region with networks and machines in the kernel takes, and what gets into them.
FOR_MACHINES = ip:iproute2 nft:nftables systemd-nspawn:systemd-container mmdebstrap:mmdebstrap ssh-keygen:openssh-client

# From nothing to a stax in the local region, on the screen.
demo:
	@tools/bootstrap run
	@tools/packages $(FOR_MACHINES)
	@tools/demo

# Everything that is checked: what lint checks, then all tests.  An ssh server is installed in CI alone: nobody wants
# one to start on their own machine because they ran tests; there, what needs it is skipped by name.  sshd -T wants the
# folder that its service would have made.
test: bootstrap
	@tools/packages $(FOR_MACHINES) ignition-validate:ignition $(if $(CI),sshd:openssh-server)
	$(if $(CI),@mkdir -p /run/sshd)
	@$(MAKE) --no-print-directory lint
	.venv/bin/pytest -n 2 --dist worksteal

# The fast part of the tests: nothing but memory and temporary files.
unit: bootstrap
	.venv/bin/pytest tests/unit -n 2 --dist worksteal

# Whole staxes broken on purpose, for half an hour and more: the NAT pair's cases, the clusters' (docs/nat.md,
# docs/cluster.md say which of them have passed).
drill: bootstrap
	@tools/packages $(FOR_MACHINES)
	.venv/bin/pytest tests/live/drills

lint: bootstrap
	.venv/bin/ruff check src tests bench
	.venv/bin/ruff format --check src tests bench
	.venv/bin/mypy
	.venv/bin/lint-imports

# One line of JSON for each thing that is measured; all are, whatever the first ones say.
bench: bootstrap
	@failed=0; for bench in bench/bench_*.py; do .venv/bin/python "$$bench" || failed=1; done; exit $$failed

# Back to what git has; the configuration stays.
clean:
	git clean -dfXq --exclude='!/config/config.json'

bootstrap:
	@tools/bootstrap
