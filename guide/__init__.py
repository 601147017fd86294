"""The engine that reads editions and source guides: files in, values out.

No external program is called here, nothing is written except by `python -m guide`.
"""
