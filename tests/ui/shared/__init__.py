"""Tests of `cnnviz/ui/shared`."""
