"""Put faults into the edition, one at a time, and see whether a scenario notices.

The faults come from `guide`, the runs are those of `steps`; nobody else knows this package.
"""
