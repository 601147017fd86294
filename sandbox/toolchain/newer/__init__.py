"""What the registries serve that is newer than what is pinned: asked, and put beside the pins.

They are asked through their ordinary clients, go and pip, with the person's own settings. Nothing
in the tree is changed here.
"""
