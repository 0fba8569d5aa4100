"""What stands at addresses where something was published once (P32)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Signpost:
    """The way from a folder of feeds/ to where its files are now; or the word that they are gone.

    It holds for the folder and for whatever lay in it.
    """

    path: str  # below feeds/, "themes/old"
    to: str = ""  # likewise; "": gone for good


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderLeft:
    """A folder whose files are still to be taken away."""

    path: str
    theme: str  # slug of the theme that lay there
    private: bool  # the theme is private now
