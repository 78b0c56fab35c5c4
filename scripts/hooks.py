"""Adapter for MkDocs: adds to each build what no page needs but a site does."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

from handbook.build import finish
from handbook.project import find_project


def on_post_build(config: MkDocsConfig) -> None:
    """Writes downloads and redirects into the site, in a preview as in a build."""
    redirects = config.extra.get("redirects", {})
    finish(find_project(Path(config.docs_dir)), Path(config.site_dir), redirects)
