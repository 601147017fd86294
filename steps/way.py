"""The way from one version of a product to another, as far as the product supports it."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.errors import UsageError
from sandbox.toolchain.pins import KUBERNETES, PRODUCTS, Product, numbers
from steps.matrix import OWN


@dataclass(frozen=True)
class Way:
    """Two versions, the older one first; each pinned, '' for the toolchain's own."""

    product: Product
    old: str
    new: str

    @classmethod
    def between(cls, old: str, new: str) -> Way:
        """The way between two texts. Raises UsageError where there is none.

        The product is that of a text that begins with its name (`flux-2.9.2`), or is a version of
        a form that only it has; `own` is of either.
        """
        for name, text in (("FROM", old), ("TO", new)):
            if not text:
                there = "; ".join(
                    f"of {each.name} {', '.join([OWN, *each.there()])}" for each in PRODUCTS
                )
                what = f"{name}= says which version; there are {there}"
                raise UsageError(what, cure="such as make upgrade FROM=1.35.4 TO=own")
        products = [product for text in (old, new) if (product := _product(text))]
        if len({each.name for each in products}) > 1:
            what = f"FROM={old} is of {products[0].name}, TO={new} of {products[1].name}"
            raise UsageError(what, cure="upgrade one after the other")
        product = products[0] if products else KUBERNETES
        way = cls(product, *(_version(product, text) for text in (old, new)))
        way._refuse()
        return way

    @property
    def versions(self) -> tuple[str, str]:
        """The two as they are shown."""
        return self.old or self.product.own(), self.new or self.product.own()

    def _refuse(self) -> None:
        old, new = self.versions
        before, after = numbers(old), numbers(new)
        if before == after:
            raise UsageError(
                f"FROM and TO are both {self.product.name} {old}", cure="name a newer version as TO"
            )
        if before > after:
            why = "is a step back"
            why += ", and Kubernetes supports none" if self.product is KUBERNETES else ""
            what = f"from {old} to {new} {why}"
            raise UsageError(what, cure=f"FROM={new} TO={old}")
        if self.product is KUBERNETES and after[1] - before[1] > 1:
            between = f"{before[0]}.{before[1] + 1}"
            what = f"from {old} to {new} passes over {between}, which Kubernetes does not support"
            raise UsageError(what, cure=f"go to a version of {between} first")


def _product(text: str) -> Product | None:
    """Whose version a text is, by its first word, else by its form; None where nothing says so."""
    for product in PRODUCTS:
        if text.startswith(product.prefix) or product.form.fullmatch(text):
            return product
    return None


def _version(product: Product, text: str) -> str:
    version = text.removeprefix(product.prefix)
    return product.version_of("" if version == OWN else version)
