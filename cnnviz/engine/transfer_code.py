"""Transfer code: a transfer's own lines of PyTorch: load, freeze, the new classifier, what learns, when it thaws.

They run by themselves beside PyTorch, given `loader`, batches of (pictures, labels). What is no part of the lesson is
left out: the schedule of the learning rate, augmentation, how pictures are normalised.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from torch import nn

from cnnviz.base.text import line
from cnnviz.engine.config import IMAGENET, OWN, TrainConfig, parse_blueprint
from cnnviz.engine.optim import THAWED
from cnnviz.engine.transfer import Part
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.build import blueprint_of, build, calls
from cnnviz.models.empty_weights import init_empty_weights
from cnnviz.models.export.code import build_source
from cnnviz.models.registry import model_spec
from cnnviz.models.zoo import options_of

_WIDTH = 100  # characters of a line
_NAMED = 4  # new classes that the comment names
_KEEPS_AUXILIARY = ("inception-v3",)  # torchvision's
_NO_AUXILIARY = ["model.aux_logits, model.AuxLogits = False, None  # it only helped training"]
_LOSSES = {
    "cross-entropy": "nn.functional.cross_entropy({logits}, labels)",
    "nll": "nn.functional.nll_loss({logits}.log_softmax(dim=1), labels)",
    "hinge": "nn.functional.multi_margin_loss({logits}, labels)",
    "squared": "({logits} - one_hot(labels)).square().sum(dim=1).mean()",
    "absolute": "({logits}.softmax(dim=1) - one_hot(labels)).abs().sum(dim=1).mean()",
}
_TRAIN_MODE = '''
def train_mode() -> None:
    """What comes before the first layer that learns drops nothing, and its batch norm keeps what it has learned."""
    model.train()
    for layer in model.modules():
        if any(parameter.requires_grad for parameter in layer.parameters(recurse=False)):
            break
        if not list(layer.children()):
            layer.eval()

'''
_OTHERWISE_IN_TRAINING = (nn.BatchNorm1d, nn.BatchNorm2d, nn.Dropout)


@dataclass(frozen=True)
class Transfer:
    """What the lines are about: the network as it is now, where its weights come from, which layers learn when."""

    network: Blueprint  # for the new classes
    classes: tuple[str, ...]  # the new ones
    head: str  # the last layer
    is_new: bool  # whether the last layer is a fresh one
    learning: tuple[str, ...]  # layers that learn from the first step on
    thawing: tuple[tuple[str, ...], ...] = ()  # layers that learn after the first thaw, after the second ...
    every: int = 0  # epochs between two thaws
    weights: str = ""  # the file they come from; "": none
    before: int = 0  # classes it told apart there
    published: bool = False  # whether they are those torchvision publishes

    @property
    def frozen(self) -> bool:
        """Whether anything does not learn from the first step on."""
        return set(self.learning) != set(_layers(self.model()))

    def model(self) -> nn.Module:
        """The network without its numbers."""
        with init_empty_weights():
            return build(self.network)


@dataclass(frozen=True)
class TransferSource:
    """The program in two: what it imports and the network's `build()`, and the transfer itself."""

    head: str
    lines: str

    @property
    def program(self) -> str:
        """All of it, which runs."""
        return f"{self.head}\n{self.lines}"


def source_of(
    config: TrainConfig,
    parts: Sequence[Part],
    channels: int,
    classes: tuple[str, ...],
    weights: str = "",
    before: int = 0,
) -> TransferSource:
    """The lines for `config` on pictures of so many channels and of `classes`.

    `weights` is the name of the file it starts from, and `before` how many classes were told apart there. Raises
    ConfigurationError for a network that cannot be.
    """
    options = {name: value for name, value in config.options().items() if name != "pretrained"}
    if config.model == OWN:
        network = parse_blueprint(config.blueprint).fitted(channels, len(classes))
    else:
        network = blueprint_of(config.model, channels, len(classes), **options)
    thaws = sorted({part.stage for part in parts if part.stage})
    transfer = Transfer(
        network=network,
        classes=classes,
        head=parts[-1].name,
        is_new=parts[-1].is_new,
        learning=tuple(part.name for part in parts if part.stage == 0),
        thawing=tuple(tuple(part.name for part in parts if part.stage == stage) for stage in thaws),
        every=config.thaw,
        weights=weights,
        before=before,
        published=config.start_from == IMAGENET,
    )
    return transfer_source(transfer, config)


