"""Words of the time machine's component. Gaps in braces are filled in the browser, as the epochs go by."""

from __future__ import annotations

from cnnviz.ui.shared.i18n import _


def words(in_color: bool) -> dict[str, str]:
    """The strings of `cnnviz/ui/training/component/film`, in the visitor's language."""
    return {**_controls(), **_moments(), **_panes(in_color), **_matrix(), **_answer()}


def _controls() -> dict[str, str]:
    return {
        "play": _("Play"),
        "hold": _("Hold"),
        "back": _("One epoch back"),
        "forward": _("One epoch on"),
        "speed": _("Epochs per second"),
        "loop": _("Loop"),
        "follow": _("Keep up"),
        "followHelp": _("Show the newest moment as the run goes on."),
        "scrub": _("Epoch"),
        "keys": _("Space plays, the arrow keys step, Home and End go to the ends."),
        "coming": _("{count} pieces are still coming …"),
    }


def _moments() -> dict[str, str]:
    return {
        "epoch": _("Epoch {epoch}"),
        "start": _("Epoch 0: before training"),
        "now": _("Now: epoch {epoch}, batch {step} of {steps}"),
        "accuracy": _("{accuracy} of the test pictures right"),
        "loss": _("test loss {loss}"),
        "random": _("random weights guess: about {chance} by luck"),
        "since": _("the matrix is that of epoch {epoch}"),
        "kept": _("Kept epochs: {epochs}."),
        "thinned": _("{count} epochs are kept, from {first} to {last}; those between went for want of disk space."),
        "played": _("Filters and maps play in {count} of them; stay on another one and it is fetched."),
        "seldom": _("This network is too large to be looked at within an epoch: something new comes after each."),
        "blended": _("Between two epochs the pictures are blended."),
        "gone": _("The weights of this run are gone from the disk. The confusion matrices remain."),
        "broken": _("The file of this epoch cannot be read: it is cut or changed. The others are as they were."),
        "fetching": _("Is fetched …"),
        "loading": _("PyTorch is being loaded: filters and maps follow in a moment …"),
        "curve": _("Test accuracy (line) and test loss (dashes) over the epochs"),
        "curveAccuracy": _("test accuracy"),
        "curveLoss": _("test loss"),
    }


def _panes(in_color: bool) -> dict[str, str]:
    scale = (
        _("Grey is zero; each colour shows the weight for that colour. One scale for all epochs.")
        if in_color
        else _("Orange is below zero, blue above. One scale for all epochs.")
    )
    return {
        "filters": _("First filters"),
        "filtersOf": _("{count} filters, {height} × {width} ({layer})"),
        "filtersCut": _("the first {count} of {total} filters, {height} × {width} ({layer})"),
        "filtersScale": scale,
        "noFilters": _("This network has no filters that could be seen as pictures."),
        "maps": _("Feature maps"),
        "mapsOf": _("{layer}: {count} maps"),
        "mapsCut": _("{layer}: the first {count} of {total} maps"),
        "noMaps": _("This network has no convolution, so there are no maps."),
        "noPin": _("There is no picture to show to the network."),
    }


def _matrix() -> dict[str, str]:
    return {
        "matrix": _("Confusion matrix"),
        "matrixHelp": _("Rows are true classes, columns answers. Point at a cell, or use the arrow keys."),
        "true": _("true class"),
        "predicted": _("predicted class"),
        "taken": _("{true} taken for {predicted}: {count} of {total}"),
        "recognised": _("{true} recognised: {count} of {total}"),
        "worst": _("Most often {true} is taken for {predicted}: {count} of {total}."),
        "perfect": _("No test picture is wrong."),
    }


def _answer() -> dict[str, str]:
    return {
        "answer": _("One picture"),
        "numbered": _("Test picture {number}, true class {name}"),
        "drawn": _("Your drawing"),
        "right": _("Right: it says {name}, {share}."),
        "wrong": _("Wrong: it says {name}, {share}."),
        "says": _("It says {name}, {share}."),
        "then": _("{one}. {other}"),
        "isTrue": _("the right class"),
    }
