"""What the server remembers, in SQLite: an acknowledged write survives kill -9 and power cuts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.gitlab.schema import SCHEMA, SNAPSHOT_TABLES

Row = dict[str, Any]
_OWNERS = "SELECT owner_id FROM namespaces WHERE owner_id IS NOT NULL"


def now() -> str:
    """The time as GitLab writes it: RFC 3339 with milliseconds, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def today() -> str:
    """The day as GitLab judges expiry: UTC."""
    return datetime.now(UTC).date().isoformat()


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
        """Note who has access to what now, and the statuses of commits; the number of the note."""
        tables = {table: self.all(f"SELECT * FROM {table}") for table in SNAPSHOT_TABLES}
        return self.insert("snapshots", content=json.dumps(tables), created_at=now())

    def restore(self, number: int) -> bool:
        """Put all that back to the note with this number; False if there is no such note.

        Groups and projects stay as they are, so what refers to one that is gone is left out. A user
        who came later goes, with everything in their own namespace.
        """
        noted = self.one("SELECT content FROM snapshots WHERE id = ?", number)
        if noted is None:
            return False
        tables: dict[str, list[Row]] = json.loads(noted["content"])
        with self.transaction():
            self._db.execute("PRAGMA defer_foreign_keys = ON")
            for table in reversed(SNAPSHOT_TABLES):
                kept = [row["id"] for row in tables.get(table, [])]
                marks = ", ".join("?" * len(kept))
                self._db.execute(f"DELETE FROM {table} WHERE id NOT IN ({marks})", kept)
            for table in SNAPSHOT_TABLES:
                for row in tables.get(table, []):
                    if self._refers_to_what_is_gone(row):
                        continue
                    names = ", ".join(row)
                    marks = ", ".join("?" * len(row))
                    changes = ", ".join(f"{name} = excluded.{name}" for name in row)
                    self._db.execute(
                        f"INSERT INTO {table} ({names}) VALUES ({marks}) "
                        f"ON CONFLICT (id) DO UPDATE SET {changes}",
                        tuple(row.values()),
                    )
            for user in self.all(f"SELECT * FROM users WHERE id NOT IN ({_OWNERS})"):
                self.add_namespace(user["id"], user["username"], user["name"])
        return True

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

    def _refers_to_what_is_gone(self, row: Row) -> bool:
        for column, table in (("project_id", "projects"), ("namespace_id", "namespaces")):
            number = row.get(column)
            if number and not self.one(f"SELECT 1 FROM {table} WHERE id = ?", number):
                return True
        return False


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
