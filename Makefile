# Every target works on a machine that has only Python 3.11 or newer; `make help` lists them.
PYTHON ?= python3
# Settings of `make run`; they reach it through the environment, so a value may come from either side.
export PORT_BASE STATE_DIR EVENTS KAFKA_BOOTSTRAP SIZE ROUNDS SECONDS CLIENTS WORKERS

WITH_RUN := exec $(PYTHON) deploy/embedded/environment.py embedded
# A cluster of its own, apart from the one that `make run EVENTS=kafka` starts.
KAFKA_STATE := $(or $(STATE_DIR),var)/kafka-dev
WITH_DEV := exec $(PYTHON) deploy/embedded/environment.py dev
# All tests are shared by as many processes as there are processors, four at the most; tests/conftest.py says how.
IN_PARALLEL := -n logical --maxprocesses 4 --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run install kafka-up kafka-down images test bench check format lock docs clean

##@ Build & run

run: ## Start everything on this machine (PORT_BASE=8800 STATE_DIR=var EVENTS=postgres|kafka)
	@$(WITH_RUN) -m deploy.embedded.run

install: ## Only create .venv with the pinned packages that `make run` needs
	@$(WITH_RUN)

kafka-up: ## Start a local Apache Kafka (BROKERS=1 or 3; needs Java 17 and Maven)
	@$(WITH_RUN) -m deploy.kafka.local up --state $(KAFKA_STATE) $(if $(BROKERS),--brokers $(BROKERS))

kafka-down: ## Stop the local Apache Kafka
	@$(WITH_RUN) -m deploy.kafka.local down --state $(KAFKA_STATE)

images: ## Build the images of all five services and try them (PYTHON_IMAGE=... BUILDER=docker|buildah)
	@deploy/images/build.sh && exec deploy/images/smoke.sh

##@ Test

test: ## Run the tests, or some of them (T=tests/unit); what cannot run here says what it lacks
	@$(WITH_DEV) -m pytest $(if $(T),$(T),$(IN_PARALLEL))

bench: ## Measure against what is promised (B=search SIZE=100000 ROUNDS=5 WORKERS=2 CLIENTS=8; docs/benchmarks.md)
	@$(WITH_DEV) -m deploy.bench $(B)

##@ Check

check: ## Style, types, dependency rules, OpenAPI documents, pinned requirements
	@$(WITH_DEV) -m deploy.checks.run

format: ## Let ruff put the code into shape
	@$(WITH_DEV) -m deploy.checks.run --fix

##@ Data

lock: ## Compile the pinned requirement files anew (ARGS=--upgrade takes newer versions; needs uv)
	@exec $(PYTHON) requirements/lock.py $(ARGS)

clean: ## Remove caches; the state in var/ and the environment stay
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

##@ Docs

docs: ## Write the documents that follow from code: event catalogue, AsyncAPI, state machine
	@$(PYTHON) deploy/embedded/environment.py embedded -m chassis.events.asyncapi
	@$(PYTHON) deploy/embedded/environment.py embedded -m services.referral.entrypoints.cli state-machine > docs/state-machine.md.new
	@mv docs/state-machine.md.new docs/state-machine.md
	@$(PYTHON) deploy/embedded/environment.py embedded -m services.directory.entrypoints.cli review-table > docs/listing-review.md.new
	@mv docs/listing-review.md.new docs/listing-review.md

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "; print "Usage: make <target> [NAME=value]"} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
