"""Transfer learning on the page Training: where the weights come from, which layers learn, and what that is worth."""
