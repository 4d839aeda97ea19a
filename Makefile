# Everything starts here: `make demo` shows the lane, `make test` proves it. Both set up what they need.
UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
# The distribution's own Python, where it is new enough: built with profiles it runs the lane a quarter faster than one built without.
DISTRIBUTED := $(shell /usr/bin/python3 -c 'import sys; print(sys.executable if sys.version_info >= (3, 11) else "")' 2>/dev/null)
ifneq ($(DISTRIBUTED),)
export UV_PYTHON ?= $(DISTRIBUTED)
endif

.PHONY: demo test check prove branches mutants soak setup format bench bench-plates bench-identity bench-cameras campaign-lane campaign-journal clean

demo: setup ## trucks cross a simulated lane; more with ARGS="--trucks 8 --seed 7"
	@.venv/bin/lanectl demo $(ARGS)

test: setup ## every test, real components where they are installed
	@.venv/bin/pytest -n auto --dist worksteal -m "not campaign and not real_time" $(ARGS); in_virtual_time=$$?; \
	.venv/bin/pytest -n 2 --dist loadfile -m "not campaign and real_time" $(ARGS); by_the_clock=$$?; \
	if [ $$by_the_clock -eq 1 ]; then \
		echo "What failed is asked again, one test at a time on a clock as fast as a real lane's: at three times that a machine that is held up is too late."; \
		LANECTL_TEST_PACE=1 .venv/bin/pytest -n 0 --last-failed -m "not campaign and real_time" $(ARGS); by_the_clock=$$?; \
	fi; exit $$((in_virtual_time ? in_virtual_time : by_the_clock))

check: setup ## style, types, import contracts, shipped configuration
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	@for site in config/*/site.toml; do .venv/bin/lanectl check $${site%/site.toml} || exit; done

prove: setup ## the safety rules over all states of small lanes, each model on every core; one with ARGS="B1-gates", longer with ARGS="--seconds 3600 B4"
	@.venv/bin/python -m tests.prove $(ARGS)

branches: setup ## which branches of the rules the search does not take
	@.venv/bin/python -m tests.prove.branches

mutants: setup ## planted rule bugs, and what catches each; some with ARGS="B1 R5", by the search alone with ARGS="--by-search", by whole lanes in virtual time with ARGS="--by-soak"
	@.venv/bin/python -m tests.prove.mutants $(ARGS)

soak: setup ## a whole lane in virtual time, with everything that goes wrong: SEEDS=8 HOURS=1 ARGS="--trucks 8 --faults 50"
	@.venv/bin/lanectl soak --seeds $(or $(SEEDS),8) --hours $(or $(HOURS),1) $(ARGS)

format: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench-plates: setup ## plate reading on real photographs: exact, wrong, empty, CPU time; the whole table with ARGS="--all --references"
	@$(UV) sync --frozen --quiet --group references
	.venv/bin/python -m benchmarks.plates $(ARGS)

bench-identity: setup ## who is let through: manifests of 500 with the truck, without it, and full of look-alikes
	.venv/bin/python -m benchmarks.identity $(ARGS)

bench-cameras: setup ## how soon a camera's trouble is said, of frames and of running workers, and from frame to identity
	.venv/bin/python -m benchmarks.cameras
	.venv/bin/python -m benchmarks.cameras_live $(ARGS)

bench: setup ## serial, journal, trucks and our own time against the wire, the disk, peer libraries and the limits
	.venv/bin/python -m benchmarks.serial
	.venv/bin/python -m benchmarks.journal
	.venv/bin/python -m benchmarks.vda5050
	.venv/bin/python -m benchmarks.dispatch
	.venv/bin/python -m benchmarks.vda5050_orders
	.venv/bin/python -m benchmarks.reaction

campaign-lane: setup ## the longer runs: every scenario and every restart in virtual time, each fault of a running camera
	@.venv/bin/pytest -m campaign $(ARGS)

campaign-journal: setup ## kill -9 two hundred times: no acknowledged record may be lost
	.venv/bin/python -m benchmarks.journal_kills

setup: .venv/.ready

.venv/.ready: uv.lock pyproject.toml | $(UV)
	@$(UV) sync --frozen --quiet
	@touch $@

.uv/bin/uv:
	@tools/bootstrap-uv $(UV_VERSION)

clean: ## what the commands above made
	rm -rf .venv .uv .demo .mypy_cache .ruff_cache .pytest_cache
