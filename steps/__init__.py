"""The sentences of the features, one module per noun. Each is one call into the sandbox."""
