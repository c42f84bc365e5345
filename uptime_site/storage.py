"""Static files as they are collected: hashed, compressed, and one stylesheet for the pages."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLESHEET = "css/site.css"
_IMPORT = re.compile(r'@import "([^"]+)";\n?')

Collected = Mapping[str, tuple[Storage, str]]
"""Where each file was found, by the name under which it is served."""


class OneStylesheet(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # has no types
    """Put what the stylesheet imports into it: a page waits for one file instead of seventeen."""

    def post_process(
        self, paths: Collected, dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if STYLESHEET in paths and not dry_run:
            self.delete(STYLESHEET)
            self._save(STYLESHEET, ContentFile(whole(paths, STYLESHEET)))
            paths = {**paths, STYLESHEET: (self, STYLESHEET)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def whole(paths: Collected, name: str) -> str:
    """Read a stylesheet with what it imports in its place, from where the files were found.

    Raises KeyError where an imported file is not among them.
    """
    storage, path = paths[name]
    with storage.open(path) as opened:
        text: str = opened.read().decode()
    folder = name.rpartition("/")[0]
    return _IMPORT.sub(lambda found: whole(paths, f"{folder}/{found[1]}"), text)
