"""The order of pages: the navigation as `mkdocs.yml` tells it, read without a generator."""

from __future__ import annotations

import yaml

from handbook.chapters import compose
from handbook.project import Project


def read_config(project: Project) -> yaml.Node | None:
    """Returns the configuration as a tree: its values may be tags that only a generator knows.

    Args:
        project: The checkout.
    """
    return compose(project.config.read_text(encoding="utf-8"))


def field(node: yaml.Node | None, name: str) -> yaml.Node | None:
    """Returns what stands behind a name, None where nothing does.

    Args:
        node: A mapping.
        name: The name.
    """
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == name), None)


def parts_of(nav: yaml.Node | None, part: str = "") -> dict[str, str]:
    """Returns the pages of a navigation in order, each with the name of its part.

    Args:
        nav: What stands behind `nav`, or a part of it.
        part: The part that it stands in.
    """
    if isinstance(nav, yaml.ScalarNode):
        return {str(nav.value): part}
    found: dict[str, str] = {}
    if isinstance(nav, yaml.SequenceNode):
        for item in nav.value:
            found |= parts_of(item, part)
    elif isinstance(nav, yaml.MappingNode):
        for key, value in nav.value:
            # A section inside a part belongs to the part; a page's own name is none.
            inside = part if part or isinstance(value, yaml.ScalarNode) else str(key.value)
            found |= parts_of(value, inside)
    return found
