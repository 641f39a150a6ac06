"""Tests of `cnnviz/ui/training`."""
