"""Every network of the registry can be built, varied and run; its figures are the published ones."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnviz.base.errors import ConfigurationError
from cnnviz.models.families.builder import ACTIVATIONS
from cnnviz.models.registry import MODELS, model_spec
from cnnviz.models.summary import summarize
from cnnviz.models.zoo import MODEL_NAMES, TRAINABLE_NAMES, ZOO

BLOCK_NAMES = ("inception-a", "basic-block")
LENETS = ("lenet5", "lenet5-valid", "lenet5-classic")
PUBLISHED = {
    "lenet5": 61_706,
    "lenet5-valid": 44_426,
    "lenet5-classic": 61_706,
    "keras-cnn": 34_826,
    "cifar-cnn": 62_006,
    "vgg11": 132_863_336,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "alexnet": 61_100_840,
    "googlenet": 6_624_904,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet152": 60_192_808,
}
SMALLEST = {"vgg11": 32, "vgg16": 32, "vgg19": 32, "alexnet": 64, "zfnet": 224, "inception-v3": 75}  # sides that pass
VARIED = [(name, option) for name, spec in MODELS.items() for option in spec.options if option.name != "pretrained"]


def weights(model: nn.Module) -> int:
    return sum(weight.numel() for weight in model.parameters())


def meta(*shape: int) -> torch.Tensor:
    return torch.empty(shape, device="meta")


@pytest.mark.parametrize("name", PUBLISHED)
def test_number_of_weights(name: str) -> None:
    """The weights each network has as published or taught."""
    assert weights(MODELS[name].outline()) == PUBLISHED[name]


def test_keras_rows() -> None:
    """The rows of the lesson's `model.summary()`: 320, 18,496 and 16,010 weights."""
    model = MODELS["keras-cnn"].build()
    assert [weights(layer) for _, layer in model.named_children() if weights(layer)] == [320, 18_496, 16_010]


def test_googlenet_is_a_small_part_of_alexnet() -> None:
    """Between a ninth and a twelfth of the weights: 61,100,840 / 6,624,904 = 9.2."""
    assert 9 < weights(MODELS["alexnet"].outline()) / weights(MODELS["googlenet"].outline()) < 12


def test_zfnet_is_alexnet_seen_through() -> None:
    """conv1 7 x 7 stride 2, conv3 to conv5 512, 1024, 512 maps; sides 110, 55, 26, 13, 13, 13, 13, 6."""
    model, x, sides = MODELS["zfnet"].outline(), meta(1, 3, 224, 224), []
    for layer in list(model.children())[:13]:
        x = layer(x)
        if isinstance(layer, (nn.Conv2d, nn.MaxPool2d)):
            sides.append(x.shape[-1])
    assert sides == [110, 55, 26, 13, 13, 13, 13, 6]
    convolutions = [layer for layer in model.children() if isinstance(layer, nn.Conv2d)]
    assert (convolutions[0].kernel_size, convolutions[0].stride) == ((7, 7), (2, 2))
    assert [layer.out_channels for layer in convolutions[2:]] == [512, 1024, 512]


def test_facts_without_torch_are_the_models() -> None:
    """What a page lists before torch is there is what the registry has and what is built."""
    assert tuple(MODELS) == MODEL_NAMES
    for name, spec in MODELS.items():
        assert (spec.title, spec.year, spec.input_size) == (ZOO[name].title, ZOO[name].year, ZOO[name].input_size)
        assert weights(spec.outline()) == ZOO[name].params


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_every_model_answers(name: str) -> None:
    """Built with its weights and run once on a small picture: all values finite, one logit for each class."""
    spec = MODELS[name]
    side = SMALLEST.get(name, min(spec.input_size[1], 64))
    model = spec.build().eval()
    with torch.inference_mode():
        answer = model(torch.rand(1, spec.input_size[0], side, side))
    assert bool(answer.isfinite().all())
    assert answer.dim() == 4 if name in BLOCK_NAMES else answer.shape == (1, spec.num_classes)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("channels", "classes"), [(1, 10), (3, 7)])
