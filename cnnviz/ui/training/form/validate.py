"""Whether network, data set and batches go together, asked before the run waits in the queue. The run asks again."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cnnviz.base.errors import ConfigurationError
from cnnviz.data.registry import DATASETS
from cnnviz.engine.config import OWN, TrainConfig, parse_blueprint, parse_options
from cnnviz.ui.shared import warmup

if TYPE_CHECKING:
    from torch import nn


def problem_of(config: TrainConfig) -> ConfigurationError | None:
    """Why it could not be trained. Nothing is known of a folder's pictures before they are decoded."""
    if config.data not in DATASETS:
        return None
    data = DATASETS[config.data]
    if config.model == OWN:
        problem = parse_blueprint(config.blueprint).fitted(data.image_size[0], len(data.classes)).problem()
        if problem is not None:
            return problem
    images = data.train_images
    images -= max(1, round(images * config.held_out)) if config.held_out else 0
    is_clear = images >= config.batch_size > 1 and (config.drop_last or images % config.batch_size != 1)
    if is_clear or warmup.underway():
        return None
    rows_or_options = config.blueprint if config.model == OWN else config.model_options
    return _batches(config.model, rows_or_options, config.data, images, config.batch_size, config.drop_last)


@lru_cache(maxsize=256)
def _batches(
    model: str, rows_or_options: str, data: str, images: int, batch_size: int, drop_last: bool
) -> ConfigurationError | None:
    from cnnviz.engine.network import check_batches  # heavy

    try:
        check_batches(_outline(model, rows_or_options, data), images, batch_size, drop_last)
    except ConfigurationError as error:
        return error
    return None


def _outline(model: str, rows_or_options: str, data: str) -> nn.Module:
    """The network without its numbers."""
    from cnnviz.models.empty_weights import without_numbers  # heavy
    from cnnviz.models.registry import model_spec  # heavy

    channels, classes = DATASETS[data].image_size[0], len(DATASETS[data].classes)
    if model != OWN:
        return model_spec(model).outline(channels, classes, **parse_options(rows_or_options))
    with without_numbers():
        return parse_blueprint(rows_or_options).fitted(channels, classes).build()
