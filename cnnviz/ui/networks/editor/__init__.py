"""The view "Your own network": rows in a table, fixes, files and links, and a training."""
