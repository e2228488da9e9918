"""Pictures for README and docs from the sample city, taken by Debian's Chromium: docs/screenshots/*.png.

The city is built in a temporary folder; with LUODI_DATA_DIR set, the one that stands there is used (much quicker).
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Page, sync_playwright

BASE = Path(__file__).resolve().parent.parent
FOLDER = BASE / "docs" / "screenshots"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 600  # seconds for the sample city to be built
# name → person, address (or a link to follow from it), width and height
PICTURES = {
    "leader": ("zhou", "/dashboard/", "", (1440, 1200)),
    "home": ("li", "/", "", (1440, 900)),
    "ledger": ("li", "/problems/", "", (1440, 900)),
    "problem": ("wang", "/problems/", "main table a[href*='/problems/']", (1440, 900)),
    "indicator": ("li", "/indicators/problems.closed/", "", (1440, 900)),
    "document": ("li", "/documents/", "main a[href*='/documents/']", (1440, 900)),
    "leader-phone": ("zhou", "/", "", (390, 844)),
}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(port: int, folder: str) -> "subprocess.Popen[bytes]":
    """The sample city in a folder of its own; returns once it answers."""
    command = [sys.executable, "-m", "luodi", "demo", "--port", str(port)]
    server = subprocess.Popen(command, cwd=BASE, env={**os.environ, "LUODI_DATA_DIR": folder})
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            urlopen(f"http://127.0.0.1:{port}/healthy/", timeout=2).close()
            return server
        except (URLError, OSError):
            time.sleep(0.5)
    server.kill()
    raise SystemExit("The sample city did not come up.")


def take(page: Page, name: str) -> None:
    """One picture: sign in, go there, wait for what htmx loads."""
    person, address, link, _size = PICTURES[name]
    page.goto("/sign-in/")
    page.locator(f"form[action$='/sign-in/as/{person}/'] button").click()
    page.goto(address)
    if link:
        page.locator(link).first.click()
    page.wait_for_load_state("networkidle")
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    colours = Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE)  # a third of the bytes
    colours.save(path, optimize=True)
    print(f"docs/screenshots/{name}.png  {page.title()}")


def main() -> int:
    """All pictures, or those named."""
    if CHROMIUM is None:
        print("No Chromium here; get it by: apt-get install chromium fonts-noto-cjk", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = serve(port, os.environ.get("LUODI_DATA_DIR") or folder)
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for name in sys.argv[1:] or PICTURES:
                width, height = PICTURES[name][3]
                size = {"width": width, "height": height}
                context = browser.new_context(
                    base_url=f"http://127.0.0.1:{port}", viewport=size, locale="zh-CN", device_scale_factor=1
                )
                take(context.new_page(), name)
                context.close()
            browser.close()
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
    return 0


if __name__ == "__main__":
    sys.exit(main())
