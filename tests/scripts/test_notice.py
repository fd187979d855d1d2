"""The notice of licences."""

from __future__ import annotations

from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from scripts._notice import Carried, notice, python, python_package


def package(folder: Path, *licences: str) -> PathDistribution:
    """An installed package by the name of wool, with files of licences."""
    info = folder / "wool-1.0.dist-info"
    (info / "licenses").mkdir(parents=True)
    for name in licences:
        (info / "licenses" / name).write_text(f"the words of {name}", "utf-8")
    classes = "Classifier: License :: OSI Approved :: MIT License"
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: wool\nVersion: 1.0\n{classes}\n", "utf-8")
    files = [f"wool-1.0.dist-info/licenses/{name},," for name in licences]
    (info / "RECORD").write_text("\n".join([*files, "wool-1.0.dist-info/METADATA,,", "wool/licensed.py,,"]), "utf-8")
    return PathDistribution(info)


def test_all_are_listed_and_works_with_the_same_words_share_them() -> None:
    text = notice(
        [Carried("a", "1", "MIT", "WORDS"), Carried("b", "2", "MIT", "WORDS\n"), Carried("c", "3", "ISC", "OTHER")]
    )

    assert text.count("WORDS") == text.count("OTHER") == 1
    assert "a 1, MIT\nb 2, MIT\nc 3, ISC\n" in text


def test_a_package_is_quoted_with_all_files_of_its_licence(tmp_path: Path) -> None:
    found = python_package(package(tmp_path, "LICENSE", "NOTICE"), "")

    assert (found.name, found.version, found.licence) == ("wool", "1.0", "MIT License")
    assert found.text == "the words of LICENSE\n\nthe words of NOTICE"


def test_a_package_without_a_licence_is_not_carried(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="wool comes without"):
        python_package(package(tmp_path), "")


def test_python_itself_is_quoted() -> None:
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in python().text.upper()
