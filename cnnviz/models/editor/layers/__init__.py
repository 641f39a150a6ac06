"""Layer kinds: each layer and block that a row of a blueprint can be, one class each."""
