# 万企: everything from a fresh machine with python3 (3.11 or newer), pip, make and git.
#   make demo    open the demonstration      make test   run all tests
# ARGS goes to the command below: make demo ARGS="--port 8001", make test ARGS="tests/rules -q".

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
UV := $(PYTHON) scripts/uv.py
CHROMIUM := $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name))))

.PHONY: setup demo test bench bench-peers spark lock lint dev check-machine
.DEFAULT_GOAL := setup

setup: $(BIN)/.run

demo: setup
	@$(BIN)/wanqi demo $(ARGS)

# A process per core and two more, for tests wait for browser and database; each with databases of its own. At most 8,
# for the one server admits 100 connections. One process: ARGS="-n 0".
PYTEST = $(BIN)/python -m pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 2)) --maxprocesses 8 --dist worksteal

test: dev
ifeq ($(CHROMIUM),)
	@echo "没有找到 Chromium，浏览器测试不运行；要运行它们，请先安装：apt-get install chromium fonts-noto-cjk"
	@$(PYTEST) -m "not browser" $(ARGS)
else
	@$(PYTEST) $(ARGS)
endif

bench: dev
	@$(BIN)/python -m benchmarks $(ARGS)

# Other rule engines beside this one, in an environment of its own; writes their section of docs/benchmarks.md.
bench-peers: .venv-peers/.run
	@PYTHONPATH=src .venv-peers/bin/python -m benchmarks.peers $(ARGS)

.venv-peers/.run: requirements-peers.lock Makefile | .tools/.uv
	@echo "正在安装其他规则引擎……"
	@$(UV) venv --quiet --allow-existing --no-project --python "$$(command -v $(PYTHON))" .venv-peers
	@$(UV) pip sync --quiet --compile-bytecode --require-hashes --python .venv-peers/bin/python requirements-peers.lock
	@touch $@

# The extra engine, in a folder of its own that `wanqi` looks into and the other tests do not.
spark: dev
	@command -v java >/dev/null || { echo "缺少 Java：请先安装（apt-get install openjdk-17-jre-headless），再运行 make spark。"; exit 3; }
	@$(MAKE) --no-print-directory .spark/.done
	@PYTHONPATH=.spark $(BIN)/python -m pytest -rs tests/rules/backends/test_spark.py $(ARGS)

.spark/.done: requirements-spark.lock | .tools/.uv $(BIN)/python
	@echo "正在安装 Spark……"
	@rm -rf .spark
	@$(UV) pip install --quiet --require-hashes --python $(BIN)/python --target .spark -r requirements-spark.lock
	@touch $@

lint: dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The hashed locks: no index and no file address in them, so that they serve behind any mirror.
# Only from the index itself: a folder of files beside it may hold one machine's wheel, and its hash alone would be locked.
COMPILE = UV_EXTRA_INDEX_URL= UV_FIND_LINKS= $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
lock: .tools/.uv
	$(COMPILE) requirements-uv.in -o requirements-uv.lock
	$(COMPILE) requirements.in -o requirements.lock
	$(COMPILE) -c requirements.lock requirements-dev.in -o requirements-dev.lock
	$(COMPILE) requirements-spark.in -o requirements-spark.lock
	@sed -nE '/^python-dateutil/d; s/^([a-z].*) \\$$/\1/p' requirements.lock > .tools/versions.txt
	$(COMPILE) -c .tools/versions.txt requirements-peers.in -o requirements-peers.lock

# --- how the environment is made: each stamp is older than nothing it depends on ---------------------------
check-machine:
	@command -v $(PYTHON) >/dev/null || { echo "缺少 $(PYTHON)：请先安装 Python 3.11 或更新版本（apt-get install python3），再运行 make。"; exit 3; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) 太旧：需要 Python 3.11 或更新版本，可用 make PYTHON=python3.11 指定。"; exit 3; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "缺少 pip：请先安装（apt-get install python3-pip），再运行 make。"; exit 3; }
	@command -v git >/dev/null || { echo "缺少 git：请先安装（apt-get install git），再运行 make。"; exit 3; }

.tools/.uv: requirements-uv.lock | check-machine
	@echo "正在准备安装工具……"
	@rm -rf .tools
	@$(PYTHON) -m pip --disable-pip-version-check install --quiet --root-user-action=ignore --no-warn-script-location \
	  --target .tools --only-binary :all: --require-hashes -r requirements-uv.lock
	@touch $@

$(BIN)/python: | .tools/.uv
	@$(UV) venv --quiet --allow-existing --no-project --python "$$(command -v $(PYTHON))" .venv

# The tests' packages contain those of the run, at the same versions: once there, they are kept.
$(BIN)/.run: requirements.lock requirements-dev.lock Makefile | .tools/.uv $(BIN)/python
	@echo "正在安装程序包……"
	@$(UV) pip sync --quiet --compile-bytecode --require-hashes --python $(BIN)/python $(if $(wildcard $(BIN)/.dev),requirements-dev.lock,requirements.lock)
	@$(INSTALL)
	@touch $@

dev: $(BIN)/.dev
$(BIN)/.dev: requirements-dev.lock Makefile | $(BIN)/.run
	@echo "正在安装测试用的程序包……"
	@$(UV) pip sync --quiet --compile-bytecode --require-hashes --python $(BIN)/python requirements-dev.lock
	@$(INSTALL)
	@touch $@ $(BIN)/.run

# The project itself: its source folder on the path and one command; nothing is built or fetched.
define INSTALL
$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "wanqi.pth").write_text(str(pathlib.Path("src").resolve()) + "\n", encoding="utf-8")' && \
printf '%s\n' '#!/bin/sh' 'here="$$(dirname "$$(readlink -f "$$0")")"' 'spark="$$here/../../.spark"' \
  '[ -d "$$spark" ] && export PYTHONPATH="$$spark$${PYTHONPATH:+:$$PYTHONPATH}"' \
  'exec "$$here/python" -m wanqi.cli.main "$$@"' > $(BIN)/wanqi && chmod +x $(BIN)/wanqi && \
$(BIN)/python -m compileall -q src
endef
