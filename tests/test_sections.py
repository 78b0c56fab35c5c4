"""The snapshot of sections and questions that a lab searches."""

from __future__ import annotations

import json
from pathlib import Path

from handbook.project import Project, find_project
from handbook.sections import SNAPSHOT, snapshot

PAGE = """---
title: Serve
description: A page.
---

# Serve

Batch **or** [online](../x.md), 36<!--= serve.flip:.0f --> %.[^one]

## Cost {#money}

| A | B |
|---|--:|
| 1 | 2 |

![A picture.](figure:serve/queues)

```python
# no heading
```

## Quiz

```quiz
id: serve-one
question: Who *waits*?
options:
  - id: a
    text: Nobody
    correct: true
    why: Because.
  - id: b
    text: Somebody
    why: No.
```

## References

[^one]: A. Author, Title, 2024.
"""


def test_sections_are_words_and_questions_name_their_page(tmp_path: Path) -> None:
    for name in ("framework/6-serve", "contributing"):
        page = tmp_path / "docs" / name / "index.md"
        page.parent.mkdir(parents=True)
        page.write_text(PAGE, encoding="utf-8")
    (tmp_path / "mkdocs.yml").touch()
    assert list(snapshot(Project(tmp_path))) == [
        {
            "page": "framework/6-serve",
            "title": "Serve",
            "heading": "Serve",
            "text": "Batch or online, 36 %.",
        },
        {"page": "framework/6-serve", "title": "Serve", "heading": "Cost", "text": "A B 1 2"},
        {"page": "framework/6-serve", "question": "Who waits?"},
    ]


def test_every_question_of_the_snapshot_has_its_page_among_the_sections() -> None:
    lines = (find_project(Path(__file__).parent).root / SNAPSHOT).read_text(encoding="utf-8")
    rows = [json.loads(line) for line in lines.splitlines()]
    pages = {row["page"] for row in rows if "text" in row}
    asked = [row["page"] for row in rows if "question" in row]
    assert len(asked) >= 100
    assert set(asked) <= pages
