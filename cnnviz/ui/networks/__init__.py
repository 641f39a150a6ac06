"""Networks page: a network taken apart, two side by side, one's own. `page` and `choice` import no torch."""
