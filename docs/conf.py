"""Sphinx configuration: ``sphinx-build -W docs docs/_build/html``."""

from __future__ import annotations

from instagrapi import __version__

project = "instagrapi-realtime"
copyright = "2026, the instagrapi-realtime authors"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "instagrapi-realtime"
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_typehints = "description"
autodoc_member_order = "bysource"
nitpicky = False
