"""Charts of the sandbox and the repository that serves them; stand-ins are called so."""
