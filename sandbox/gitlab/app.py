"""What the parts of one server share."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.gitlab.access import Access
from sandbox.gitlab.datadir import DataDir
from sandbox.gitlab.endpoints import Endpoints
from sandbox.gitlab.faults import Faults
from sandbox.gitlab.journal import Journal
from sandbox.gitlab.push_hooks import PushHooks
from sandbox.gitlab.repositories import Repositories
from sandbox.gitlab.store import Store
from sandbox.gitlab.tokens import Tokens


@dataclass
class App:
    """One server's store, repositories and faults, and the services on them."""

    data: DataDir
    store: Store
    repositories: Repositories
    journal: Journal
    endpoints: Endpoints
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self.access = Access(self.store)
        self.tokens = Tokens(self.store)
        self.push_hooks = PushHooks(self.store, self.repositories, self.journal, self.endpoints)
