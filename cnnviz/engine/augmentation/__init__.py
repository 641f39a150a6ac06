"""Augmentation: how a training picture is changed at random, as one text, as steps, on tensors, as torchvision code."""
