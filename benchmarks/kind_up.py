"""The kind provider against the same typed by hand: seconds to Ready, two clusters, memory.

Needs a Docker engine; images are made ready before anything is timed. By hand: `kind create
cluster`, then at once `flux bootstrap gitlab`, as its documentation shows, to the same state.
"""

import os
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from guide import Edition, shelf
from sandbox import command, events, lifecycle
from sandbox.flux import bootstrap
from sandbox.layout import Layout
from sandbox.providers import Cluster
from sandbox.providers.kind import Kind, images, program, settings
from sandbox.sandbox import Sandbox
from steps import baseline_tree
from steps.book import layout

RUNS = int(os.environ.get("RUNS", "3"))
BOOK = shelf.find(os.environ.get("BOOK", ""))
ONE = layout(BOOK)
TWO = replace(ONE, clusters=(ONE.first, "second"))
MIB = 1024 * 1024


def main() -> None:
    """Alternate the two, so that both meet the same machine."""
    with tempfile.TemporaryDirectory() as folder:
        baseline_tree.write(BOOK, Edition.read(BOOK.edition), Path(folder))
        ours, hands = [], []
        for number in range(RUNS):
            phases: list[str] = []
            sandbox, seconds = up(Path(folder), ONE, phases)
            try:
                memory = resident(sandbox)
                hand = by_hand(sandbox)
            finally:
                sandbox.down()
            ours.append(seconds)
            hands.append(hand)
            print(
                f"run {number + 1}: sandbox {seconds:.1f} s ({', '.join(phases)}), "
                f"by hand {hand:.1f} s; node {memory:.0f} MiB",
                flush=True,
            )
        one, hand = statistics.median(ours), statistics.median(hands)
        print(f"median of {RUNS}: {one:.1f} s against {hand:.1f} s by hand: {one / hand:.2f}")
        sandbox, two = up(Path(folder), TWO, [])
        sandbox.down()
        print(f"two clusters {two:.1f} s against one {one:.1f} s: {two / one:.2f}")


def up(seed: Path, layout: Layout, phases: list[str]) -> tuple[Sandbox, float]:
    def note(event: events.Event) -> None:
        if isinstance(event, events.PhaseEnded):
            phases.append(f"{event.phase} {event.duration_s:.1f}")

    started = time.monotonic()
    with events.subscribe(note):
        sandbox = lifecycle.up("bench", provider="kind", seed=seed, layout=layout)
    return sandbox, time.monotonic() - started


def kind_of(sandbox: Sandbox) -> Kind:
    assert isinstance(sandbox.provider, Kind)
    return sandbox.provider


def resident(sandbox: Sandbox) -> float:
    provider = kind_of(sandbox)
    [node] = provider.engine.nodes(provider.labels)
    return float(node.stats(stream=False)["memory_stats"]["usage"]) / MIB


def by_hand(sandbox: Sandbox) -> float:
    """The same Git server and first commit, a new cluster, no waiting between the two commands."""
    provider = kind_of(sandbox)
    provider.engine.remove_containers(provider.labels)
    desk = sandbox.desk
    first = desk.git("rev-list", "--max-parents=0", "HEAD").strip()
    desk.git("push", "--quiet", "--force", "origin", f"{first}:refs/heads/{ONE.branch}")
    home = sandbox.folder / "clusters" / ONE.first
    configuration = settings.config(provider.host, provider.engine.cgroup, provider.image)
    tag = images.labelled(provider.engine, provider.image, "proofbook/bench", provider.labels)
    wanted = program.Wanted(
        "bench", tag, provider.network, configuration, home / "kubeconfig", sandbox.folder
    )
    started = time.monotonic()
    program.create_cluster(sandbox.toolchain.bin / "kind", provider.engine, wanted)
    created = time.monotonic() - started
    sandbox.write_kubeconfig()
    bootstrap.bootstrap(desk, ONE, ONE.first, sandbox.private_key)
    ready(provider.clusters()[ONE.first], sandbox.toolchain.bin / "kubectl")
    seconds = time.monotonic() - started
    print(f"  by hand: create {created:.1f} s, bootstrap {seconds - created:.1f} s", flush=True)
    return seconds


def ready(cluster: Cluster, kubectl: Path) -> None:
    """As by hand: `kubectl wait` on every Kustomization that there is."""
    line = [kubectl, "--kubeconfig", cluster.kubeconfig, "wait", "kustomizations", "--all"]
    command.run([*line, "-n", "flux-system", "--for=condition=Ready", "--timeout=3m"], limit=200)


if __name__ == "__main__":
    main()
