"""The form of a new run as its tests drive it: its controls, their help, its headers."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from cnnviz.engine.form import key
from cnnviz.engine.hyperparameters import HYPERPARAMETERS

# one value that is not the usual for every hyperparameter of LeNet-5, all of which go together
UNUSUAL: dict[str, object] = {
    "epochs": 7.0,
    "batch_size": 32.0,
    "shuffle": False,
    "drop_last": True,
    "center_crop": 0.9,
    "normalize": False,
    "held_out": 0.1,
    "loss": "cross-entropy",
    "label_smoothing": 0.05,
    "optimizer": "momentum",
    "learning_rate": 0.02,
    "momentum": 0.8,
    "weight_decay": 0.001,
    "schedule": "step",
    "warm_up": 0.1,
    "step_size": 2.0,
    "gamma": 0.5,
    "augmentation": "shift",
    "patience": 3.0,
    "initialization": "kaiming",
    "trainable": "last",
    "thaw": 2.0,
    "seed": 9.0,
    "precision": "bfloat16",
    "train_images": 300.0,
    "imbalance": 5.0,
    "label_noise": 0.1,
    "leakage": 0.2,
    "sort_by_class": True,
    "sampler": "balanced",
    "class_weights": True,
    "corrected_labels": "12:3",
    "activation": "tanh",
    "pooling": "average",
    "dropout": 0.25,
    "batch_norm": "on",
}


def control(app: AppTest, name: str):
    """The control of a hyperparameter, whatever it is."""
    kind = HYPERPARAMETERS[name].kind if name in HYPERPARAMETERS else "choice"
    if kind == "switch" and not HYPERPARAMETERS[name].is_option:
        return app.toggle(key=key(name))
    if kind == "text" and name not in ("start_from", "trainable"):
        return app.text_input(key=key(name))
    return app.number_input(key=key(name)) if kind in ("whole", "number") else app.selectbox(key=key(name))
