"""The names of the networks without torch: what a form lists before torch is there. A test holds it to `MODELS`."""

MODEL_NAMES = ("lenet5", "lenet5-valid", "lenet5-classic")
