"""Tests of cnnviz/ui/convolution."""
