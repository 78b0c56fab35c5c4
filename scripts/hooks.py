"""Adapter for MkDocs: adds to each build what no page needs but a site does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from mkdocs.config.defaults import MkDocsConfig

from handbook.build import finish
from handbook.project import find_project

# MkDocs loads this file anew for each build of a preview, and says only once that it is one.
PREVIEW = "HANDBOOK_PREVIEW"


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:  # noqa: ARG001 (MkDocs' names)
    """Remembers that this is a preview."""
    if command == "serve":
        os.environ[PREVIEW] = "1"


def on_post_build(config: MkDocsConfig) -> None:
    """Adds to the site what pages lead to; in a preview not what only readers need."""
    redirects = config.extra.get("redirects", {})
    project, preview = find_project(Path(config.docs_dir)), PREVIEW in os.environ
    finish(project, Path(config.site_dir), redirects, preview=preview)
