"""The page Networks: a network dissected, two side by side, one's own. `choice` and `frame` never import torch."""
