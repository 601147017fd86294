"""A cluster as its API server tells of it, to whoever reads it: nobody types anything here.

`KubernetesApi` asks, `Informer` follows, `ClusterView` waits; `census` counts what is there,
`search` finds who holds a text, `secret_values` what must not be shown, `service_client` keeps
asking a Service. Of Flux it knows only which kinds there are (`flux_kinds`): what they say is
`sandbox.flux`. A `Reflector` is the informer's alone.
"""
