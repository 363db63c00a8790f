# Every target brings the environment up to date first; that is quick when nothing changed.
.PHONY: demo test unit lint bench clean bootstrap

# From nothing to a stax in the local region, on the screen.
demo:
	@tools/bootstrap run
	@tools/packages ssh-keygen:openssh-client
	@tools/demo

# Everything that is checked: what lint checks, then all tests.
test: bootstrap
	@tools/packages ssh-keygen:openssh-client ignition-validate:ignition
	@$(MAKE) --no-print-directory lint
	.venv/bin/pytest -n 2

# The fast part of the tests: nothing but memory and temporary files.
unit: bootstrap
	.venv/bin/pytest tests/unit -n 2

lint: bootstrap
	.venv/bin/ruff check src tests bench
	.venv/bin/ruff format --check src tests bench
	.venv/bin/mypy
	.venv/bin/lint-imports

# One line of JSON for each thing that is measured.
bench: bootstrap
	@for bench in bench/bench_*.py; do .venv/bin/python "$$bench" || exit 1; done

# Back to what git has; the configuration stays.
clean:
	git clean -dfXq --exclude='!/config/config.json'

bootstrap:
	@tools/bootstrap
