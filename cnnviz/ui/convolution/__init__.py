"""Convolution page: the stage that lives in the browser, and the panels below it. Never imports torch."""
