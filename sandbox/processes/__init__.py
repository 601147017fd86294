"""Processes of a sandbox: who starts and ends them, whom they answer, what they find around them.

`SupervisorClient` starts and stops programs; `leftovers` finds what a killed run left, `parent`
ties a child to who started it, `surroundings` is what a cluster's program sees. Servers listen
through `listening` and `peer_server`, on `ports`. The daemon, `supervisor`, runs by itself: others
know its mark alone.
"""
