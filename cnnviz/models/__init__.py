"""Networks: one file a family, the zoo and its registry, and what each layer costs and sees."""
