"""Where clusters come from: one narrow interface, a package for each provider."""
