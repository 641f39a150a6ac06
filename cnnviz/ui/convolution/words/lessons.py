"""What `lessons.js` says: choosing an example of the lesson. The examples themselves are in `presets.py`."""

from __future__ import annotations

from cnnviz.base.locale import N_

WORDS: dict[str, str] = {
    "label": N_("Example"),
    "back": N_("Previous example"),
    "on": N_("Next example"),
    "free": N_("Free play"),
    "invitation": N_("Free play: change whatever you like, or choose an example."),
    "changed": N_("Free play: you have changed '{title}'. Choose it again to have it back."),
}
