"""The inbox of a sandbox: stands for every web service that Flux sends a message to."""
