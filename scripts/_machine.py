"""What the tests need of this computer besides Python's and the page's packages: browsers and a screen."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A program from outside: its names in PATH, where else it may lie, and how one gets it."""

    names: tuple[str, ...]
    advice: str
    places: tuple[str, ...] = ()
    linux_only: bool = False


PROGRAMS = {
    "chromium": Program(
        (
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
            "microsoft-edge",
            "chrome",
            "msedge",
        ),
        "Chrome, Chromium or Edge (Debian: chromium)",
        (
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
            r"${ProgramFiles}\Google\Chrome\Application\chrome.exe",
            r"${ProgramFiles(x86)}\Google\Chrome\Application\chrome.exe",
            r"${LocalAppData}\Google\Chrome\Application\chrome.exe",
            r"${ProgramFiles(x86)}\Microsoft\Edge\Application\msedge.exe",
        ),
    ),
    "firefox": Program(
        ("firefox-esr", "firefox"),
        "Firefox (Debian: firefox-esr)",
        ("/Applications/Firefox.app/Contents/MacOS/firefox", r"${ProgramFiles}\Mozilla Firefox\firefox.exe"),
    ),
    "WebKitWebDriver": Program(("WebKitWebDriver",), "WebKitGTK's driver (Debian: webkit2gtk-driver)", linux_only=True),
    "MiniBrowser": Program(
        ("MiniBrowser",),
        "WebKitGTK's MiniBrowser (Debian: webkit2gtk-driver)",
        ("/usr/lib/*/webkit2gtk-4*/MiniBrowser", "/usr/libexec/webkit2gtk-4*/MiniBrowser"),
        linux_only=True,
    ),
    "xvfb-run": Program(("xvfb-run",), "a screen without a screen (Debian: xvfb and xauth)", linux_only=True),
    "Xvfb": Program(("Xvfb",), "a screen without a screen (Debian: xvfb)", linux_only=True),
    "xdotool": Program(("xdotool",), "a mouse and a keyboard for it (Debian: xdotool)", linux_only=True),
    "xclip": Program(("xclip",), "a clipboard with pictures (Debian: xclip)", linux_only=True),
    "import": Program(("import",), "photographs of a screen (Debian: imagemagick)", linux_only=True),
    "curl": Program(("curl",), "curl (Debian: curl)"),
    "wget": Program(("wget",), "GNU Wget (Debian: wget)", linux_only=True),
    "dbus-daemon": Program(
        ("dbus-daemon",), "a desktop's message bus (Debian: dbus-daemon, before 12 dbus)", linux_only=True
    ),
    "ip": Program(
        ("ip",), "networks of the tests' own (Debian: iproute2)", ("/usr/sbin/ip", "/sbin/ip"), linux_only=True
    ),
}


def in_ci() -> bool:
    """Whether this is a build machine, where nothing may be missing."""
    return os.environ.get("CI", "").lower() in ("true", "1")


def is_wanted_here(program: Program) -> bool:
    """Whether the program exists for this kind of system at all."""
    return sys.platform.startswith("linux") or not program.linux_only


def find(name: str) -> Path | None:
    """Where a program of PROGRAMS lies on this computer; None when it does not."""
    program = PROGRAMS[name]
    for candidate in program.names:
        if found := shutil.which(candidate):
            return Path(found)
    for pattern in program.places:
        if place := existing(pattern):
            return place
    return None


def existing(pattern: str) -> Path | None:
    """The newest file that a place names, with variables such as ${ProgramFiles} and stars in it."""
    place = Path(os.path.expandvars(pattern))
    if not place.is_absolute():
        return None
    found = sorted(Path(place.anchor).glob(str(place.relative_to(place.anchor))))
    return found[-1] if found else None


def missing() -> list[str]:
    """A line for each program that the tests would use here, and that is not here."""
    return [
        f"{name}: {program.advice}"
        for name, program in PROGRAMS.items()
        if is_wanted_here(program) and find(name) is None
    ]
