"""Deployable services live here, one folder each; nothing else may."""
