"""First run: a network and settings that suit a small set of one's own pictures. Measured figures; no torch."""

from __future__ import annotations

from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.engine.config import TrainConfig

_STEPS = 400  # of the optimizer
_BATCHES = (4, 16)  # smallest, largest: four steps an epoch are wanted also where there are few pictures
_FEW = 1000  # pictures: with more the usual batch leaves steps enough
_EPOCHS = (5, 40)  # fewest, most. 64 drawings of four shapes: 20 epochs 93% of new ones right, 40 98%, 60 98.5%
_GREY, _COLOR = "lenet5", "cifar-cnn"


def first_run(spec: DatasetSpec, seed: int = 0) -> TrainConfig:
    """What to train on `spec` with first: grey pictures as handwriting is learned, coloured ones as photos are.

    Drawings are moved, turned and sheared, photos moved and mirrored: 20 pictures of a class alone would be learned
    by heart. So many epochs that a small set is seen often enough and a large one not for long.
    """
    is_grey = spec.image_size[0] == 1
    few = min(max(spec.train_images // 4, _BATCHES[0]), _BATCHES[1])
    batch = few if spec.train_images < _FEW else TrainConfig.batch_size
    steps_an_epoch = max(1, spec.train_images // batch)
    return TrainConfig(
        model=_GREY if is_grey else _COLOR,
        data=spec.name,
        epochs=min(max(_STEPS // steps_an_epoch, _EPOCHS[0]), _EPOCHS[1]),
        batch_size=batch,
        augmentation="affine" if is_grey else "crop-flip",
        seed=seed,
    )
