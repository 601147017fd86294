"""Binds every scenario of this folder; run by `python -m steps`, not by `make test`."""

from pathlib import Path

from pytest_bdd import scenarios

scenarios(str(Path(__file__).parent))
