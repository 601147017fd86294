"""A history on a branch: taken from there, and added to it, without a touch on the clone around."""
