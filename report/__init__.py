"""What a run leaves: collect (pytest plugin) → store (results, history) → pages (Markdown).

Knows neither the steps nor the sandbox: it is told what happened as plain values.
"""
