"""Charts of the sandbox and the repository that serves them; stand-ins are called so.

`ChartRepository` packs and serves them, `sources` says which there are. `serve` is a program of its
own; each further folder is a chart.
"""
