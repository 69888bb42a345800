# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything needs git and one Python >= 3.11, and nothing else: the rest is built below .venv and .build.
PYTHON = $(or $(wildcard .venv/bin/python),$(shell sh tests/run/find_python.sh 3.11))
RUN = @test -n "$(PYTHON)" && exec "$(PYTHON)" -B tests/run/gates.py

.PHONY: help audit test lint unit sanity units lab matrix docs clean
.DEFAULT_GOAL := help

help: ## Show this list
	@awk -F ': *## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

audit: ## Audit this machine, changing nothing; the report goes to ./preflight-report
	$(RUN) audit

test: ## Run every gate and every test that this machine allows
	$(RUN) test

lint: ## Run the gates that only read: ruff, mypy, shellcheck, ansible-lint, documentation, changelog, galaxy-importer
	$(RUN) lint

unit: ## Run the unit tests with pytest
	$(RUN) unit

sanity: ## Run ansible-test sanity
	$(RUN) sanity

units: ## Run the unit tests with ansible-test
	$(RUN) units

lab: ## Bring up real Linux hosts on this machine (root only) and run the tests against them
	$(RUN) lab

matrix: ## Repeat sanity, units, the main job and visits to Windows doubles on ansible-core 2.16, 2.19 and 2.21
	$(RUN) matrix

docs: ## Build the documentation as HTML
	$(RUN) docs

clean: ## Remove what the gates made
	rm -rf .build .venv .ansible .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/output
