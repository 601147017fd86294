"""Where a book's charts and manifests can lie beside Git: an OCI registry and buckets.

`stores_in` names those of a sandbox, each a `Store`. `relay` is a program of its own.
"""
