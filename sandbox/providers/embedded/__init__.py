"""The embedded provider: a real control plane and real Flux controllers as host processes.

Workload pods are simulated by kwok: they become Ready without a container. Status, results and
pages say so.
"""