def test_any_channels_and_classes(name: str, channels: int, classes: int) -> None:
    """1 or 3 channels, any number of classes; a block alone is given a last layer where classes are asked for."""
    spec = MODELS[name]
    answer = spec.outline(channels, classes).eval()(meta(2, channels, *spec.input_size[1:]))
    assert answer.shape == (2, classes)


@pytest.mark.parametrize(("name", "shape"), [("inception-a", (1, 256, 35, 35)), ("basic-block", (1, 128, 28, 28))])
def test_blocks_alone_give_maps(name: str, shape: tuple[int, ...]) -> None:
    """Inception-A: 64 + 64 + 96 + 32 maps; the BasicBlock: 128 maps of half the side."""
    spec = MODELS[name]
    assert spec.num_classes is None
    assert spec.outline()(meta(1, *spec.input_size)).shape == shape


@pytest.mark.slow
@pytest.mark.parametrize(("name", "option"), VARIED, ids=[f"{name}-{option.name}" for name, option in VARIED])
def test_every_option_does_something(name: str, option: object) -> None:
    """Each option of each network changes the layers it is about, and the network still answers."""
    spec = MODELS[name]
    for value in option.choices or ((not option.default,) if option.kind == "switch" else (0.0, 0.3)):
        model = spec.outline(**{option.name: value})
        kinds = [type(layer) for layer in model.modules()]
        if option.name == "activation":
            assert {kind for kind in kinds if kind in ACTIVATIONS.values()} == {ACTIVATIONS[value]}
        elif option.name == "pooling":
            assert (nn.MaxPool2d in kinds, nn.AvgPool2d in kinds) == (value == "max", value == "average")
        elif option.name == "batch_norm":
            assert (nn.BatchNorm2d in kinds) is value
        elif option.name == "blocks":
            assert sum(kind.__name__ == "BasicBlock" for kind in kinds) == 3 * int(value)
        else:
            rates = {layer.p for layer in model.modules() if isinstance(layer, nn.Dropout)}
            assert rates == {value} or (value == 0.0 and not rates) or (name == "keras-cnn" and not value)
    assert summarize(model, spec.input_size)


@pytest.mark.parametrize("name", LENETS)
def test_layers_are_named(name: str) -> None:
    """Layers are found by name: conv1 ... fc3, numbered by kind from the input on."""
    names = [layer for layer, _ in MODELS[name].build().named_children()]
    activation = "sigmoid" if name == "lenet5-classic" else "relu"
    features = ["conv1", f"{activation}1", "pool1", "conv2", f"{activation}2", "pool2", "flatten"]
    assert names == [*features, "fc1", f"{activation}3", "fc2", f"{activation}4", "fc3"]


def test_classic_is_sigmoid_and_average() -> None:
    """How the network of the 1990s differs from today's: activation and pooling, nothing else."""
    kinds = {type(layer) for layer in MODELS["lenet5-classic"].build().children()}
    assert {nn.Sigmoid, nn.AvgPool2d} <= kinds
    assert not {nn.ReLU, nn.MaxPool2d} & kinds


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_nothing_works_in_place(name: str) -> None:
    """What a layer gave is still there at the end: no later operation wrote into it, `out += identity` included."""
    spec = MODELS[name]
    model = spec.outline().eval() if name not in TRAINABLE_NAMES + BLOCK_NAMES else spec.build().eval()
    assert not [layer for layer in model.modules() if getattr(layer, "inplace", False)]
    if name in TRAINABLE_NAMES + BLOCK_NAMES or name in ("resnet18", "resnet50", "googlenet"):
        model = spec.build().eval() if next(model.parameters()).is_meta else model
        given: list[tuple[torch.Tensor, torch.Tensor]] = []
        for layer in model.modules():
            if not list(layer.children()):
                layer.register_forward_hook(lambda layer, x, y: given.append((y, y.clone())))
        with torch.no_grad():
            model(torch.rand(1, spec.input_size[0], *(min(side, 64) for side in spec.input_size[1:])))
        assert given
        assert all(torch.equal(now, then) for now, then in given)


