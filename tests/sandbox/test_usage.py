"""What a sandbox uses: CPU of a tree, the audit log, waits, and the table of a profile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox import events
from sandbox.usage import audit, cpu
from sandbox.usage.cpu import Spent
from sandbox.usage.part import Part
from sandbox.usage.table import table
from sandbox.usage.waits import COMMANDS, Waits, reason

MOST = 0.4
"""Of half a second: the kernel counts in ticks."""
BURN = "import time\nwhile time.process_time() < 0.5: pass"


def test_what_a_child_that_has_ended_has_used_is_its_parents() -> None:
    before = cpu.of_tree(os.getpid())
    subprocess.run([sys.executable, "-c", BURN], check=True)
    used = cpu.between(before, cpu.of_tree(os.getpid()))
    ended = [took for name, took in used.items() if name.startswith("what ")]
    assert max(ended) >= MOST


def test_what_a_child_that_runs_uses_is_its_own() -> None:
    burn = f"{BURN}\nprint(1, flush=True)\nimport sys; sys.stdin.read()"
    before = cpu.of_tree(os.getpid())
    words = [sys.executable, "-c", burn]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = cpu.of_tree(os.getpid())
        child.communicate()
    [seen] = [spent for (pid, _), spent in found.items() if pid == child.pid]
    assert seen.own >= MOST
    assert cpu.between(before, found)[seen.program] >= MOST


def test_what_was_counted_before_a_process_ended_is_not_counted_twice() -> None:
    before = {(1, 0.0): Spent("sh", 1.0, 0.0), (2, 0.0): Spent("git", 3.0, 1.0)}
    after = {(1, 0.0): Spent("sh", 1.5, 6.0)}
    assert sum(cpu.between(before, after).values()) == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["/bin/etcd", "--data-dir=x"], "etcd"),
        (["/venv/bin/python", "-m", "sandbox", "gitlab", "--data"], "sandbox gitlab"),
        (["/venv/bin/python", "-m", "sandbox.inbox.serve", "x"], "sandbox.inbox.serve"),
        (["/venv/bin/python", "script.py"], "python"),
        ([], "kworker"),
    ],
)
def test_a_python_program_is_called_by_its_module(command: list[str], name: str) -> None:
    assert cpu.program_of("kworker", command) == name


def event(**other: Any) -> dict[str, Any]:
    return {
        "stage": "ResponseComplete",
        "verb": "get",
        "userAgent": "kubectl/v1.36.3 (linux/amd64)",
        "user": {"username": "admin"},
        "objectRef": {"resource": "pods", "subresource": "log"},
        "requestReceivedTimestamp": "2026-12-01T01:00:00.900000Z",
        "stageTimestamp": "2026-12-01T01:00:01.150000Z",
        **other,
    }


def test_requests_are_counted_by_client_verb_and_resource() -> None:
    lines = [json.dumps(event()), json.dumps(event()), json.dumps(event(verb="list"))]
    found = audit.count(lines)
    assert found == {
        audit.Request("kubectl as admin", "get", "pods/log"): audit.Served(2, 0.5),
        audit.Request("kubectl as admin", "list", "pods/log"): audit.Served(1, 0.25),
    }


def test_a_watch_counts_where_it_begins_and_only_once() -> None:
    stages = ("ResponseStarted", "ResponseComplete")
    found = audit.count(json.dumps(event(verb="watch", stage=stage)) for stage in stages)
    assert list(found.values()) == [audit.Served(1, 0.0)], "it goes on: its seconds are nobody's"


def test_what_is_no_object_is_told_by_its_path() -> None:
    line = json.dumps(event(objectRef=None, requestURI="/openapi/v3?hash=1"))
    [request] = audit.count([line])
    assert request.resource == "/openapi/v3"


@pytest.mark.parametrize(
    ("name", "client"),
    [
        ("system:serviceaccount:flux-system:kubectl", "kubectl"),
        ("system:serviceaccount:flux-system:other", "kubectl as other"),
        ("", "kubectl"),
    ],
)
def test_a_client_is_its_program_and_its_account(name: str, client: str) -> None:
    assert audit.client_of(event(user={"username": name})) == client


def total(found: dict[audit.Request, audit.Served]) -> int:
    return sum(each.count for each in found.values())


def test_a_log_is_read_on_from_where_it_was_read_to(tmp_path: Path) -> None:
    log, reader = tmp_path / "audit.log", audit.AuditLog(tmp_path)
    assert not reader.new()
    line = json.dumps(event()) + "\n"
    log.write_text(line + line[:20])
    assert total(reader.new()) == 1
    log.write_text(line + line + line)
    assert total(reader.new()) == 2
    assert not reader.new()


def test_only_a_profile_makes_an_api_server_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(audit.ASKED, raising=False)
    assert audit.flags(tmp_path) == ["--profiling=false"]
    monkeypatch.setenv(audit.ASKED, "1")
    [policy] = [each for each in audit.flags(tmp_path) if "policy" in each]
    assert json.loads(Path(policy.partition("=")[2]).read_text())["kind"] == "Policy"


GIT = "GitRepository flux-system/flux-system is at main@sha1:1"
DEPENDENCY = (
    "Kustomization flux-system/apps: Ready is False, DependencyNotReady: dependency "
    "'flux-system/infra' is not ready"
)
APPLYING = "Kustomization flux-system/infra is at main@sha1:1"


@pytest.mark.parametrize(
    ("what", "seen", "why"),
    [
        ("every Flux object", f"{APPLYING}; {GIT}", "a source to be fetched"),
        ("every Flux object", f"{DEPENDENCY}; {APPLYING}", "a Kustomization to be applied"),
        ("every Flux object", DEPENDENCY, "the look at a dependency"),
        ("every Flux object", "HelmRelease a/b: Ready is Unknown, Progressing: ", "a Helm release"),
        ("every", "Kustomization a/b: Running health checks for x", "a health check"),
        ("Namespace x to go away", "still there", "deletion"),
        ("the cluster to hold what it held before", "Namespace /x", "deletion"),
        ("the API server of x", "refused", "programs that start"),
        ("Deployment a/b to have 2 ready replicas", "1 of 2 ready", "pods"),
        ("a message", "none yet", "others"),
    ],
)
def test_a_wait_is_told_by_what_stands_in_its_way(what: str, seen: str, why: str) -> None:
    assert reason(what, seen) == why


def waiting(seen: str, elapsed: float) -> events.Event:
    return events.Waiting(what="every Flux object", last_seen=seen, elapsed_s=elapsed)


def test_the_seconds_between_two_looks_go_by_with_what_the_first_one_saw() -> None:
    waits = Waits()
    for each in (waiting(GIT, 0), waiting(GIT, 1.5), waiting(DEPENDENCY, 2.0)):
        waits.hear(each)
    waits.hear(events.Waited(what="every Flux object", last_seen="Ready", duration_s=5.0))
    waits.hear(
        events.CommandRan(
            line="x", cwd="", exit_code=0, stdout="", stderr="", output="", duration_s=0.5
        )
    )
    expected = {"a source to be fetched": 2.0, "the look at a dependency": 3.0, COMMANDS: 0.5}
    assert waits.taken() == expected
    assert waits.taken() == {}


def test_the_table_gives_each_scenario_and_leaves_the_start_out_of_the_mean() -> None:
    def part(scenario: str, name: str, seconds: float) -> Part:
        requests = [("kubectl", "get", "pods", 4, 1.5)]
        used, waits = {"etcd": seconds}, {"pods": 1.0}
        return Part(
            scenario=scenario, part=name, seconds=seconds, cpu=used, waits=waits, requests=requests
        )

    lines = list(
        table([part("a/one", "up", 90), part("a/one", "steps", 3), part("a/two", "steps", 5)])
    )
    text = "\n".join(lines)
    assert "a/one" in text
    assert "a/two" in text
    assert "CPU seconds, a scenario, steps and return: 4.0 CPU" in text
    assert any("kubectl: get pods" in line and "4.00" in line for line in lines)
    assert "seconds of API servers until they answered, a scenario, steps and return: 1.5 s" in text


def test_what_is_not_timed_has_no_share_of_seconds() -> None:
    watch = [("kubectl", "watch", "pods", 1, 0.0)]
    part = Part(scenario="a", part="steps", seconds=1, cpu={}, waits={}, requests=watch)
    told = list(table([part]))
    assert told[-1].endswith("steps and return: 0.0 s")
    assert any("kubectl: watch pods" in line for line in told)


def test_a_run_without_scenarios_has_a_table() -> None:
    assert len(list(table([]))) == 1