def transfer_source(transfer: Transfer, config: TrainConfig) -> TransferSource:
    """The program. Raises ConfigurationError for a row of a blueprint that cannot be."""
    model = transfer.model()
    head, made = _from_torchvision(config) if transfer.published else _network(transfer)
    parts = [
        made,
        _freeze(transfer, model),
        _new_head(transfer, model),
        _unfreeze(transfer, model),
        _train_mode(transfer, model),
        _optimizer(transfer, config, model),
        _stages(transfer, config, model),
        _loop(transfer, config, model),
    ]
    return TransferSource(head, "\n".join(part for part in parts if part))


def place(model: nn.Module, name: str) -> str:
    """The layer of that name as one writes it: "model.classifier[6]" where torch counts it there."""
    text, module = "model", model
    for part in name.split("."):
        text += _step(module, part)
        module = module.get_submodule(part)
    return text


def _step(module: nn.Module, part: str) -> str:
    if part.isidentifier():
        return f".{part}"
    names = list(module._modules)
    is_counted = isinstance(module, nn.Sequential) and int(part) < len(names) and names[int(part)] == part
    return f"[{part}]" if is_counted else f'.get_submodule("{part}")'


def gathered(model: nn.Module, names: Collection[str]) -> list[str]:
    """`names` of layers with weights, by the largest modules that hold nothing else: ["classifier"] for its three."""
    wanted = set(names)

    def walk(module: nn.Module, path: str) -> list[str]:
        inside = _layers(module, path)
        if inside and set(inside) <= wanted and path:
            return [path]
        children = module.named_children()
        own = [path] if path in wanted else []
        return own + [each for name, child in children for each in walk(child, f"{path}.{name}" if path else name)]

    return walk(model, "")


def _layers(model: nn.Module, path: str = "") -> list[str]:
    """Names of the layers with weights of their own."""
    found = ((name, module) for name, module in model.named_modules() if module._parameters)
    return [".".join(filter(None, (path, name))) for name, _module in found]


def _network(transfer: Transfer) -> tuple[str, str]:
    """Imports and `build()`; then the lines that make the network and load its weights."""
    network = transfer.network
    source = build_source(network.fitted(network.input_size[0], transfer.before or network.num_classes))
    head, loaded = source.head, []
    if transfer.weights:
        head = head.replace("import torch\n", "import torch\nfrom safetensors.torch import load_file\n", 1)
        loaded = [f"model.load_state_dict(load_file({json.dumps(transfer.weights)}))"]
    return f"{head}\n\n\n{source.definition}\n", "\n".join(["model = build()", *loaded, ""])


def _from_torchvision(config: TrainConfig) -> tuple[str, str]:
    spec = model_spec(config.model)
    function = spec.weights.removesuffix("_Weights").lower()
    words = [f"weights=models.{spec.weights}.IMAGENET1K_V1"]
    own = {option.name: option.default for option in options_of(config.model)}
    dropout = config.options().get("dropout", own.get("dropout"))
    words += [f"dropout={dropout:g}"] if dropout != own.get("dropout") else []
    lines = [f"model = models.{function}({', '.join(words)})"]
    lines += _NO_AUXILIARY if config.model in _KEEPS_AUXILIARY else []
    return "import torch\nfrom torch import nn\nfrom torchvision import models\n", "\n".join([*lines, ""])


def _freeze(transfer: Transfer, model: nn.Module) -> str:
    if not transfer.frozen:
        return ""
    return "for parameter in model.parameters():\n    parameter.requires_grad = False\n"


def _new_head(transfer: Transfer, model: nn.Module) -> str:
    """The line that replaces the last layer."""
    if not transfer.is_new:
        return ""
    call = next(str(call) for name, call in calls(transfer.network) if name == transfer.head)
    parent, _, leaf = transfer.head.rpartition(".")
    owner = place(model, parent) if parent else "model"
    step = _step(model.get_submodule(parent), leaf)
    target = f"setattr({owner}, {leaf!r}, {call})" if "(" in step else f"{owner}{step} = {call}"
    more = ", ..." if len(transfer.classes) > _NAMED else ""
    return f"{target}  # new: {', '.join(map(line, transfer.classes[:_NAMED]))}{more}\n"