def test_state_dicts_are_torchvisions() -> None:
    """The names and shapes of torchvision's own networks, so that its published weights fit."""
    from torchvision import models

    theirs = {
        "alexnet": models.alexnet,
        "vgg16": models.vgg16,
        "googlenet": lambda: models.googlenet(aux_logits=False, init_weights=False),
        "inception-v3": lambda: models.inception_v3(aux_logits=False, init_weights=False),
        "resnet18": models.resnet18,
        "resnet152": models.resnet152,
    }
    for name, make in theirs.items():
        with torch.device("meta"):
            wanted = {key: tensor.shape for key, tensor in make().state_dict().items()}
        assert {key: tensor.shape for key, tensor in MODELS[name].outline().state_dict().items()} == wanted


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet50", "googlenet", "inception-v3"])
def test_answers_are_torchvisions(name: str) -> None:
    """Additions and activations of our own change no answer."""
    from torchvision import models

    own = MODELS[name].build().eval()
    extra = {} if name.startswith("resnet") else {"aux_logits": False, "init_weights": False}
    with torch.device("meta"):
        theirs = getattr(models, name.replace("-", "_"))(**extra).eval()
    theirs.load_state_dict(own.state_dict(), assign=True)
    x = torch.rand(1, 3, 80, 80)
    with torch.inference_mode():
        torch.testing.assert_close(own(x), theirs(x))


def test_outline_is_the_network_without_numbers() -> None:
    """Same names, shapes and layers as the network itself, on the meta device."""
    for name in (*TRAINABLE_NAMES, "resnet18"):
        real, outline = MODELS[name].build(), MODELS[name].outline()
        assert str(outline) == str(real)
        assert {key: value.shape for key, value in outline.state_dict().items()} == {
            key: value.shape for key, value in real.state_dict().items()
        }
        assert all(value.is_meta for value in outline.state_dict().values())


def test_trainable_names() -> None:
    """What a class trains is in the registry, trains on pictures of 28 or 32 pixels and has few weights."""
    for name in TRAINABLE_NAMES:
        assert MODELS[name].input_size[1] in (28, 32)
        MODELS[name].outline().train()(torch.empty((2, *MODELS[name].input_size), device="meta"))
        assert ZOO[name].params < 400_000


def test_unknown_names_are_answered_with_the_names() -> None:
    """Asking for a network that is not there lists those that are; an option likewise."""
    with pytest.raises(ConfigurationError, match=r"lenet5, lenet5-valid, lenet5-classic.*Got lenet6"):
        model_spec("lenet6")
    with pytest.raises(ConfigurationError, match="lenet5 has no option depth"):
        MODELS["lenet5"].build(depth=3)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"activation": "softmax"}, "activation must be one of relu, sigmoid, tanh, leaky_relu. Got softmax"),
        ({"activation": ["relu"]}, "activation must be one of"),
        ({"dropout": 0.95}, "dropout must be a number from 0.0 to 0.9. Got 0.95"),
        ({"dropout": float("nan")}, "dropout must be a number"),
        ({"dropout": True}, "dropout must be a number"),
        ({"batch_norm": 1}, "batch_norm must be one of true, false. Got 1"),
        ({"batch_norm": "yes"}, "batch_norm must be one of"),
        ({"in_channels": 0}, "in_channels must be a whole number from 1 to 100000. Got 0; try 1"),
        ({"num_classes": 2.5}, "num_classes must be a whole number"),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, object], says: str) -> None:
    """The option, its rule, the value got."""
    with pytest.raises(ConfigurationError, match=says):
        MODELS["vgg11"].outline(**options)
