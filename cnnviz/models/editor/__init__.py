"""Network editor: a network of one's own as rows of layers, its formats, its fixes, and torch's modules of it."""