def _unfreeze(transfer: Transfer, model: nn.Module) -> str:
    """The old layers that learn at once; the new one does anyhow, unless there is none."""
    old = [name for name in transfer.learning if not (transfer.is_new and name == transfer.head)]
    if not transfer.frozen or not old:
        return ""
    places = [place(model, name) for name in gathered(model, old)]
    if len(places) == 1:
        return f"{places[0]}.requires_grad_(True)\n"
    return f"for layer in {_tuple(places)}:\n    layer.requires_grad_(True)\n"


def _tuple(places: Sequence[str], indent: str = "") -> str:
    text = f"({', '.join(places)})"
    if len(text) <= _WIDTH - 20:
        return text
    lines = textwrap.wrap(", ".join(places) + ",", _WIDTH - 8, break_long_words=False)
    return "(\n" + "".join(f"{indent}    {each}\n" for each in lines) + f"{indent})"


def _has_modes(transfer: Transfer, model: nn.Module) -> bool:
    """Whether anything frozen would work otherwise in training mode."""
    return transfer.frozen and any(isinstance(layer, _OTHERWISE_IN_TRAINING) for layer in model.modules())


def _train_mode(transfer: Transfer, model: nn.Module) -> str:
    return _TRAIN_MODE if _has_modes(transfer, model) else ""


def _optimizer(transfer: Transfer, config: TrainConfig, model: nn.Module) -> str:
    first = "learning = [parameter for parameter in model.parameters() if parameter.requires_grad]\n"
    return (first if transfer.frozen else "learning = model.parameters()\n") + f"optimizer = {_optimizer_call(config)}"


def _optimizer_call(config: TrainConfig) -> str:
    words = [f"lr={config.learning_rate:g}"]
    decay = [f"weight_decay={config.weight_decay:g}"] if config.weight_decay or config.optimizer == "adamw" else []
    momentum = config.momentum or 0.0
    if config.optimizer in ("adam", "adamw"):
        kind = "Adam" if config.optimizer == "adam" else "AdamW"
        words += [f"betas=({momentum:g}, 0.999)"] if momentum != 0.9 else []
    else:
        kind = "RMSprop" if config.optimizer == "rmsprop" else "SGD"
        words += [f"momentum={momentum:g}"] if momentum else []
        words += ["nesterov=True"] if config.optimizer == "nesterov" and momentum else []
    return f"torch.optim.{kind}(learning, {', '.join(words + decay)})"


def _stages(transfer: Transfer, config: TrainConfig, model: nn.Module) -> str:
    if not transfer.thawing:
        return ""
    lines = ["stages = [  # from the back: what learns as well after each thaw"]
    for names in transfer.thawing:
        places = [place(model, name) for name in gathered(model, names)]
        text = f"[{', '.join(places)}],"
        lines += textwrap.wrap(text, _WIDTH, subsequent_indent="     ", initial_indent="    ", break_long_words=False)
    return "\n".join([*lines, "]"])


def _loop(transfer: Transfer, config: TrainConfig, model: nn.Module) -> str:
    loss = _LOSSES[config.loss].format(logits="model(pictures)")
    if config.label_smoothing:
        loss = loss.replace(", labels)", f", labels, label_smoothing={config.label_smoothing:g})")
    loss = loss.replace("one_hot(labels)", f"nn.functional.one_hot(labels, {len(transfer.classes)})")
    due = "epoch > 1" if transfer.every == 1 else f"epoch > 1 and epoch % {transfer.every} == 1"
    assert config.learning_rate is not None
    thawed = f"{config.learning_rate * THAWED:g}"
    thaw = [
        f"    if {due} and stages:",
        "        for layer in stages.pop(0):",
        "            layer.requires_grad_(True)",
        f'            optimizer.add_param_group({{"params": layer.parameters(), "lr": {thawed}}})',
    ]
    lines = [
        "",
        f"for epoch in range(1, {config.epochs + 1}):",
        *(thaw if transfer.thawing else []),
        "    train_mode()" if _has_modes(transfer, model) else "    model.train()",
        "    for pictures, labels in loader:  # of the new data, normalised as the network knows them",
        f"        loss = {loss}",
        "        optimizer.zero_grad()",
        "        loss.backward()",
        "        optimizer.step()",
        "",
    ]
    return "\n".join(lines)
