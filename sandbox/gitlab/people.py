"""The people of a server: users, their roles, and what they log in with."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sandbox.gitlab.control_client import ControlClient, GitLabRefused, Json

ROLES = {"guest": 10, "reporter": 20, "developer": 30, "maintainer": 40, "owner": 50}


class People:
    """Who there is, who may do what, and by which token or key."""

    def __init__(self, control: ControlClient) -> None:
        self.control = control

    def create_user(
        self,
        username: str,
        *,
        name: str | None = None,
        email: str | None = None,
        admin: bool = False,
    ) -> Json:
        """Create a user."""
        return self._json(
            "POST",
            "/users",
            username=username,
            name=name or username,
            email=email or f"{username}@example.com",
            force_random_password=True,
            admin=admin,
        )

    def user(self, username: str) -> Json:
        """A user. Raises GitLabRefused (404)."""
        found = self.control.list("/users", username=username)
        if not found:
            raise GitLabRefused(f"no user {username}", 404)
        return found[0]

    def add_member(self, full_path: str, username: str, role: str | int) -> Json:
        """Make a user a member of a group or project: guest, reporter, ... owner, or 10 to 50."""
        kind = "groups" if self._is_group(full_path) else "projects"
        return self._json(
            "POST",
            f"/{kind}/{segment(full_path)}/members",
            user_id=self.user(username)["id"],
            access_level=ROLES[role] if isinstance(role, str) else role,
        )

    def remove_member(self, full_path: str, username: str) -> None:
        """Take a user's membership away."""
        kind = "groups" if self._is_group(full_path) else "projects"
        number = self.user(username)["id"]
        self.control.api("DELETE", f"/{kind}/{segment(full_path)}/members/{number}")

    def create_token(
        self,
        username: str,
        scopes: list[str],
        expires_at: str | None = None,
        *,
        name: str = "sandbox",
    ) -> str:
        """A personal access token of a user; its secret can't be seen again."""
        return str(self.create_token_entry(username, scopes, expires_at, name=name)["token"])

    def create_token_entry(
        self,
        username: str,
        scopes: list[str],
        expires_at: str | None = None,
        *,
        name: str = "sandbox",
    ) -> Json:
        """The same with everything that the API answers, the number too."""
        return self._json(
            "POST",
            f"/users/{self.user(username)['id']}/personal_access_tokens",
            name=name,
            scopes=scopes,
            expires_at=expires_at,
        )

    def tokens(self, username: str | None = None) -> list[Json]:
        """Personal access tokens without their secrets."""
        number = self.user(username)["id"] if username else None
        return self.control.list("/personal_access_tokens", user_id=number)

    def revoke_token(self, token: str | int) -> None:
        """Revoke a personal access token, by number or secret."""
        self.control.api("DELETE", f"/personal_access_tokens/{self._token_id(token)}")

    def expire_token(self, token: str | int) -> None:
        """Let a personal access token have expired yesterday, by number or secret."""
        self.control.ask("expire_token", token_id=self._token_id(token))

    def add_user_key(self, username: str, title: str, key: str) -> Json:
        """Add a public key to a user."""
        number = self.user(username)["id"]
        return self._json("POST", f"/users/{number}/keys", title=title, key=key)

    def group(self, full_path: str) -> Json:
        """A group."""
        return self._json("GET", f"/groups/{segment(full_path)}")

    def _json(self, method: str, path: str, /, **body: Any) -> Json:
        found: Json = self.control.api(method, path, **body)
        return found

    def _is_group(self, full_path: str) -> bool:
        try:
            self.group(full_path)
        except GitLabRefused as refused:
            if refused.status != 404:
                raise
            return False
        return True

    def _token_id(self, token: str | int) -> int:
        return token if isinstance(token, int) else int(self.control.ask("token_id", secret=token))


def segment(text: str) -> str:
    """A path or name as one segment of a URL."""
    return quote(text, safe="")
