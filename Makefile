# Every target sets up what it needs, once; `make` alone lists them.
PYTHON ?= python3
PROVIDER ?= auto
FEATURE ?=
SINCE ?=
TAGS ?=
WORKERS ?= auto
AT_ONCE ?= 1
KEEP ?=
RETRIES ?= 0
GUIDE ?=
NAME ?=
BOOK ?=
ACCEPT ?=
NAMES ?=
COUNT ?= 120
WORDINGS ?= 32
SEED ?= 1
ONLY ?=
FROM ?=
REMOTE ?= origin
CELLS ?=
NEXT ?=
BISECT ?=
RESUME ?=
SETS ?=
TO ?=
PUBLISH ?=
# A slip in a name would be passed over in silence: WORKER=2 is no WORKERS=2.
SETTINGS := ACCEPT AT_ONCE BISECT BOOK CELLS COUNT FEATURE FLUX FROM GUIDE IMAGES KEEP KUBERNETES NAME NAMES NEXT ONLY PROVIDER PUBLISH REMOTE RESUME RETRIES SEED SETS SINCE TAGS TO TOOLCHAIN_FROM_PATH WEBHOOK WEBHOOK_FORM WORDINGS WORKERS
OTHERS := $(if $(filter 0,$(MAKELEVEL)),$(foreach one,$(filter-out $(SETTINGS) PYTHON,$(.VARIABLES)),$(if $(filter command,$(origin $(one))),$(one))))
near = $(shell python3 -c 'import difflib, sys; print("=, ".join(difflib.get_close_matches(sys.argv[1], sys.argv[2:], 2, 0.75)))' '$(1)' $(SETTINGS) 2>/dev/null)
$(foreach one,$(OTHERS),$(if $(call near,$(one)),$(error $(one)= is no setting of make here. Cure: did you mean $(call near,$(one))=?)))
# A value of several lines would cut a command in two, and so would a quote.
define NEWLINE


