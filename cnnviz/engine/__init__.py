"""The live PyTorch engine: training, evaluating, checkpoints. Knows nothing of processes or pages."""
