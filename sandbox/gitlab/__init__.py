"""A GitLab-compatible server: store, API, Git over HTTPS, Git over SSH.

`python -m sandbox gitlab` runs it; `GitLab.at(data_dir)` is its owner's view. The server works
with real clients and judges every request by its own store; it knows nothing of Flux.
"""

from sandbox.gitlab.client import GitLab, Ready
from sandbox.gitlab.control_client import GitLabRefused

__all__ = ["GitLab", "GitLabRefused", "Ready"]
