"""Sentences about one deploy key that takes the place of another, and who was refused meanwhile."""

from __future__ import annotations

from pytest_bdd import given, then

from steps.engineer import Engineer
from steps.fetches import since_push
from steps.only_key import only_deploy_key

_OLD = "the old deploy key"
_LOOKED = "entries of the server's log so far"


@given("the deploy key of the project is noted as the old one")
def note_old_deploy_key(engineer: Engineer) -> None:
    """Keep its number, by which it is removed, and how far the server's log goes."""
    gitlab = engineer.sandbox.gitlab
    key = only_deploy_key(engineer)
    engineer.values["old-deploy-key-id"] = str(key["id"])
    engineer.noted[_OLD] = f"deploy key {key['id']}"
    engineer.noted[_LOOKED] = len(gitlab.log())


@then("everything fetched since the push was fetched with another deploy key than the old one")
def fetched_with_another_key(engineer: Engineer) -> None:
    """Something was fetched over SSH since then, with deploy keys, and never with the old one."""
    _was_noted(engineer)
    fetches = since_push(engineer)
    by = {entry["actor"] for entry in fetches}
    over = sorted({entry["operation"] for entry in fetches})
    assert over == ["SSH fetch"], f"fetched by {', '.join(over)}"
    strangers = sorted(each for each in by if not each.startswith("deploy key"))
    told = f"fetched by {sorted(by)}"
    assert not strangers, told
    assert engineer.noted[_OLD] not in by, told


@then("the Git server has refused no key since the old one was noted")
def no_key_was_refused(engineer: Engineer) -> None:
    """Somebody has fetched over SSH since then, and nobody came with a key that is not known."""
    _was_noted(engineer)
    log = engineer.sandbox.gitlab.log()[engineer.noted[_LOOKED] :]
    came = [entry for entry in log if entry["operation"].startswith("SSH")]
    assert any(entry["operation"] == "SSH fetch" for entry in came), "nobody has fetched over SSH"
    refused = [f"{each['time']} {each['via']}" for each in came if each["actor"] == "nobody"]
    assert not refused, f"refused: {', '.join(refused)}"


def _was_noted(engineer: Engineer) -> None:
    assert _OLD in engineer.noted, "no deploy key was noted as the old one"
