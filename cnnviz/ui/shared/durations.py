"""Seconds as one says them."""

from __future__ import annotations

from cnnviz.ui.shared.i18n import _


def duration(seconds: float) -> str:
    """ "42 s", "3 min 20 s", "1 h 05 min", "20 days": rounded as one would say it."""
    whole = round(seconds)
    if seconds < 9.95:
        return _("{seconds} s", seconds=f"{seconds:.1f}")
    if whole < 60:
        return _("{seconds} s", seconds=whole)
    if whole < 3600:
        return _("{minutes} min {seconds} s", minutes=whole // 60, seconds=f"{whole % 60:02d}")
    if whole >= 72 * 3600:
        return _("{days} days", days=f"{seconds / 86400:,.0f}")
    return _("{hours} h {minutes} min", hours=whole // 3600, minutes=f"{whole % 3600 // 60:02d}")
