"""Home page: a sketch pad, and a network that answers in the browser."""