endef
$(foreach one,$(SETTINGS),$(if $(findstring $(NEWLINE),$($(one))),$(error $(one)= has more than one line. Cure: one line)))
$(foreach one,$(SETTINGS) PYTHON,$(if $(findstring ',$($(one))),$(eval override $(one) := $$(subst ','\'',$$($(one))))))
# What is 1 or not there: 0 and "no" are not 1, and to take them for it would do what nobody wants.
flag = $(if $($(1)),$(if $(filter-out 1$(3),$($(1))),$(error $(1)=$($(1)) is not $(1)=1. Cure: $(1)=1$(if $(3), or $(1)=$(strip $(3))), or leave it out),$(2)))
# Compiled modules go into the user's cache folder, not into the clone.
CACHE := $(or $(PROOFBOOK_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/proofbook)
export PYTHONPYCACHEPREFIX ?= $(CACHE)/pycache
unexport PYTHONDONTWRITEBYTECODE
# What a user has set for Python, pytest or git must not change what runs here or what is tested:
# without assertions everything would pass, and in a hook of git's GIT_DIR is another repository.
# How the remote of a shared history is reached is the user's to say: report/branch leaves out the rest.
SHARES := history-merge history-publish
unexport $(filter $(if $(filter-out $(SHARES),$(or $(MAKECMDGOALS),help)),GIT_%) PYTEST_%,$(.VARIABLES))
unexport MYPYPATH LANGUAGE PYTHONHOME PYTHONOPTIMIZE PYTHONSAFEPATH PYTHONWARNINGS
unexport PYTHONINSPECT PYTHONSTARTUP PYTHONDEVMODE PYTHONHASHSEED
# Names are in UTF-8 and programs answer in English, whatever the user's language.
export LC_ALL = C.UTF-8
export PYTHONUTF8 = 1

# When the age of evidence is judged.
NOW = $$(date -u +%Y-%m-%dT%H:%M:%SZ)
# Where kind's images come from: auto, registry or local.
export IMAGES ?= auto
# Pinned versions in the place of the toolchain's own.
export KUBERNETES ?=
export FLUX ?=
# Whether programs of the user's PATH may be taken in the place of what would have to be built.
export TOOLCHAIN_FROM_PATH ?=

# A secret, and so in the environment only: no list of processes shows it.
export WEBHOOK WEBHOOK_FORM

# The clone: make -f path/to/Makefile works from any folder, whose build/ gets the results.
# Asked of the shell: make's own words for paths split them at blanks.
FILE := $(shell printf %s '$(subst ','\'',$(MAKEFILE_LIST))' | sed 's/^ //')
HERE := $(shell cd -- "$$(dirname -- '$(subst ','\'',$(FILE))')" && pwd)
export PYTHONPATH := $(HERE)
# What the checks remember lies in the clone, or in the cache folder where the clone is read-only.
SHUT := $(shell test -w '$(subst ','\'',$(HERE))' || echo shut)
ifneq ($(SHUT),)
export RUFF_CACHE_DIR ?= $(CACHE)/checks/ruff
export MYPY_CACHE_DIR ?= $(CACHE)/checks/mypy
export HYPOTHESIS_STORAGE_DIRECTORY ?= $(CACHE)/checks/hypothesis
endif
REMEMBER = $(if $(SHUT),-o cache_dir='$(subst ','\'',$(CACHE))/checks/pytest')

# The project's own Python: made from requirements.lock on first use, in the user's cache folder.
SET_UP = set -e; py="$$('$(PYTHON)' "$$PYTHONPATH/sandbox/toolchain/venv.py")"
PY = $(SET_UP); "$$py"
AS = $(SET_UP); exec "$$py"

.DEFAULT_GOAL := help
.PHONY: help test test-integration browser e2e sandbox sandbox-down site serve publish book check sentences audit patch profile mutants nightly pin upgrade regression history-merge history-publish doctor toolchain toolchain-pack bench format

help: ## list the targets
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' '$(subst ','\'',$(FILE))'

# The tests that need no toolchain, engine or browser, and no patience; .ci/run has the others too.
ANYWHERE := not browser and not toolchain and not slow and not engine

test: ## lint, types, import contracts, unit tests, docs and coverage checks (no cluster)
	@$(PY) -m ruff check . && "$$py" -m ruff format --check . && "$$py" -m mypy \
	  && "$$py" -c 'import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports($(if $(SHUT),no_cache=True)))' \
	  && "$$py" -m guide check --no-open --book all && exec "$$py" -m pytest tests $(REMEMBER) -n auto --dist worksteal -m "not integration and $(ANYWHERE)"

test-integration: ## the tests that start programs: servers, Git, make, a whole site (no cluster)
	@$(AS) -m pytest tests $(REMEMBER) -n auto --dist worksteal -m "integration and $(ANYWHERE)"

browser: ## the pages in a real browser, which make test leaves out (needs Chromium)
	@$(AS) -m pytest tests/site $(REMEMBER)

e2e: ## prove the guide: sandbox, every scenario, results, site (BOOK= PROVIDER= FEATURE= SINCE= TAGS= WORKERS= RETRIES= KEEP=1 TOOLCHAIN_FROM_PATH=1)
	@$(if $(GUIDE),test -r '$(GUIDE)' || { echo 'GUIDE=$(GUIDE) cannot be read. Cure: name the file of the source guide' >&2; exit 2; };) \
	$(SET_UP); only='$(FEATURE)'; \
	$(if $(SINCE),only="$$("$$py" -m steps.since --book '$(BOOK)' --feature '$(FEATURE)' -- '$(SINCE)')"; test -n "$$only" || exit 0;) \
	"$$py" -m steps --book '$(BOOK)' --provider '$(PROVIDER)' --feature "$$only" --tags '$(TAGS)' \
	  --workers '$(WORKERS)' --retries '$(RETRIES)' $(call flag,KEEP,--keep) || code=$$?; \
	  exec "$$py" -m report after --code "$${code:-0}" --book '$(BOOK)' --now "$(NOW)" $(if $(GUIDE),--guide '$(GUIDE)')

sandbox: ## a live sandbox for people (PROVIDER= TOOLCHAIN_FROM_PATH=1)
	@$(PY) -m steps --book '$(BOOK)' --seed-only build/seed && exec "$$py" -m sandbox up --provider '$(PROVIDER)' --seed build/seed --layout build/seed.json

sandbox-down: ## take the live sandbox down
	@$(AS) -m sandbox down

site: ## the site from the last results, in build/site (no cluster; GUIDE= adds the whole patch)
	@$(AS) -m report site --book '$(BOOK)' --now "$(NOW)" $(if $(GUIDE),--guide '$(GUIDE)')

serve: ## the site at a local address, rebuilt when something changes
	@$(AS) -m report serve --book '$(BOOK)' $(if $(GUIDE),--guide '$(GUIDE)')

publish: ## the site as a folder for GitLab Pages, in public/
	@$(AS) -m report publish --book '$(BOOK)' --now "$(NOW)" $(if $(GUIDE),--guide '$(GUIDE)')

book: ## lay out a new book from your own Markdown (NAME=ours GUIDE=path.md[,path2.md])
	@$(AS) -m guide book '$(NAME)' '$(GUIDE)'

check: ## what is wrong with a book, and what is left to do, the next thing first (BOOK=)
	@$(AS) -m guide check --todo --book '$(BOOK)'

sentences: ## what a feature may say, by noun, with an example each (BOOK=)
	@$(AS) -m guide sentences --book '$(BOOK)'

audit: ## compare a source guide with its lock (GUIDE=file.md; ACCEPT=1 updates the lock, ACCEPT=other replaces it)
	@$(AS) -m guide audit --book '$(BOOK)' '$(GUIDE)' \
	  $(call flag,ACCEPT,--accept$(if $(filter other,$(ACCEPT)),-other), other)

patch: ## a unified diff that corrects every erratum of a source guide (GUIDE=file.md)
	@$(AS) -m guide patch --book '$(BOOK)' '$(GUIDE)'

profile: ## what scenarios use: CPU by program, waits, requests to the API server (BOOK= FEATURE= TAGS=)
	@$(AS) -m steps --profile --build build/profile --sandbox-name profile --provider embedded --book '$(BOOK)' --feature '$(FEATURE)' --tags '$(TAGS)'

mutants: WORKERS := $(if $(filter command line environment override,$(origin WORKERS)),$(WORKERS),2)
mutants: ## faults in the edition: who notices? (COUNT= WORDINGS= WORKERS= SEED= ONLY= RESUME=1)
	@$(AS) -m mutation --book '$(BOOK)' --count '$(COUNT)' --wordings '$(WORDINGS)' --workers '$(WORKERS)' \
	  --seed '$(SEED)' --only '$(ONLY)' $(call flag,RESUME,--resume)

nightly: ## the matrix of nightly.yaml, then what changed since the last night; NEXT=1: also on what is newer, BISECT=1: which version broke first (CELLS= AT_ONCE= WORKERS= RETRIES= FEATURE= TAGS=)
	@$(AS) -m steps.nightly $(call flag,NEXT,--next) $(call flag,BISECT,--bisect) --cells '$(CELLS)' --at-once '$(AT_ONCE)' --workers '$(WORKERS)' --retries '$(RETRIES)' --feature '$(FEATURE)' --tags '$(TAGS)'

pin: ## a further version: resolved, built, proven, then written (KUBERNETES=1.35.4 or FLUX=2.9.2); NEXT=1: what a night found newer
	@$(AS) -m sandbox.toolchain.pinning $(call flag,NEXT,--next) --kubernetes '$(KUBERNETES)' --flux '$(FLUX)'

upgrade: ## the features on FROM=1.35.4 (of Flux: 2.9.2), that sandbox to TO=own in place, the features again: what breaks, what changed (FEATURE= TAGS= BOOK=)
	@$(AS) -m steps.upgrade --from '$(FROM)' --to '$(TO)' --provider '$(PROVIDER)' --book '$(BOOK)' --feature '$(FEATURE)' --tags '$(TAGS)'

regression: ## what changed since the last run of each cell, and why that may be (BOOK= WEBHOOK= WEBHOOK_FORM=)
	@$(AS) -m report regression --book '$(BOOK)'

history-merge: ## take the runs of another history: of a branch, or of a folder such as a CI artefact (FROM= BOOK=)
	@test -n '$(FROM)' || { echo "FROM= says which history. Cure: name its folder, the build folder around it, or a branch such as origin/proofbook-history" >&2; exit 2; }; \
	$(AS) -m report history-merge --book '$(BOOK)' '$(FROM)'

history-publish: ## add the own history to the branch proofbook-history of a remote, for all who share it (REMOTE=origin BOOK=)
	@$(AS) -m report history-publish --book '$(BOOK)' --remote '$(REMOTE)'

doctor: ## what this machine has and lacks for each provider, and the cure (KUBERNETES= FLUX= TOOLCHAIN_FROM_PATH=1)
	@$(AS) -m sandbox doctor

toolchain: ## build the programs of the sandbox now, not at the first run (KUBERNETES= FLUX= TOOLCHAIN_FROM_PATH=1)
	@$(AS) -m sandbox.toolchain

toolchain-pack: ## the built programs as one archive for PROOFBOOK_TOOLCHAIN (SETS= TO= PUBLISH=address ACCEPT=1)
	@$(AS) -m sandbox.toolchain.shared --sets '$(SETS)' --to '$(or $(TO),build/toolchain)' --publish '$(PUBLISH)' $(call flag,ACCEPT,--accept)

bench: ## the figures of README's last section, measured here
	@export BOOK='$(BOOK)'; $(AS) -m benchmarks $(NAMES)

format: ## put every Python file into the project's form
	@$(PY) -m ruff check --fix . && exec "$$py" -m ruff format .
