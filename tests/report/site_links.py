"""What the pages of a built site link to and load, for the tests of any built site."""

import html.parser
import posixpath
from urllib.parse import unquote, urlsplit


class Links(html.parser.HTMLParser):
    """Collects the ids and the links of a page, and what would ask another host."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loaded, self.scripts = set(), [], [], 0
        self.twice = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if found.get("id"):
            if found["id"] in self.ids:
                self.twice.append(found["id"])
            self.ids.add(found["id"])
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        for name in ("src", "srcset", "data"):
            if found.get(name):
                self.loaded.append(found[name])
        if tag == "link" and found.get("rel") in ("stylesheet", "icon", "preconnect", "preload"):
            self.loaded.append(found["href"])
        self.scripts += tag == "script"


def pages(out):
    """The HTML pages below a folder, by their paths."""
    return {path.relative_to(out).as_posix(): path for path in out.rglob("*.html")}


def faults(out):
    """Ids used twice, links and anchors that lead nowhere, and what another host would be asked."""
    found = {name: Links(path.read_text()) for name, path in pages(out).items()}
    wrong = []
    for name, page in found.items():
        wrong += [f"{name} uses the id {twice} twice" for twice in page.twice]
        wrong += [f"{name} loads {url}" for url in page.loaded if urlsplit(url).netloc]
        for url in page.links:
            parts = urlsplit(url)
            if parts.scheme or parts.netloc or name == "404.html":
                continue
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(name), unquote(parts.path)) if parts.path else name
            )
            if target == ".":
                target = "index.html"
            there = target in found or (out / target).is_file()
            anchor = unquote(parts.fragment)
            if not there or (anchor and target in found and anchor not in found[target].ids):
                wrong.append(f"{name} links to {url}")
    return wrong
