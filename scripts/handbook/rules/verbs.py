"""Commands: what a verb says when it cannot begin, or when one of its words is wrong."""

from __future__ import annotations

from handbook.rules import Code, Explained


def _typed(name: str, means: str, example: str, mend: str) -> Code:
    return Code(name, means, f"$ {example}", mend, "console")


class Verbs(Explained):
    """What commands say; no rule holds these."""

    codes = (
        _typed(
            "bench-failed",
            "A program that the bench runs has failed, so its row is missing.",
            "handbook bench",
            "Run what the message names by itself; its last line is told.",
        ),
        _typed(
            "bench-section",
            "The bench has no section of this name.",
            "handbook bench --only figurs",
            "Take names from the list that the message shows.",
        ),
        _typed(
            "budget-exceeded",
            "A page has outgrown what `tests/budget.toml` allows it: bytes of a kind, requests, or "
            "anything foreign.",
            "handbook bench --only pages",
            "Make it lighter. To allow more on purpose, run `handbook bench --write-budget` and "
            "say why in the pull request.",
        ),
        _typed(
            "estimate-unknown",
            "No chapter with an estimate has this name, or several have.",
            "python -c 'from handbook.estimate import chapter; chapter(\"news-fed\")'",
            "Take the name that is suggested, or the whole path under `docs/`.",
        ),
        _typed(
            "kit-syntax",
            "A file of the kit does not parse, so nothing can run.",
            "handbook check",
            "Mend the line, or `git checkout` the file.",
        ),
        _typed(
            "new-exists",
            "`handbook new` never overwrites.",
            "handbook new case-studies/news-feed",
            "Choose another name, or edit the chapter that is there.",
        ),
        _typed(
            "new-name",
            "A new chapter is `part/chapter` in kebab-case, and its name is free.",
            "handbook new NewsFeed",
            "Name the part and the chapter: `handbook new case-studies/ride-matching`.",
        ),
        _typed(
            "new-nav",
            "The navigation is not a list that `handbook new` can add to.",
            "handbook new case-studies/ride-matching",
            "Write `nav:` in `mkdocs.yml` as a list, one page a line.",
        ),
        _typed(
            "no-browser",
            "No browser for the tests; the message says what to install.",
            "handbook doctor --browser",
            "Install what it names, or let the pull request run those tests.",
        ),
        _typed(
            "no-code",
            "No finding has this code.",
            "handbook check --explain link-brokn",
            "Take the name that is suggested.",
        ),
        _typed(
            "no-driver",
            "The browser is there, but does not start.",
            "handbook doctor --browser",
            "The message names the library that it lacks.",
        ),
        _typed(
            "no-graphviz",
            "The Graphviz wheel does not load; the message names the libraries.",
            "handbook doctor",
            "Install the libraries that it names.",
        ),
        _typed(
            "export-file",
            "What is exported cannot be written there.",
            "handbook export anki no/such/folder/deck.apkg",
            "Name a file in a folder that exists.",
        ),
        _typed(
            "no-genanki",
            "The library that writes decks for Anki is not installed.",
            "handbook export anki",
            "`make test` installs it; or install `genanki` beside the handbook.",
        ),
        _typed(
            "no-lighthouse",
            "Lighthouse is not installed for the bench, and its packages cannot be fetched.",
            "handbook bench --only lighthouse",
            "The message names what failed; the other sections need none of it.",
        ),
        _typed(
            "no-node",
            "Node, which some tools of the tests need, is not there.",
            "handbook bench --only lighthouse",
            "`make test` installs it as a wheel.",
        ),
        _typed(
            "no-project",
            "You are not inside a checkout: no `mkdocs.yml` here or above.",
            "cd / && handbook check",
            "Run the command inside a checkout of the handbook.",
        ),
        _typed("no-site", "Nothing is built yet.", "handbook check --site", "`make site` builds."),
        _typed(
            "no-tool",
            "A tool of the tests is not installed.",
            "handbook lint",
            "`make lint` sets it up.",
        ),
        _typed(
            "preview",
            "A preview cannot build this page; the page says so too.",
            "handbook serve",
            "Mend what the message names: the preview follows.",
        ),
        _typed(
            "publish-failed",
            "The disk does not take the new site, or the cache: it is full, or not yours to write. "
            "The site that was there is untouched.",
            "handbook build",
            "Make space, or take the folder that is named into your possession.",
        ),
        _typed(
            "publish-locked",
            "Another build of this checkout is at work. Its lock goes with it, even if it is "
            "killed.",
            "handbook build & handbook build",
            "Wait until it has ended.",
        ),
        _typed(
            "publish-target",
            "Where the site is to be, there is a file, a symbolic link, or a folder that no build "
            "has made. A build replaces that folder whole.",
            "ln -s ~/thesis site && handbook build",
            "Move it away.",
        ),
        _typed(
            "search-alias",
            "`includes/search-aliases.yml` names an address that no built page has.",
            "handbook build",
            "Give the address of a page, section, figure or term that is there.",
        ),
        _typed(
            "search-index",
            "Pagefind is missing or has failed, so the site would have no full-text search.",
            "handbook build",
            "Install the locked requirements with `make site`; what Pagefind said is told.",
        ),
        _typed(
            "search-page",
            "A built page has no article, or no title with an anchor in it: no search finds it.",
            "handbook build",
            "Give the page one heading of the first level; see that `overrides/` keeps "
            "`<article>`.",
        ),
        _typed(
            "search-queries",
            "`tests/search-queries.yml` is no list of queries with their addresses.",
            "handbook bench --only search",
            "Write a line for each: `two tower model: case-studies/news-feed/`.",
        ),
        _typed(
            "serve-address",
            "The preview cannot listen at this address: another program does, or it is not ours.",
            "handbook serve --port 80",
            "Stop the other preview, or take another port.",
        ),
        Code(
            "stylesheet",
            "A stylesheet does not parse, or it imports another, so it cannot be joined.",
            '@import "colours.css";',
            "Mend the line; name the other file under `extra_css` in `mkdocs.yml`.",
            "css",
        ),
    )
