"""Addresses: every file has one address of its own, on every machine."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from handbook import chapters
from handbook.estimate import did_you_mean
from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources, value_of

_PAGE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.md")
_FOLDER_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FILE_NAME = re.compile(r"[A-Za-z0-9_][\w.-]*", re.ASCII)


class Files(Rule):
    """Files are what they seem, under names that every machine and address can carry."""

    codes = (
        Code(
            "file-case",
            "Two files differ in capitals only. On a Mac or on Windows one of them overwrites the "
            "other.",
            "docs/assets/Map.png\ndocs/assets/map.png",
            "Rename one of them.",
            "text",
        ),
        Code(
            "file-link",
            "A symbolic link. It may lead out of the checkout and publish what is there, and not "
            "every machine has them.",
            "docs/blocks/ranking.md -> ../../../notes.md",
            "Put the file itself there; `--8<--` includes a text twice.",
            "text",
        ),
        Code(
            "file-name",
            "A name that does badly in an address: pages and their folders are kebab-case, other "
            "files have letters, digits, dots, hyphens and underscores.",
            "docs/blocks/Ranking & more.md",
            "Rename it: `ranking-and-more.md`.",
            "text",
        ),
        Code(
            "url-collision",
            "Two pages get the same address, and one of them is lost.",
            "docs/blocks/ranking.md\ndocs/blocks/ranking/index.md",
            "Rename or merge one of them.",
            "text",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields files that are links, clash, or have unfit names."""
        lowered: dict[str, Path] = {}
        for path in sources.files:
            first = lowered.setdefault(str(path).lower(), path)
            if first != path:
                said = f"differs from {first.name!r} in capitals only"
                yield Problem(path, 0, 0, "file-case", said, "rename one of the two")
            if path.is_symlink():
                said = "is a symbolic link"
                yield Problem(path, 0, 0, "file-link", said, "put the file itself there")
            if path.is_relative_to(sources.project.docs):
                yield from _name(path, path.relative_to(sources.project.docs))
        yield from _collisions(sources)


def _name(path: Path, relative: Path) -> Iterator[Problem]:
    page = path.suffix == ".md" and relative.parts[0] not in ("includes", "assets")
    shape = _PAGE_NAME if page else _FILE_NAME
    unfit = [part for part in relative.parts[:-1] if page and not _FOLDER_NAME.fullmatch(part)]
    if not shape.fullmatch(path.name):
        unfit.append(path.name)
    if unfit:
        words = re.sub(r"[^a-z0-9.]+", "-", unfit[0].lower()).strip("-")
        said = f"{unfit[0]!r} does badly in an address"
        yield Problem(path, 0, 0, "file-name", said, f"rename it, such as {words}")


def _collisions(sources: Sources) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for path in chapters.pages(sources.project):
        relative = path.relative_to(sources.project.docs)
        own = relative.stem.lower() in ("index", "readme")
        address = (relative.parent if own else relative.with_suffix("")).as_posix()
        if address in first:
            other = first[address].relative_to(sources.project.docs).as_posix()
            said = f"gets the same address as {other}: {address}/"
            yield Problem(path, 0, 0, "url-collision", said, "rename or merge one of them")
        first.setdefault(address, path)


class Redirects(Rule):
    """Old addresses lead to pages, and stand in no page's way."""

    codes = (
        Code(
            "redirect-source",
            "A redirect starts at an address that a page has, or that is no address of ours.",
            "extra:\n  redirects:\n    framework/: framework/steps/",
            "Name an address that has gone: `old/page/: new/page/`.",
            "yaml",
        ),
        Code(
            "redirect-target",
            "A redirect leads to a page that does not exist.",
            "extra:\n  redirects:\n    old/page/: framwork/",
            "Take the page that is suggested. It leads to a page, never to another redirect.",
            "yaml",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields redirects without a page at their end, or with one at their start."""
        root = sources.config
        redirects = value_of(value_of(root, "extra"), "redirects")
        if not isinstance(redirects, yaml.MappingNode):
            return
        addresses = {_address(name) for name in sources.by_page}
        for key, value in redirects.value:
            old, new = str(key.value), str(value.value)
            place = (sources.project.config, key.start_mark.line + 1)
            column, behind = key.start_mark.column + 1, value.start_mark.column + 1
            if _address(old) in addresses:
                said = f"a page has the address {old!r}"
                fix = "delete the line, or the page"
                yield Problem(*place, column, "redirect-source", said, fix)
            elif re.match(r"/|\w+:|(?:.*/)?\.\.(?:/|$)", old):
                said = f"{old!r} is no address from the root of the site"
                yield Problem(*place, column, "redirect-source", said, "write it as old/page/")
            target = new.partition("#")[0]
            if target.endswith(".md") or _address(target) not in addresses:
                hint = did_you_mean(_address(target), addresses)
                said = f"there is no page at {new!r}{hint}"
                fix = "write the address of a page: part/page/"
                yield Problem(*place, behind, "redirect-target", said, fix)


def _address(name: str) -> str:
    """The address of a page, or of an old address however it is written."""
    name = posixpath.normpath(name.removesuffix(".md").removesuffix(".html")).strip("/")
    return name.removesuffix("index").strip("/")
