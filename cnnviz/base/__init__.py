"""Base of all rooms: errors, parameters, files, paths, the machine, catalogues. Knows nothing of networks."""
