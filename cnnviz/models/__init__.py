"""The networks: one file per family, a registry of names, and what each layer costs and sees."""
