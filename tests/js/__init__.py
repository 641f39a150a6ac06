"""The components' JavaScript modules in Node: no browser, no server."""
