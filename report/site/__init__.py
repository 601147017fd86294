"""The site: its commands, and every page into a folder for the builder. What runs is `cli`."""
