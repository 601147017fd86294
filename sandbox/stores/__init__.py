"""Where a book's charts and manifests can lie beside Git: an OCI registry and buckets."""
