"""Binds every scenario of the book that is proven; `python -m steps` names it to pytest."""

from __future__ import annotations

from pytest_bdd import scenarios

from steps import sentences

scenarios(str(sentences.folder))
