"""Exports of a network: PyTorch source, one layer's code, Keras' summary, ONNX."""
