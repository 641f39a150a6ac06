"""Answer link: from a run on one's own pictures to where its network answers a new drawing, or the camera."""

from __future__ import annotations

from cnnviz.base.errors import CnnvizError
from cnnviz.base.locale import N_
from cnnviz.data.dataset_spec import OWN
from cnnviz.data.registry import dataset
from cnnviz.runs.run import RunRecord
from cnnviz.ui.shared.checkpoints import run_name
from cnnviz.ui.shared.page import page_link


def answer_link(record: RunRecord) -> None:
    """The link, if its data set was imported here: of drawings to the sketch pad of Layers, of others to the camera."""
    if not record.config.data.startswith(OWN):
        return
    try:
        is_drawn = dataset(record.config.data).framing is not None
    except CnnvizError:  # deleted meanwhile
        return
    source, label, icon = (
        ("drawing", N_("Draw, and it answers"), ":material/draw:")
        if is_drawn
        else ("camera", N_("Ask it with the camera"), ":material/photo_camera:")
    )
    page_link("layers", label, icon, {"layers_checkpoint": run_name(record.id), "layers_source": source})
