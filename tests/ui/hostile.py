"""What a link, a name or a message can say to break a page: numbers beyond their range, Markdown, odd characters."""

from __future__ import annotations

FOREIGN = "evil.example"  # the host in all links and pictures below
MARKDOWN = (
    f"](http://{FOREIGN}/a)",
    f"![x](http://{FOREIGN}/p.png)",
    f"[click](http://{FOREIGN}/l)",
    f"http://{FOREIGN}/bare www.{FOREIGN} me@{FOREIGN}",
    f"<script src=//{FOREIGN}></script><img src=x onerror=alert(1)>",
    "$\\LaTeX{}$ :material/home: :red[r] :smile: **b** `c` # h",
)
NUMBERS = (
    "1e999", "inf", "-inf", "nan", "9" * 309, "9" * 4301, "-1", "-0", "0", "1.5", "1_000", "１２", "五", "²", "0x10",
    "99999999999999999999", "--1",
)  # fmt: skip
ODD = (
    "",
    " ",
    "a\nb",
    "\u202egnp.exe",
    "\u200f\u200e",
    "👩‍🔬",
    "\x00\x1b[31m",
    "../../etc/passwd",
    "true",
    "None",
    "x" * 100_000,
)
VALUES = (*MARKDOWN, *NUMBERS, *ODD)
