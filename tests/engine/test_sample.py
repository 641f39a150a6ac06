"""Sample: the pictures of the augmentation bench are those that training makes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cnnviz.data.dataset_spec import Split
from cnnviz.engine.loader import DeviceDataset, LoaderConfig, Preprocessing
from cnnviz.engine.sample import Sample


@pytest.mark.parametrize(
    "text",
    ["none", "affine", "crop-flip-cutout", "random-crop=3,flip=0.5,color-jitter=0.3:0.3:0.3:0.1,rgb-jitter,noise"],
)
def test_a_sample_is_what_training_sees(text: str) -> None:
    """The bench's pictures, bit for bit those of `batches`, before they are normalised: of seed and epoch alone."""
    images = np.random.default_rng(0).integers(0, 256, (60, 3, 16, 16), dtype=np.uint8)
    prepare = Preprocessing((3, 20, 20), (0.0,) * 3, (1.0,) * 3, margin=0.1, center_crop=0.75)
    pictures = DeviceDataset.of(Split(images, np.arange(60)), prepare, 60, torch.device("cpu"))
    loader, chosen = LoaderConfig(16, text, seed=5), [7, 0, 59, 31]
    for epoch in (1, 2):
        batches = list(pictures.batches(loader, epoch))
        x, labels = torch.cat([batch[0] for batch in batches]), torch.cat([batch[1] for batch in batches])
        trained = torch.stack([x[labels == each][0] for each in chosen])
        shown = Sample.of(images, chosen).in_epoch(prepare, loader, epoch)
        assert torch.allclose(shown, trained, atol=1e-6)
        assert torch.allclose(
            Sample.of(images, chosen).only(2).in_epoch(prepare, loader, epoch), trained[2:3], atol=1e-6
        )


def test_a_large_sample_is_made_in_parts() -> None:
    """Of 224 x 224 four at a time, and still what training sees."""
    images = np.random.default_rng(0).integers(0, 256, (12, 3, 28, 28), dtype=np.uint8)
    prepare = Preprocessing((3, 224, 224), (0.0,) * 3, (1.0,) * 3)
    pictures = DeviceDataset.of(Split(images, np.arange(12)), prepare, 12, torch.device("cpu"))
    loader = LoaderConfig(12, "rotation=20,blur=1,random-crop=20", seed=1)
    ((x, labels),) = pictures.batches(loader, 4)
    shown = Sample.of(images, range(12)).in_epoch(prepare, loader, 4)
    assert torch.allclose(shown, x[labels.argsort()], atol=1e-5)
