"""Layers page: what each layer of a trained network makes of one picture."""
