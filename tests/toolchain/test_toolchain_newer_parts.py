"""A newer program beside the pinned Kubernetes, all parts of which stay of its minor version."""

from __future__ import annotations

from test_toolchain_newer_tree import clone, made, make, mod, needs
from toolchain_fakes import FakeGo

from sandbox.toolchain.newer import go_mod
from sandbox.toolchain.newer.tree import NewerTree

__all__ = ["clone", "made"]

PARTS = "require (\n\tk8s.io/api v0.99.2\n\tk8s.io/client-go v0.99.2\n)\n"
OF_KUBERNETES = "require (\n\tk8s.io/api v0.0.0\n\tk8s.io/client-go v0.0.0\n)\n"


def test_a_program_that_asks_for_newer_parts_of_kubernetes_does_not_tear_it_apart(
    made: NewerTree, go: FakeGo
) -> None:
    """Helm 4.3.2 asks for client-go 0.37.2, which lacks what the scheduler of 1.36.3 imports."""
    needs(go, "helm.sh/helm/v4", PARTS)
    before = go_mod.replaced(mod(made.clone))
    make(made, helm="4.99.2")
    assert go_mod.replaced(mod(made.files)) == before
    assert "helm.sh/helm/v4 v4.99.2" in mod(made.files)


def test_with_the_kubernetes_of_these_parts_it_has_them(made: NewerTree, go: FakeGo) -> None:
    needs(go, "helm.sh/helm/v4", PARTS)
    needs(go, "k8s.io/kubernetes", OF_KUBERNETES)
    make(made, helm="4.99.2", kubernetes="1.99.2")
    held = go_mod.replaced(mod(made.files))
    assert held["k8s.io/api"] == held["k8s.io/client-go"] == "v0.99.2"


RUNTIME = "sigs.k8s.io/controller-runtime"
MORE_PARTS = f"require (\n\t{RUNTIME} v0.99.1\n\tk8s.io/api v0.99.2\n)\n"


def test_what_others_use_too_stays_where_its_newer_version_is_made_for_newer_parts(
    made: NewerTree, go: FakeGo
) -> None:
    """Helm 4.3.2 asks for a controller-runtime that calls what client-go 0.36 has not."""
    needs(go, "helm.sh/helm/v4", MORE_PARTS)
    needs(go, RUNTIME, PARTS)
    before = go_mod.required(mod(made.clone))[RUNTIME]
    make(made, helm="4.99.2")
    assert go_mod.replaced(mod(made.files))[RUNTIME] == before
    assert "helm.sh/helm/v4 v4.99.2" in mod(made.files)


def test_what_was_held_the_night_before_is_held_again(made: NewerTree, go: FakeGo) -> None:
    """Taken up, go.mod requires the version that does not fit and replaces it by the one there."""
    needs(go, "helm.sh/helm/v4", MORE_PARTS)
    needs(go, RUNTIME, PARTS)
    path = made.clone / "sandbox/toolchain/embedded/go.mod"
    text = path.read_text()
    before = go_mod.required(text)[RUNTIME]
    text = go_mod.replacing(go_mod.requiring(text, RUNTIME, "v0.99.1"), {RUNTIME: before})
    path.write_text(text)
    make(made, helm="4.99.2")
    assert go_mod.replaced(mod(made.files))[RUNTIME] == before


def test_what_fits_these_parts_or_has_them_too_is_not_held(made: NewerTree, go: FakeGo) -> None:
    needs(go, "helm.sh/helm/v4", MORE_PARTS)
    needs(go, RUNTIME, "require example.com/other v9.9.9\n")
    make(made, helm="4.99.2")
    assert RUNTIME not in go_mod.replaced(mod(made.files))
    needs(go, RUNTIME, PARTS)
    needs(go, "k8s.io/kubernetes", OF_KUBERNETES)
    make(made, kubernetes="1.99.2", helm="4.99.2")
    assert RUNTIME not in go_mod.replaced(mod(made.files))
