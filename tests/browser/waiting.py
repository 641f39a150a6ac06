"""Waiting in the browser for what has no sign of its own: that nothing more comes. Nothing here counts seconds."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.polling import PATIENCE

SLOW = 1000 * PATIENCE  # ms

_CALM = """
({ frames, still, most }) => new Promise((done, fail) => {
    const begun = performance.now();
    const app = document.querySelector("[data-testid=stApp]");
    let calm = 0;
    const observer = new MutationObserver(() => { if (still) calm = 0; });
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    const look = () => {
        calm = app?.dataset.testScriptState === "running" ? 0 : calm + 1;
        if (calm < frames && performance.now() - begun < most) return requestAnimationFrame(look);
        observer.disconnect();
        return calm < frames ? fail(new Error("the page does not come to rest")) : done();
    };
    look();
})
"""

_FRAMES = """
left => new Promise((done) => {
    const on = () => (left-- > 0 ? requestAnimationFrame(on) : done());
    on();
})
"""


def answered(page: Page, frames: int = 60) -> None:
    """Wait until no script has run for this page during `frames` frames in a row, whatever moves in it.

    A busy machine draws fewer frames a second, so that it is waited for longer there.
    """
    page.evaluate(_CALM, {"frames": frames, "still": False, "most": SLOW})


def at_rest(page: Page, frames: int = 30) -> None:
    """The same, and nothing in the page has changed meanwhile."""
    page.evaluate(_CALM, {"frames": frames, "still": True, "most": SLOW})


def wait_frames(page: Page, count: int) -> None:
    """Wait for `count` frames: long enough for whatever moves to have moved."""
    page.evaluate(_FRAMES, count)
