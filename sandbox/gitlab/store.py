"""What the server remembers, in SQLite: an acknowledged write survives kill -9 and power cuts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.gitlab.schema import SCHEMA, SNAPSHOT_TABLES

Row = dict[str, Any]


def now() -> str:
    """The time as GitLab writes it: RFC 3339 with milliseconds, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def today() -> str:
    """The day as GitLab judges expiry: UTC."""
    return datetime.now(UTC).date().isoformat()


@dataclass(frozen=True)
class Restored:
    """What a return to a snapshot asks of the repositories, and what it could not bring back."""

    gone: list[str]
    """Paths of projects that were there before and are not any more."""
    came: list[int]
    """Numbers of projects that came later; they have gone again."""
    heads: dict[int, str]
    """Default branches that were changed, as they were before."""


class Store:
    """One connection, used from the event loop's thread only."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        path.chmod(0o600)
        self._db.row_factory = _as_dict
        # WAL with FULL: each commit is on disk before it is acknowledged.
        # https://www.sqlite.org/pragma.html#pragma_synchronous
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """End the connection."""
        self._db.close()

    def all(self, sql: str, *values: Any) -> list[Row]:
        """Every row that matches."""
        return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Row | None:
        """The first row that matches, or None."""
        row: Row | None = self._db.execute(sql, values).fetchone()
        return row

    def run(self, sql: str, *values: Any) -> int:
        """Change rows; how many were changed."""
        return self._db.execute(sql, values).rowcount

    def insert(self, table: str, **columns: Any) -> int:
        """Add a row; its number. Numbers are never used twice."""
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        done = self._db.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values())
        )
        assert done.lastrowid is not None
        return done.lastrowid

    def update(self, table: str, number: int, **columns: Any) -> None:
        """Change the row with this number."""
        marks = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(f"UPDATE {table} SET {marks} WHERE id = ?", (*columns.values(), number))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; never awaits inside, so that no other request slips in."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def snapshot(self) -> int:
        """Note users, groups, projects, who has access and the statuses of commits; its number."""
        tables = {table: self.all(f"SELECT * FROM {table}") for table in SNAPSHOT_TABLES}
        return self.insert("snapshots", content=json.dumps(tables), created_at=now())

    def restore(self, number: int) -> Restored | None:
        """Put all that back to the note with this number; None if there is no such note.

        What came later goes. A project that is gone stays away, with all that refers to it: its
        repository is gone too.
        """
        noted = self.one("SELECT content FROM snapshots WHERE id = ?", number)
        if noted is None:
            return None
        tables: dict[str, list[Row]] = json.loads(noted["content"])
        with self.transaction():
            self._db.execute("PRAGMA defer_foreign_keys = ON")
            there = {row["id"]: row for row in self.all("SELECT * FROM projects")}
            for table in reversed(SNAPSHOT_TABLES):
                kept = [row["id"] for row in tables[table]]
                marks = ", ".join("?" * len(kept))
                self._db.execute(f"DELETE FROM {table} WHERE id NOT IN ({marks})", kept)
            gone = [row for row in tables["projects"] if row["id"] not in there]
            lost = {row["id"] for row in gone}
            for table in SNAPSHOT_TABLES:
                column = "id" if table == "projects" else "project_id"
                for row in tables[table]:
                    if row.get(column) not in lost:
                        self._put(table, row)
        before = {row["id"]: row for row in tables["projects"]}
        groups = {row["id"]: row["full_path"] for row in tables["namespaces"]}
        heads = {each: row["default_branch"] for each, row in before.items()}
        return Restored(
            gone=[f"{groups[row['namespace_id']]}/{row['path']}" for row in gone],
            came=sorted(there.keys() - before.keys()),
            heads={
                each: heads[each]
                for each, row in there.items()
                if each in heads and row["default_branch"] != heads[each]
            },
        )

    def _put(self, table: str, row: Row) -> None:
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        changes = ", ".join(f"{name} = excluded.{name}" for name in row)
        self._db.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks}) "
            f"ON CONFLICT (id) DO UPDATE SET {changes}",
            tuple(row.values()),
        )

    def add_namespace(self, user_id: int, username: str, name: str) -> None:
        """Give a user a namespace of their own."""
        self.insert(
            "namespaces",
            kind="user",
            name=name,
            path=username,
            full_path=username,
            owner_id=user_id,
            created_at=now(),
        )


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
