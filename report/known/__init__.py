"""What is known: the edition, its features, and what the runs said about them, judged.

Files in, values out: nothing here knows how a page looks or where a site is built.
"""
