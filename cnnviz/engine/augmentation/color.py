"""Colour of tensors: luminance, and hue by way of hue, saturation and value. Each picture by its own number."""

from __future__ import annotations

import torch
from torch import Tensor

_WEIGHTS = (0.2989, 0.587, 0.114)  # of red, green, blue, as in torchvision and in television since 1953


def luminance(images: Tensor) -> Tensor:
    """(n, c, h, w) -> (n, 1, h, w): how bright; of anything but three channels their mean."""
    if images.shape[1] != 3:
        return images.mean(dim=1, keepdim=True)
    red, green, blue = images.unbind(dim=1)
    return (_WEIGHTS[0] * red).add_(green, alpha=_WEIGHTS[1]).add_(blue, alpha=_WEIGHTS[2])[:, None]


def hue(images: Tensor, turn: Tensor) -> Tensor:
    """(n, 3, h, w) in [0, 1] with every hue turned by `turn` (n, 1, 1, 1), in whole turns of the colour wheel.

    To hue, saturation and value and back (Smith 1978), back in the form without cases: channel k of 5, 3, 1 is
    value - value saturation max(0, min(p, 4 - p, 1)) with p = (k + 6 hue) mod 6. Or 2 - |p - 2| for min(p, 4 - p),
    with p - 2 brought between -3 and 3: rounding is four times as fast as the remainder.
    """
    red, green, blue = images.unbind(dim=1)
    value, lowest = images.amax(dim=1), images.amin(dim=1)  # (n, h, w)
    chroma = value - lowest
    some = torch.where(chroma > 0, chroma, torch.ones_like(chroma))
    sixth = torch.where(
        value == red,
        (green - blue) / some,
        torch.where(value == green, 2 + (blue - red) / some, 4 + (red - green) / some),
    )
    place = sixth[:, None] + 6 * turn  # (n, 1, h, w)
    offset = torch.tensor([3.0, 1.0, -1.0], device=images.device).view(1, 3, 1, 1)
    position = offset + place  # (n, 3, h, w)
    position.sub_((position / 6).round_(), alpha=6)
    return torch.addcmul(value[:, None], chroma[:, None], position.abs_().neg_().add_(2).clamp_(0, 1), value=-1)
