"""What `scripts/build.py` does: a clean venv, the page, PyInstaller, and archives of what came out."""

import argparse
import os
import platform
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts import _archives, _deb
from scripts._packed import EXE_CONFIG, PROGRAM, SINGLE, Edition, source_time, this_edition, windows_version
from scripts._page import Page
from scripts._setup import ROOT, RUN_LISTS, Environment, fingerprint, run_quietly, tell
from scripts._start import attempt, one_set_up

LISTS = (*RUN_LISTS, "requirements-build.txt")


def main(arguments: Sequence[str]) -> int:
    """Make what is asked for; the exit code."""
    parser = argparse.ArgumentParser("build.py", description="Make the executables of this system.")
    parser.add_argument("--folder-only", action="store_true", help="only the unpacked program, without archives")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR", help="where to (dist)")
    given = parser.parse_args(arguments)
    build = Build(given.out.resolve())
    return attempt(build.only_folder if given.folder_only else build.everything)


@dataclass
class Build:
    """One build; what comes out lies in `out`, what it needed on the way in out/work."""

    out: Path
    root: Path = ROOT

    def __post_init__(self) -> None:
        self.edition: Edition = this_edition(self.root)
        self.at = source_time(self.root)
        self.work = self.out / "work"
        self.stage = self.work / "stage"
        self.made = self.work / "made"

    def everything(self) -> None:
        """Make the single file, the archives of the folder, and their sums; raises SetupError."""
        shutil.rmtree(self.out, ignore_errors=True)
        folder = self.folder(self.work, single=True)
        tell("Packing the archives ...")
        _archives.write_sums(self.out / "SHA256SUMS", sorted(self._archives(folder)))
        shutil.rmtree(self.work)
        for path in sorted(self.out.iterdir()):
            tell(f"{path.stat().st_size / 1e6:6.1f} MB  {path.name}")

    def only_folder(self) -> None:
        """Make the unpacked program alone; raises SetupError."""
        self.folder(self.out)

    def folder(self, into: Path, *, single: bool = False) -> Path:
        """Make the program's folder, under the edition's name, and a single file if wished; raises SetupError."""
        folder = into / self.edition.name
        self._lay_stage()
        self._pyinstaller(single)
        shutil.rmtree(folder, ignore_errors=True)
        self._fill_folder(folder)
        return folder

    # -- steps ----------------------------------------------------------------------------------------

    def _lay_stage(self) -> None:
        environment = Environment(self.root)
        with one_set_up(self.root):
            Page(environment).ensure_build()
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.root / "web" / "dist", self.stage / "web")
        (self.stage / "version.txt").write_text(windows_version(self.edition.version), encoding="utf-8")

    def _pyinstaller(self, single: bool) -> None:
        python = clean_python(self.root)
        tell(f"Making {self.edition.name} ...")
        command = [
            str(python), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level=WARN",
            f"--distpath={self.made}", f"--workpath={self.work / 'pyinstaller'}",
            str(self.root / "build.spec"),
        ]  # fmt: skip
        run_quietly(command, "PyInstaller could not make the program.", self.root, self._variables(single))

    def _variables(self, single: bool) -> dict[str, str]:
        """One order of sets and one time, for the same bytes each time; nothing of the builder's own Python."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return {
            **kept,
            "PYTHONHASHSEED": "1",
            "SOURCE_DATE_EPOCH": str(self.at),
            "PYINSTALLER_CONFIG_DIR": str(self.work / "cache"),
            "CHATAPP_STAGE": str(self.stage),
            "CHATAPP_SINGLE": "1" if single else "0",
        }

    def _fill_folder(self, folder: Path) -> None:
        """The program with what a person should read."""
        if self.edition.system == "macos":
            shutil.copytree(self.made / f"{PROGRAM}.app", folder / f"{PROGRAM}.app", symlinks=True)
        else:
            shutil.copytree(self.made / PROGRAM, folder, symlinks=True)
        if self.edition.system == "windows":
            (folder / f"{PROGRAM}.exe.config").write_text(EXE_CONFIG, encoding="utf-8")
        for source, name in (
            (self.root / "packing/README.txt", "README.txt"),
            (self.stage / "NOTICE.txt", "NOTICE.txt"),
        ):
            self._write_for_reading(source, folder / name)

    def _write_for_reading(self, source: Path, target: Path) -> None:
        """A text, on Windows as its oldest editors like it."""
        text = source.read_text(encoding="utf-8")
        windows = self.edition.system == "windows"
        target.write_text(text, encoding="utf-8-sig" if windows else "utf-8", newline="\r\n" if windows else "\n")

    def _archives(self, folder: Path) -> Iterator[Path]:
        name = self.edition.name
        yield (self.made / f"{SINGLE}{self.edition.suffix}").replace(self.out / self.edition.single_file)
        yield self.out / f"{name}.zip"
        _archives.write_zip(self.out / f"{name}.zip", folder, self.at)
        if self.edition.system == "linux":
            yield self.out / f"{name}.tar.gz"
            _archives.write_tar(self.out / f"{name}.tar.gz", folder, self.at)
            yield self.out / f"{name}.deb"
            package = _deb.Package(
                self.made / PROGRAM,
                self.root / "packing/icon.svg",
                self.stage / "NOTICE.txt",
                self.edition.version,
                self.edition.machine,
            )
            _deb.write_deb(self.out / f"{name}.deb", package, self.at)


def clean_python(root: Path) -> Path:
    """The Python of a venv that holds the locked run-time packages and PyInstaller, and never held anything else."""
    value = fingerprint([root / name for name in LISTS])
    kind = f"{platform.python_version()}-{value[:12]}"
    environment = Environment(root, root / "build" / f"venv-{kind}")
    with one_set_up(root):
        for other in {*environment.venv.parent.glob("venv-*")} - {environment.venv}:
            shutil.rmtree(other)
        environment.ensure(LISTS)
    return environment.python
