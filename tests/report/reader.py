"""A page as a reader meets it: its tags, and its words in order."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = "<script>alert(1)</script> & co"


class Reader(HTMLParser):
    """Collects tags with their attributes, and the words outside of the style sheet."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())
