"""Adapter for MkDocs: adds to each build what no page needs but a site does."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from mkdocs.config.defaults import MkDocsConfig

from handbook.build import finish
from handbook.markdown.context import LOG, OncePerChange
from handbook.project import find_project


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:  # noqa: ARG001 (MkDocs' names)
    """Says a finding once per change in a preview, which builds the same sources again."""
    if command == "serve":
        LOG.addFilter(OncePerChange(find_project(Path(__file__).parent)))


def on_post_build(config: MkDocsConfig) -> None:
    """Writes downloads and redirects into the site, in a preview as in a build."""
    redirects = config.extra.get("redirects", {})
    finish(find_project(Path(config.docs_dir)), Path(config.site_dir), redirects)
