"""Every program of the sandbox, built from pinned Go modules, cached by the hash of its inputs."""
