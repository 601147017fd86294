"""What a sandbox uses: CPU by program, requests by client, and what is awaited.

`cpu` looks at processes, `audit` at the API server's log, `Waits` hears the events; each is told of
a `Part` of a run, and `table` prints them. Nothing of the sandbox knows that it is looked at, but
for the `flags` of its log.
"""
