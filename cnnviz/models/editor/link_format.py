"""A blueprint as the short text that a link holds, and back. What comes from a link is bounded before it is unpacked.

The text is a version's digit, then base64url of a zlib stream (with its checksum: a cut link is noticed) of the
canonical one-line JSON. zlib starts with `_DICTIONARY`, phrases that most networks hold: LeNet-5 takes 67 characters
instead of 788, ResNet-152 292, and every network of the zoo fits.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import zlib

from cnnviz.base.errors import ConfigurationError
from cnnviz.base.locale import N_
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.json_format import MAX_CHARACTERS, parse
from cnnviz.models.editor.layers import Row, row_kind

MAX_LINK = 2000  # characters: what every browser, mail and chat program leaves whole
_VERSION = "1"
# Never change it: links that are out in the world need these very bytes. A better one is a new version.
_DICTIONARY = (
    b'inception_einception_dinception_c","channels_7x7":inception_b"},{"kind":"inception_a","pool_features":'
    b'{"kind":"inception","name":"inception3a","ch1x1":64,"ch3x3red":96,"ch3x3":128,"ch5x5red":16,"ch5x5":32,'
    b'"pool_proj":32,"pooling":"average","activation":"leaky_relu"},{"kind":"global_average_pool"},'
    b'{"kind":"adaptive_average_pool","name":"avgpool","output_size":7},{"kind":"bottleneck","name":"layer1.0",'
    b'"width":64},{"kind":"basic_block","name":"layer2.0","out_channels":128,"stride":2},{"kind":"average_pool"},'
    b'"dilation":2,"groups":2,"bias":false,"eps":0.001,"ceil_mode":true,{"kind":"activation","function":"sigmoid"},'
    b'{"kind":"activation","function":"tanh"},{"kind":"dropout","p":0.5},{"kind":"batch_norm","name":"bn1"},'
    b'{"name":"features.0","kind":"linear","name":"classifier.1","out_features":4096},'
    b'{"name":"mine","input_size":[3,224,224],"num_classes":1000,"rows":[{"kind":"conv","name":"conv1",'
    b'"out_channels":64,"kernel_size":7,"stride":2,"padding":3},{"kind":"activation","name":"relu"},'
    b'{"name":"lenet5","input_size":[1,28,28],"num_classes":10,"rows":[{"kind":"conv","name":"conv1",'
    b'"out_channels":6,"kernel_size":5,"padding":2},{"kind":"activation","name":"relu1"},'
    b'{"kind":"max_pool","name":"pool1","kernel_size":2},{"kind":"conv","name":"conv2","out_channels":16,'
    b'"kernel_size":3,"padding":1},{"kind":"activation"},{"kind":"max_pool"},{"kind":"flatten","name":"flatten"},'
    b'{"kind":"linear","name":"fc1","out_features":120},{"kind":"linear"}]}'
)
_BROKEN = N_("The network in this link cannot be read: the link is cut or changed. Ask for it again, or for a file.")


def to_link(blueprint: Blueprint) -> str | None:
    """The same text for the same network; None if it is longer than `MAX_LINK`."""
    packer = zlib.compressobj(9, zdict=_DICTIONARY)
    raw = packer.compress(_canonical(blueprint).to_line().encode()) + packer.flush()
    text = _VERSION + base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return text if len(text) <= MAX_LINK else None


def from_link(text: str) -> Blueprint:
    """The inverse of `to_link`. Raises ConfigurationError for anything else, whatever it would unpack to."""
    if len(text) > MAX_LINK or not text.startswith(_VERSION):
        raise ConfigurationError(_BROKEN)
    try:
        packed = text[1:].encode("ascii")
        raw = base64.b64decode(packed + b"=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(zdict=_DICTIONARY)
        line = unpacker.decompress(raw, MAX_CHARACTERS)  # 2,000 characters could unpack to 1.5 million
        if not unpacker.eof or unpacker.unused_data:
            raise ConfigurationError(_BROKEN)
        return parse(line.decode())
    except (binascii.Error, zlib.error, UnicodeError, ConfigurationError) as error:
        raise ConfigurationError(_BROKEN) from error


def _canonical(blueprint: Blueprint) -> Blueprint:
    """Options in the order of their kind's fields, whatever order they were written in."""
    return dataclasses.replace(blueprint, rows=tuple(_ordered(row) for row in blueprint.rows))


def _ordered(row: Row) -> Row:
    options = row.options
    known = [field.name for field in row_kind(row.kind).fields if field.name in options]
    return Row.of(row.kind, row.name, **{name: options[name] for name in known})
