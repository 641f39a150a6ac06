"""Which Chromium the tests drive: an installed one, else Playwright's, else the distribution's package.

The headless shell comes before the whole browser: the same engine, and a quarter less of the processor.
`python -m tests.browser.chromium` gets one. Without any, browser tests fail in CI and are skipped elsewhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

# Headless Chromium in a container: no sandbox (root), no GPU, and nothing that looks for the internet.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find() -> str | None:
    """The path of a Chromium that is there: `CNNVIZ_CHROMIUM`, one on the PATH, or Playwright's own; None if none."""
    named = os.environ.get("CNNVIZ_CHROMIUM")
    if named:
        return named
    installed = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return installed or next((path for path in _MAC if Path(path).exists()), None) or _playwright_own()


def _playwright_own() -> str | None:
    try:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except Error:
        return None
    return path if Path(path).exists() else None


def obtain() -> str | None:
    """`find`, after trying to install one if there is none."""
    if not find():
        _try([sys.executable, "-m", "playwright", "install", "chromium"])
    if not find() and shutil.which("apt-get"):
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        _try([*prefix, "apt-get", "update", "-qq"])
        _try([*prefix, "apt-get", "install", "-y", "-qq", "chromium-headless-shell", "fonts-noto-cjk"])
    return find()


def _try(command: list[str]) -> None:
    print("+", " ".join(command), flush=True)
    try:
        subprocess.run(command, check=False, timeout=900, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  {error}")


if __name__ == "__main__":
    found = obtain()
    print(f"Chromium for the browser tests: {found or 'none'}")
    if not found and os.environ.get("CI"):
        sys.exit("CI needs a Chromium: install one, or set CNNVIZ_CHROMIUM to its path.")
