"""The view "Your own network": rows in a table, mends, files and links, and a training."""

from cnnviz.ui.networks.editor.view import own

__all__ = ["own"]
