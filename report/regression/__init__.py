"""The regression report: what changed since the last run of the same cell, and why that may be.

Pure but for `quarantine` and `cli`: runs of a history in, findings out.
"""
