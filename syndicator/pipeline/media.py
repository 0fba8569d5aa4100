"""Pictures beside the pages that show them: /media/{sha256}.{ext}, from the copies that are kept.

A page shows a picture where it repeats the article's text, and where there is a copy; else it names
it by a link. A file is never changed. It goes when no page shows it any more, as when an article is
withdrawn, and comes back with a page that does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from syndicator.model import Picture, Pictured
from syndicator.pipeline.publish import Press
from syndicator.ports import Shown
from syndicator.stages.shown_pictures import shown_pictures

_AT_ONCE = 100  # articles held in memory


class Media:
    """The pictures of one run of publishing.

    Args:
        everything: write files anew that are there.
    """

    def __init__(self, press: Press, *, everything: bool) -> None:
        self._press = press
        self._everything = everything
        self._there: set[str] = set()  # paths, in this run
        self._left: set[str] = set()  # paths that one page shows no more
        self.faults: list[str] = []

    def beside(self, one: Shown) -> Mapping[str, str]:
        """Have the pictures of an article's page published: address -> path.

        Raises:
            PublishError: a file cannot be written.
        """
        shown = shown_on_page(one)
        self._left.update(each.path for each in one.pictures if each.url not in shown)
        return {url: each.path for url, each in shown.items() if self._publish(each)}

    def leave(self, path: str) -> None:
        """One page fewer may show this file."""
        self._left.add(path)

    def clear(self) -> None:
        """Take away what no page shows any more; after the pages. Raises PublishError."""
        for path in sorted(self._left - self._there):
            if not self._is_shown(path):
                self._press.tree.remove(path)
        self._left.clear()

    def _publish(self, picture: Picture) -> bool:
        """False where the copy is not what was kept, which is told."""
        path, tree = picture.path, self._press.tree
        if path in self._there:
            return True
        if self._everything or not tree.has(path):
            body = self._press.media.get_whole(picture.sha256)
            if body is None:
                self.faults.append(
                    f"{path}: the kept copy is missing or damaged, its pages have a link instead; "
                    "restore store/archive from a backup, then publish --all"
                )
                return False
            tree.write(path, body, modified=picture.at)
        self._there.add(path)
        return True

    def _is_shown(self, path: str) -> bool:
        waiting = iter(self._press.store.picturing(path))
        while some := list(islice(waiting, _AT_ONCE)):
            for one in self._press.store.shown(some):
                if any(each.path == path for each in shown_on_page(one).values()):
                    return True
        return False


def shown_on_page(one: Shown) -> Mapping[str, Picture]:
    """The copies of pictures that an article's page shows, by address."""
    if one.hidden or one.notice is not None or not one.entry.html:
        return {}
    kept = {each.url: each for each in one.pictures}
    named: Sequence[str] = shown_pictures(one.entry.html, one.entry.image, which=Pictured.ALL)
    return {url: kept[url] for url in named if url in kept}
