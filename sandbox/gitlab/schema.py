"""The tables of the store."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT NOT NULL UNIQUE COLLATE NOCASE,
  name TEXT NOT NULL, email TEXT NOT NULL UNIQUE COLLATE NOCASE, admin INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'active', created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS namespaces (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL,
  full_path TEXT NOT NULL UNIQUE COLLATE NOCASE, description TEXT NOT NULL DEFAULT '',
  visibility TEXT NOT NULL DEFAULT 'private', default_branch_protection INTEGER NOT NULL DEFAULT 2,
  parent_id INTEGER REFERENCES namespaces (id) ON DELETE CASCADE,
  owner_id INTEGER REFERENCES users (id) ON DELETE CASCADE, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS projects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  namespace_id INTEGER NOT NULL REFERENCES namespaces (id) ON DELETE CASCADE,
  name TEXT NOT NULL, path TEXT NOT NULL COLLATE NOCASE, description TEXT NOT NULL DEFAULT '',
  visibility TEXT NOT NULL DEFAULT 'private', default_branch TEXT NOT NULL,
  creator_id INTEGER, created_at TEXT NOT NULL, last_activity_at TEXT NOT NULL,
  UNIQUE (namespace_id, path));
CREATE TABLE IF NOT EXISTS members (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  namespace_id INTEGER REFERENCES namespaces (id) ON DELETE CASCADE,
  project_id INTEGER REFERENCES projects (id) ON DELETE CASCADE,
  access_level INTEGER NOT NULL, expires_at TEXT, created_at TEXT NOT NULL,
  UNIQUE (user_id, namespace_id), UNIQUE (user_id, project_id));
CREATE TABLE IF NOT EXISTS shares (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  group_id INTEGER NOT NULL REFERENCES namespaces (id) ON DELETE CASCADE,
  group_access INTEGER NOT NULL, expires_at TEXT, UNIQUE (project_id, group_id));
CREATE TABLE IF NOT EXISTS tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL, description TEXT, digest TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
  expires_at TEXT, revoked INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
  title TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL UNIQUE,
  expires_at TEXT, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deploy_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key_id INTEGER NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  can_push INTEGER NOT NULL, UNIQUE (key_id, project_id));
CREATE TRIGGER IF NOT EXISTS last_project_of_deploy_key AFTER DELETE ON deploy_keys BEGIN
  DELETE FROM keys WHERE id = old.key_id AND user_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM deploy_keys WHERE key_id = old.key_id);
END;
CREATE TABLE IF NOT EXISTS deploy_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name TEXT NOT NULL, username TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
  expires_at TEXT, revoked INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  url TEXT NOT NULL, token TEXT, push_events INTEGER NOT NULL,
  push_events_branch_filter TEXT NOT NULL DEFAULT '',
  enable_ssl_verification INTEGER NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS protected_branches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name TEXT NOT NULL, push_access_level INTEGER NOT NULL, merge_access_level INTEGER NOT NULL,
  allow_force_push INTEGER NOT NULL, UNIQUE (project_id, name));
CREATE TABLE IF NOT EXISTS commit_statuses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  sha TEXT NOT NULL, ref TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
  description TEXT, target_url TEXT, pipeline_id INTEGER NOT NULL,
  retried INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL, started_at TEXT, finished_at TEXT);
CREATE TABLE IF NOT EXISTS snapshots (
  id INTEGER PRIMARY KEY AUTOINCREMENT, content TEXT NOT NULL, created_at TEXT NOT NULL);
"""

SNAPSHOT_TABLES = (
    "users",
    "namespaces",
    "projects",
    "members",
    "shares",
    "tokens",
    "keys",
    "deploy_keys",
    "deploy_tokens",
    "hooks",
    "protected_branches",
    "commit_statuses",
)
"""What a snapshot holds, each table after those that it refers to.

The statuses of commits are among it: a commit that was there before would keep those of later.
"""
