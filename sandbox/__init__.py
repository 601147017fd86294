"""The sandbox: cluster(s), Git server, chart repository and Flux, from one provider.

Runs without pytest: `python -m sandbox up|status|env|logs|down|doctor`.
It knows neither the guide nor the scenarios; what happens in it is told through `sandbox.events`.
"""
