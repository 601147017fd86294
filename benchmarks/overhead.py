"""What proofbook adds: to a scenario over a bare shell script, and to a run outside the sandbox."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from guide import Book, Edition, shelf
from sandbox import command
from sandbox.baseline import Baseline
from sandbox.lifecycle import up
from sandbox.sandbox import Sandbox
from steps import baseline_tree
from steps.book import layout, placeholders

RUNS = 3
NAME = "bench"
SCENARIO = "add_application/followed-to-the-letter"
# The same calls as the scenario's, and the same things awaited, by an engineer who scripts them.
SCRIPT = """
set -e
cp -r "$FILES/." .
git add flux-config
git commit -q -m "Add my-app"
git push -q origin main
head="main@sha1:$(git rev-parse HEAD)"
for name in flux-system infra-namespaces infra-helm-repositories apps; do
  kubectl -n flux-system wait kustomization/$name --timeout=120s \
    --for=jsonpath='{.status.lastAppliedRevision}'="$head"
done
kubectl -n my-app wait helmrelease/my-app --for=condition=Ready --timeout=120s
flux get kustomizations -A
flux get helmreleases -A
flux events --for HelmRelease/my-app -n my-app
kubectl -n my-app wait deployment/my-app-podinfo --timeout=120s \
  --for=jsonpath='{.status.readyReplicas}'=2
"""


def main() -> None:
    """Run both in turn in one sandbox, then a whole `make e2e`, and print the figures."""
    book = shelf.find()
    edition = Edition.read(book.edition)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        baseline_tree.write(book, edition, work / "seed")
        sandbox = up(NAME, provider="embedded", layout=layout(book), seed=work / "seed")
        try:
            _compare(sandbox, book, edition, work)
        finally:
            sandbox.down()
    _outside()


def _compare(sandbox: Sandbox, book: Book, edition: Edition, work: Path) -> None:
    for number in range(1, 5):
        for block in edition.blocks_of(edition.step("add-application", number).id):
            if block.path:
                target = work / "files" / block.path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(block.filled(placeholders(book, sandbox)))
    baseline = Baseline.of(sandbox)
    ratios = []
    for number in range(RUNS):
        env = {**sandbox.desk.env, "FILES": str(work / "files")}
        bare = command.run(["bash", "-c", SCRIPT], cwd=sandbox.desk.clone, env=env, limit=300)
        baseline.restore(sandbox)
        proven = _scenario(work / "build")
        ratios.append(proven / bare.duration_s)
        print(f"pair {number + 1}: bare {bare.duration_s:.1f} s, proofbook {proven:.1f} s")
    print(f"proofbook / bare: {', '.join(f'{each:.2f}' for each in sorted(ratios))}")
    print(f"median {statistics.median(ratios):.2f}")


def _scenario(build: Path) -> float:
    words = ["--provider=embedded", f"--sandbox-name={NAME}", "--keep", f"--build={build}"]
    command.run([sys.executable, "-m", "steps", f"--feature={SCENARIO}", *words], limit=300)
    results = json.loads((build / "results.json").read_text())
    [found] = [each for each in results["scenarios"] if each["id"] == SCENARIO]
    return float(found["duration_s"])


def _outside() -> None:
    started = time.monotonic()
    subprocess.run(
        ["make", "e2e", "PROVIDER=embedded", f"FEATURE={SCENARIO}"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    wall = time.monotonic() - started
    run = json.loads(Path("build/results.json").read_text())["run"]
    print(f"make e2e: {wall:.1f} s, of it outside the run {wall - run['duration_s']:.1f} s")
