"""The inbox of a sandbox: stands for every web service that Flux sends a message to.

`Inbox` is where it can be sent and what came in, each a `Message`. `serve` is a program of its own.
"""
