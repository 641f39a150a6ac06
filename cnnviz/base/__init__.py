"""What all rooms stand on: errors, parameters, files, paths, the machine, catalogues. Knows nothing of networks."""
