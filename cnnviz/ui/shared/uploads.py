"""Uploads: how much a visitor may send at once. The server has it in memory until it is taken over.

Streamlit's own limit, `maxUploadSize` in .streamlit/config.toml, holds for all boxes: it is that of an archive, and
each other box has its own, smaller one.
"""

PICTURE = 16  # MB: a photo of 48 megapixels has 10 to 15
ARCHIVE = 128  # MB: CIFAR-10 as JPEG has 63; more is brought as a folder on the server, or by the command
