"""What several files are called when they come as one zip, and inside of it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET

from chatapp.core.filenames import clean_file_name
from chatapp.core.filepaths import distinct
from chatapp.protocol import OfferFile

SEVERAL = 2
"""How many files make a zip worth its name."""


def zip_paths(files: Sequence[OfferFile]) -> list[str]:
    """Where each file lies in the zip, parts apart by /; all different, without case too."""
    return distinct([file.name if file.path is UNSET else file.path for file in files])


def zip_name(files: Sequence[OfferFile]) -> str:
    """The name of the folder that they share, else that of the first file and how many come with it."""
    top = {"" if file.path is UNSET else file.path.partition("/")[0] for file in files}
    shared = top.pop() if len(top) == 1 else ""
    stem = files[0].name.rpartition(".")[0] or files[0].name
    return clean_file_name(f"{shared or f'{stem} +{len(files) - 1}'}.zip")
