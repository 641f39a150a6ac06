"""Colour spread: the principal axes of the training pixels' colours, and how far they reach. NumPy only.

AlexNet adds to all pixels of a picture p1 a1 l1 + p2 a2 l2 + p3 a3 l3, with p and l the eigenvectors and eigenvalues of
the 3 x 3 covariance of the training set's RGB values and a ~ N(0, 0.1) (Krizhevsky and others 2012, section 4.1). An
eigenvalue changes with the square of the pixels' unit. Here l is its root, the standard deviation along the axis: the
same shift, whether pixels go to 1 or to 255, and 0.1 is a tenth of what the colours spread.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PICTURES = 1000  # evenly spaced over the set: the axes of 1,000 of CIFAR-10's are those of all within a degree


def sample_step(count: int) -> int:
    """Of so many pictures, every n-th is looked at."""
    return max(1, count // _PICTURES)


def color_axes(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Pictures (n, c, h, w) -> (c, c): each row an axis times its standard deviation, the longest first.

    The largest part of each is positive: a sign is nobody's choice, and the draws shall be the same everywhere.
    """
    values = pictures.transpose(1, 0, 2, 3).reshape(pictures.shape[1], -1).astype(np.float64) / 255
    covariance = np.atleast_2d(np.cov(values, bias=True))
    variances, axes = np.linalg.eigh(covariance)  # ascending; axes in columns
    rows = axes.T[::-1]
    largest = np.take_along_axis(rows, np.abs(rows).argmax(axis=1)[:, None], axis=1)
    deviations = np.sqrt(np.clip(variances[::-1], 0, None))
    return (rows * np.sign(largest) * deviations[:, None]).astype(np.float32)
