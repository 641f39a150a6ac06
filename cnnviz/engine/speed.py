"""Speed of a training: the seconds an epoch takes, and the images it takes a second. No torch."""

from __future__ import annotations

from dataclasses import dataclass

IMAGENET = "imagenet-1k"  # no data set of ours: random pictures of the network's size stand for its pictures
IMAGENET_IMAGES = 1_281_167  # training pictures of ILSVRC 2012
IMAGENET_CLASSES = 1000


@dataclass(frozen=True)
class TimePerEpoch:
    """What was measured, scaled to an epoch."""

    train_seconds: float
    test_seconds: float  # of the test after the epoch; 0 where none was measured
    images: int  # trained on in an epoch
    batch_size: int
    steps: int  # that were timed
    device_name: str

    @property
    def seconds_per_epoch(self) -> float:
        return self.train_seconds + self.test_seconds

    @property
    def images_per_second(self) -> float:
        """Trained on."""
        return self.images / self.train_seconds
