"""The questions of each chapter as a script, for the page that asks those of all chapters.

They are taken from the built pages, as a reader sees them there; links are turned to lead from the
site's root. A script and no JSON, since a page that is opened from a folder may fetch nothing else.
The page of review loads only those of chapters that have something due; a preview does without.
"""

from __future__ import annotations

import json
import posixpath
import re
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlsplit

from handbook.copies import page_url
from handbook.markdown.practice import SCRIPT, practised
from handbook.project import Project
from handbook.report import Problem

_QUIZ = re.compile(r'<section\b[^>]*\bdata-quiz="([^"]+)"[^>]*>.*?</section>', re.DOTALL)
_HREF = re.compile(r'\bhref="([^"]*)"')


def write_questions(project: Project, folder: Path) -> list[Problem]:
    """Writes a script for each page that asks questions.

    Args:
        project: The checkout.
        folder: The built site.

    Returns:
        Nothing: what is wrong with a quiz is found in its source.
    """
    for each in practised(project):
        url = page_url(each.chapter.page)
        page = folder / url / "index.html"
        if each.quizzes and page.is_file():
            found = questions(page.read_text(encoding="utf-8"), url)
            target = folder / SCRIPT.format(slug=each.chapter.slug)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(script(found), encoding="utf-8")
    return []


def questions(page: str, url: str) -> dict[str, str]:
    """Returns the questions of a page as HTML whose links lead from the site's root, by their ids.

    Args:
        page: The page's HTML.
        url: Its folder in the site (`case-studies/news-feed/`).
    """

    def from_root(match: re.Match[str]) -> str:
        address = unescape(match[1])
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or address.startswith("/"):
            return match[0]
        path = posixpath.normpath(posixpath.join(url, parts.path)) if parts.path else url
        slash = "/" if parts.path.endswith("/") and path != "." else ""
        return f'href="{escape(parts._replace(path=path + slash).geturl())}"'

    return {match[1]: _HREF.sub(from_root, match[0]) for match in _QUIZ.finditer(page)}


def script(found: dict[str, str]) -> str:
    """Returns a classic script that adds questions to those that a page has.

    Args:
        found: HTML by id.
    """
    data = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return f"Object.assign((window.hbQuestions ??= {{}}), {data});\n"
