from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import textwrap
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from handbook.drawing import RenderedFigure, catalogue, engine, render_all
from handbook.drawing.cache import FigureCache
from handbook.drawing.capture import FigureError, Graph, captured
from handbook.drawing.compose import compose, scenes
from handbook.drawing.geometry import Rect
from handbook.drawing.lints import scene_problems, usage_problems
from handbook.drawing.nodes import Client, Edge, Layer, Op, Plane, Service, Store
from handbook.drawing.routes import on_frames
from handbook.project import Project
from handbook.report import HandbookError, Problem

ROOT = Path(__file__).resolve().parents[1]
HEAD = "from handbook.drawing import *\n"
DOC = '    """One thing.\n\n    What it shows.\n    """\n'


def make(root: Path, body: str, name: str = "demo") -> Project:
    """A project with one figure file; `DOC` in `body` stands for a good docstring."""
    folder = root / "diagrams"
    folder.mkdir(exist_ok=True)
    (root / "docs").mkdir(exist_ok=True)
    text = HEAD + textwrap.dedent(body).replace("    DOC\n", DOC)
    (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return Project(root)


def told(project: Project) -> list[str]:
    """All that is wrong with a project's figures, as a reader sees it."""
    found: list[Problem] = []
    for source in catalogue(project, found):
        found.extend(compose(source).problems)
    return [problem.text(project.root) for problem in found]


def graph_of(draw: object) -> Graph:
    with captured(Path(__file__)) as capture:
        draw()  # type: ignore[operator]
    return capture.graph


GOOD = """
def one():
    DOC
    app = Client("App")
    with Plane("Serving", role="online"):
        api = Service("API", "p99 5 ms", href="../other/")
        store = Store("Store")
    app >> Edge("GET /", step=1) >> api >> Edge("fill", kind="async") >> store
"""


ERRORS = {
    "exception": (
        """
        def one():
            DOC
            a = Client("App")
            a.missing
        """,
        (
            "diagrams/demo.py:9: figure-error: AttributeError: 'Client' object has no attribute "
            "'missing'"
        ),
    ),
    "icon": (
        """
        def one():
            DOC
            Client("App", icon="mdi-cellphon")
        """,
        (
            "diagrams/demo.py:8: figure-icon: no icon is called 'mdi-cellphon' (fix: did you mean "
            "mdi-cellphone or mdi-cellphone-off or mdi-cellphone-nfc?)"
        ),
    ),
    "icon without its set": (
        """
        def one():
            DOC
            Client("App", icon="redis")
        """,
        "diagrams/demo.py:8: figure-icon: no icon is called 'redis' (fix: did you mean si-redis?)",
    ),
    "empty": (
        """
        def one():
            DOC
        """,
        (
            "diagrams/demo.py:3: figure-empty: demo/one draws nothing (fix: make a node, or start "
            "its name with _ where it is no figure)"
        ),
    ),
    "foreign node": (
        """
        kept = []

        def one():
            DOC
            kept.append(Client("App"))

        def two():
            DOC
            kept[0] >> Client("Other")
        """,
        (
            "diagrams/demo.py:17: figure-foreign-node: an edge reaches 'App', which is no node of "
            "this figure (fix: make every node inside the function that draws it)"
        ),
    ),
    "duplicate id": (
        """
        def one():
            DOC
            Client("App", nodeid="a")
            Client("Other", nodeid="a")
        """,
        "diagrams/demo.py:9: figure-duplicate-id: two nodes have the id 'a'",
    ),
    "javascript": (
        """
        def one():
            DOC
            Client("App", href="javascript:alert(1)")
        """,
        (
            "diagrams/demo.py:8: figure-link: a node cannot link to a 'javascript:' address (fix: "
            "link to a chapter by its path, or to an https address)"
        ),
    ),
    "javascript on a stock node": (
        """
        from diagrams import Node

        def one():
            DOC
            Node("App", href="javascript:alert(1)")
        """,
        (
            "diagrams/demo.py:10: figure-link: a node cannot link to a 'javascript:' address (fix: "
            "link to a chapter by its path, or to an https address)"
        ),
    ),
    "role": (
        """
        def one():
            DOC
            with Plane("Serving", role="onlin"):
                Client("App")
        """,
        "diagrams/demo.py:8: figure-role: no role is called 'onlin' (fix: did you mean online?)",
    ),
    "kind": (
        """
        def one():
            DOC
            Client("App") >> Edge(kind="asynch") >> Client("Other")
        """,
        (
            "diagrams/demo.py:8: figure-edge-kind: no kind of edge is called 'asynch' (fix: did "
            "you mean async?)"
        ),
    ),
    "no name": (
        """
        def one():
            DOC
            Client(" ")
        """,
        "diagrams/demo.py:8: figure-no-name: a node has no name",
    ),
    "result": (
        """
        def one():
            DOC
            return 3
        """,
        (
            "diagrams/demo.py:3: figure-result: demo/one returns int, which is no figure (fix: "
            "return a Funnel, Timeline, Chart or nothing)"
        ),
    ),
    "module": (
        """
        import nowhere_to_be_found

        def one():
            DOC
            Client("App")
        """,
        (
            "diagrams/demo.py:3: figure-error: ModuleNotFoundError: No module named "
            "'nowhere_to_be_found'"
        ),
    ),
    "syntax": (
        """
        def one(:
            pass
        """,
        "diagrams/demo.py:3:9: figure-syntax: invalid syntax",
    ),
    "no title": (
        """
        def one():
            Client("App")
        """,
        (
            "diagrams/demo.py:3: figure-no-title: demo/one has no docstring, whose first line is "
            'the figure\'s title (fix: start one with """Title.""")'
        ),
    ),
    "no description": (
        '''
        def one():
            """Only a title."""
            Client("App")
        ''',
        (
            "diagrams/demo.py:3: figure-no-description: demo/one has no description, which readers "
            "get who cannot see it (fix: add a paragraph to the docstring: what the figure shows)"
        ),
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_error_is_one_line_with_file_line_and_fix(name: str, tmp_path: Path) -> None:
    body, message = ERRORS[name]
    assert told(make(tmp_path, body)) == [message]


def test_broken_figure_draws_nothing_and_its_neighbour_draws(tmp_path: Path) -> None:
    project = make(tmp_path, GOOD + "\ndef two():\n    DOC\n    Client('App')\n    1 / 0\n")
    figures = render_all(project)
    assert figures["demo/one"].problems == []
    assert figures["demo/two"].wide_svg == figures["demo/two"].download_svg == ""
    assert [problem.line for problem in figures["demo/two"].problems] == [20]


def test_same_module_name_in_two_folders_is_told(tmp_path: Path) -> None:
    project = make(tmp_path, GOOD)
    (tmp_path / "diagrams" / "deeper").mkdir()
    (tmp_path / "diagrams" / "deeper" / "demo.py").write_text("", encoding="utf-8")
    with pytest.raises(HandbookError, match=r"diagrams/demo.py:1: figure-module-twice: .*deeper"):
        catalogue(project)


def test_unknown_id_is_told_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(HandbookError, match=r"'demo/on' \(fix: did you mean demo/one\?\)"):
        render_all(make(tmp_path, GOOD), ["demo/on"])


def test_private_and_imported_functions_are_no_figures(tmp_path: Path) -> None:
    project = make(tmp_path, "from os.path import join\n\ndef _part():\n    pass\n" + GOOD)
    assert [source.id for source in catalogue(project)] == ["demo/one"]


def test_stock_diagram_inside_a_figure_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = """
    from diagrams import Cluster, Diagram, Edge as E
    from diagrams.aws.compute import Lambda

    def one():
        DOC
        with Diagram("Stock", show=True):
            with Cluster("Training pipeline"):
                a = Lambda("First\\n3 functions")
            b = Client("App")
        b >> E(label="call", style="dashed") >> a
    """
    project = make(tmp_path, body)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    (figure,) = (compose(source) for source in catalogue(project))
    assert figure.problems == []
    assert sorted(tmp_path.iterdir()) == before
    assert "hb-role-offline" in figure.wide_svg
    assert "hb-async" in figure.wide_svg
    assert "data:image/png;base64," in figure.wide_svg
    assert "Lambda" not in figure.wide_svg
    assert "<li>First (3 functions)</li>" in figure.text_html


def test_stock_classes_are_themselves_again_after_a_figure_that_fails(tmp_path: Path) -> None:
    import diagrams

    stock = diagrams.Cluster.node, diagrams.Diagram.__exit__
    assert told(make(tmp_path, "def one():\n    DOC\n    with Plane('A'):\n        1 / 0\n"))
    assert (diagrams.Cluster.node, diagrams.Diagram.__exit__) == stock
    assert diagrams.getdiagram() is None
    assert diagrams.getcluster() is None


def test_edges_keep_kind_step_direction_and_line() -> None:
    def draw() -> None:
        a, b, c = Client("A"), Service("B"), Store("C")
        a >> Edge("ask", step=1) >> b
        b << Edge(kind="control") << c
        [a, b] >> Edge("both", kind="async") >> c

    graph = graph_of(draw)
    got = [(e.tail, e.head, e.label, e.step, e.kind, e.arrows) for e in graph.edges]
    assert got == [
        (0, 1, "ask", 1, "request", "end"),
        (2, 1, "", None, "control", "end"),
        (0, 2, "both", None, "async", "end"),
        (1, 2, "both", None, "async", "end"),
    ]
    assert graph.edges[1].line == graph.edges[0].line + 1


def test_nodes_take_the_role_of_their_plane_but_clients_and_monitors_keep_theirs() -> None:
    def draw() -> None:
        with Plane("Anything", role="nearline"):
            Service("A")
            Client("B")
            Store("C", role="model")
            with Plane("Inner"):
                Service("D")
        Store("E")

    graph = graph_of(draw)
    assert [node.role for node in graph.nodes] == [
        "nearline",
        "client",
        "model",
        "nearline",
        "data",
    ]
    assert [(plane.parent, plane.depth) for plane in graph.planes] == [(None, 0), (0, 1)]


def dense() -> None:
    app = Client("App")
    with Plane("Online serving", role="online"):
        hub = Service("Hub", "fan-out")
        leaves = [Service(f"Leaf {i}", "one of five") for i in range(5)]
        sink = Service("Sink", "fan-in")
    app >> Edge("ask", step=1) >> hub >> Edge() >> leaves
    leaves >> Edge() >> sink
    sink >> Edge("answer", step=2) >> app


def test_ends_that_share_a_side_are_spread_out() -> None:
    wide, narrow = scenes(graph_of(dense))
    for scene in (wide, narrow):
        ends = [point for route in scene.routes for point in (route[0], route[-1])]
        close = [
            (a, b) for a, b in combinations(ends, 2) if abs(a[0] - b[0]) + abs(a[1] - b[1]) < 9
        ]
        assert close == []


def test_lines_end_on_the_sides_of_their_boxes() -> None:
    for scene in scenes(graph_of(dense)):
        for edge, route in zip(scene.graph.edges, scene.routes, strict=True):
            for node, (x, y) in ((edge.tail, route[0]), (edge.head, route[-1])):
                rect = scene.cards[node].rect
                assert rect.grown(0.6).x0 <= x <= rect.grown(0.6).x1
                assert rect.grown(0.6).y0 <= y <= rect.grown(0.6).y1
                gaps = (x - rect.x0, rect.x1 - x, y - rect.y0, rect.y1 - y)
                assert min(abs(gap) for gap in gaps) < 0.6


def test_slanted_line_crosses_a_box_only_where_it_does() -> None:
    box = Rect(0, 0, 10, 10)
    assert box.crossed((-5, 4), (15, 8))
    assert box.crossed((-1, -1), (11, 11))
    assert not box.crossed((-5, 3), (3, -5.5))
    assert not box.crossed((0, 10), (10, 10))


def test_a_phone_full_of_boxes_is_told_to_split(tmp_path: Path) -> None:
    project = make(
        tmp_path,
        """
        def one():
            DOC
            leaves = [Service(f"Leaf number {i}", "some detail") for i in range(9)]
            Service("Hub") >> Edge() >> leaves >> Edge() >> Service("Sink")
        """,
    )
    lines = told(project)
    assert [line.split(": ")[1] for line in lines] == ["figure-too-wide", "figure-too-wide"]
    assert "(fix: split the figure; about twelve boxes, four to a row, fit)" in lines[0]


def test_a_long_row_that_leads_nowhere_is_folded_for_a_phone(tmp_path: Path) -> None:
    body = """
    def one():
        DOC
        Service("Hub") >> Edge() >> [Service(f"Leaf {i}", "some detail") for i in range(6)]
    """
    assert told(make(tmp_path, body)) == []


def two_planes() -> None:
    with Plane("Above", role="online"):
        top = Service("Top", "answers what is asked")
    with Plane("Below", role="data"):
        bottom = Store("Bottom", "keeps what is known")
        aside = Store("Aside", "what else is known")
    top >> Edge("what is asked", step=1) >> bottom
    top >> Edge("tags", step=2) >> aside


def test_labels_and_numbers_keep_off_the_frames_of_planes() -> None:
    for scene in scenes(graph_of(two_planes)):
        for label in scene.labels:
            assert label.rect is not None
            assert label.step is not None
            circle = Rect(*label.step, *label.step).grown(8)
            for plane in scene.planes:
                for box in (label.rect, circle):
                    inside = plane.x0 <= box.x0 and box.x1 <= plane.x1
                    inside = inside and plane.y0 <= box.y0 and box.y1 <= plane.y1
                    assert inside or not plane.overlaps(box)


def test_a_line_along_a_frame_is_found() -> None:
    scene = scenes(graph_of(two_planes))[0]
    assert list(on_frames(scene)) == []
    side = scene.planes[1].x1 + 1
    scene.routes[0] = [(side, scene.planes[1].y0 + 2), (side, scene.planes[1].y1)]
    assert list(on_frames(scene)) == [(0, 1)]


def test_heavy_icon_is_told(tmp_path: Path) -> None:
    body = """
    def one():
        DOC
        Service("Job", icon="si-apacheflink")
    """
    (line,) = told(make(tmp_path, body))
    assert re.fullmatch(
        r"diagrams/demo.py:8: figure-icon-heavy: the icon si-apacheflink of 'Job' has \d+ bytes, "
        r"more than 4096 \(fix: choose a simpler icon, such as one of mdi-\)",
        line,
    )


def test_loops_pairs_and_lines_without_arrows_draw(tmp_path: Path) -> None:
    body = """
    def one():
        DOC
        a, b, c = Service("A", "detail"), Service("B", "detail"), Service("C")
        c >> Edge("retry") >> c
        a >> Edge("ask", step=1) >> b
        b >> Edge("answer", step=2) >> a
        b - Edge("peers") - c
        c << Edge("back") << b
    """
    figure = drawn(make(tmp_path, body))
    assert figure.problems == []
    assert figure.wide_svg.count('class="hb-arrow"') == 4


def transformer() -> None:
    first = Layer("Layer norm")
    attention = Layer("Self-attention", "12 heads")
    add = Op("+")
    out = Layer("Feed-forward", "768 to 3072")
    first >> Edge() >> attention >> Edge() >> add >> Edge() >> out
    first >> Edge("residual") >> add


def test_layers_stay_in_line_and_the_residual_goes_around() -> None:
    graph = graph_of(transformer)
    graph.kind = "model"
    for scene in scenes(graph):
        middles = {round(card.rect.centre[0]) for card in scene.cards}
        assert len(middles) == 1
        assert [len({x for x, _ in route}) for route in scene.routes[:3]] == [1, 1, 1]
        attention = scene.cards[1].rect
        assert not any(attention.crossed(a, b) for a, b in pairwise(scene.routes[3]))


def test_without_pygraphviz_dot_does_it_and_without_both_it_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(engine, "_native", lambda: None)
    program = tmp_path / "dot"
    program.write_text('#!/bin/sh\ncat > /dev/null\necho \'{"bb": "0,0,1,1"}\'\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert engine.lay_out("digraph{}") == {"bb": "0,0,1,1"}
    program.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(FigureError, match="cannot lay"):
        engine.lay_out("digraph{}")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(FigureError, match="pygraphviz cannot be imported"):
        engine.lay_out("digraph{}")


def test_scene_with_planted_faults_is_told() -> None:
    graph = graph_of(dense)
    source = catalogue(Project(ROOT))[0]
    wide, _ = scenes(graph)
    assert scene_problems(wide, source) == []
    title = wide.titles[0].rect.centre
    hub, leaf = wide.cards[1].rect.centre, wide.cards[2].rect.centre
    wide.routes[0] = [(title[0], 0.0), (title[0], 900.0)]
    wide.routes[-1] = [(leaf[0] - 300, leaf[1]), (leaf[0] + 300, leaf[1])]
    wide.labels[0].cost = 500.0
    del hub
    codes = {problem.code for problem in scene_problems(wide, source)}
    assert codes >= {"figure-edge-crosses-title", "figure-edge-crosses-node", "figure-label"}


def test_unused_and_unknown_figures_are_told(tmp_path: Path) -> None:
    figures = catalogue(make(tmp_path, GOOD))
    page = tmp_path / "docs" / "index.md"
    texts = [p.text(tmp_path) for p in usage_problems(figures, [("demo/ones", page, 7)])]
    assert texts == [
        (
            "docs/index.md:7: figure-unknown: no figure is called 'demo/ones' (fix: did you mean "
            "demo/one?)"
        ),
        (
            "diagrams/demo.py:3: figure-unused: no page shows demo/one (fix: add ![What it shows]"
            "(figure:demo/one) to a chapter, or delete the function)"
        ),
    ]


def drawn(project: Project) -> RenderedFigure:
    return compose(catalogue(project)[0])


def test_figure_owns_no_ids_styles_or_scripts(tmp_path: Path) -> None:
    figure = drawn(make(tmp_path, GOOD))
    for svg in (figure.wide_svg, figure.narrow_svg):
        assert not re.search(r"\s(id|style|on\w+)=|<(marker|linearGradient|style|script)", svg)
        assert not re.search(r"\d\.\d\d", re.sub(r'd="[^"]*"|transform="[^"]*"', "", svg))


def test_links_are_in_the_drawing_in_words_and_in_a_list(tmp_path: Path) -> None:
    figure = drawn(make(tmp_path, GOOD))
    assert figure.links == [("../other/", "API")]
    assert '<a href="../other/"' in figure.wide_svg
    assert '<a href="../other/">API</a> (p99 5 ms)' in figure.text_html


def test_words_tell_steps_planes_and_kinds(tmp_path: Path) -> None:
    figure = drawn(make(tmp_path, GOOD))
    assert '<ol><li value="1">App to API: GET /</li></ol>' in figure.text_html
    assert "<strong>Serving</strong>" in figure.text_html
    assert "to Store (fill), asynchronously" in figure.text_html
    assert [words for _, words in figure.legend] == [
        "Request, waits for the answer",
        "Asynchronous or batch",
    ]


def test_a_step_that_forks_is_told_once(tmp_path: Path) -> None:
    body = """
    def one():
        DOC
        Client("App") >> Edge(step=1) >> [Service("A"), Service("B"), Service("C")]
    """
    text = drawn(make(tmp_path, body)).text_html
    assert '<ol><li value="1">App to A, B and C</li></ol>' in text


def test_text_of_an_author_is_escaped_everywhere(tmp_path: Path) -> None:
    body = """
    def one():
        DOC
        a = Client("<script>alert(1)</script>", 'a "b" & c')
        with Plane("<b>"):
            b = Service('"];}', "\\\\N \\\\G")
        a >> Edge("</text>") >> b
    """
    figure = drawn(make(tmp_path, body))
    assert figure.problems == []
    for part in (figure.wide_svg, figure.narrow_svg, figure.text_html, figure.download_svg):
        assert "<script" not in part
        assert "<b>" not in part.lower()


def test_cached_figure_is_the_same_and_follows_its_sources(tmp_path: Path) -> None:
    body = 'X = "chapter("\nY = "chapter(\'a/b\')"\n' + GOOD
    project = make(tmp_path, body.replace('X = "chapter("\n', ""))
    estimate = tmp_path / "docs" / "a" / "b" / "estimate.py"
    estimate.parent.mkdir(parents=True)
    estimate.write_text("A = 1\n", encoding="utf-8")
    first = render_all(project)
    source = catalogue(project)[0]
    assert FigureCache(project).load(source) == first["demo/one"]
    (tmp_path / "docs" / "index.md").write_text("text", encoding="utf-8")
    assert FigureCache(project).load(source) is not None
    estimate.write_text("A = 2\n", encoding="utf-8")
    assert FigureCache(project).load(source) is None
    render_all(project)
    assert len(list((project.cache / "figures").iterdir())) == 1
    file = tmp_path / "diagrams" / "demo.py"
    file.write_text(file.read_text(encoding="utf-8") + "\n# more\n", encoding="utf-8")
    assert FigureCache(project).load(source) is None


def test_damaged_cache_is_drawn_again(tmp_path: Path) -> None:
    project = make(tmp_path, GOOD)
    first = render_all(project)
    (kept,) = (project.cache / "figures").iterdir()
    for damage in (b"", b"{}", kept.read_bytes()[:-5]):
        kept.write_bytes(damage)
        assert render_all(project) == first


def test_crash_costs_one_figure(tmp_path: Path) -> None:
    project = make(tmp_path, GOOD + "\nimport os\n\ndef two():\n    DOC\n    os.abort()\n")
    figures = render_all(project)
    assert figures["demo/one"].problems == []
    assert [problem.text(tmp_path) for problem in figures["demo/two"].problems] == [
        (
            "diagrams/demo.py:16: figure-crash: the layout of demo/two crashed its process (fix: "
            "simplify the figure, then report it with its source)"
        )
    ]


@pytest.mark.slow
def test_same_bytes_whatever_the_hash_seed_the_fonts_and_the_locale(tmp_path: Path) -> None:
    code = (
        "import sys, hashlib\nfrom pathlib import Path\n"
        "from handbook.project import Project\nfrom handbook.drawing import catalogue\n"
        "from handbook.drawing.compose import compose\n"
        "for s in catalogue(Project(Path(sys.argv[1])), []):\n"
        "    f = compose(s)\n"
        "    print(s.id, hashlib.sha256(repr(f).encode()).hexdigest())\n"
    )
    # The second machine knows no font at all: a layout that asked the system would differ.
    fonts = tmp_path / "fonts.conf"
    fonts.write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
    machines = (
        {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8"},
        {
            "PYTHONHASHSEED": "2",
            "LC_ALL": "POSIX",
            "FONTCONFIG_FILE": str(fonts),
            "TZ": "Asia/Tokyo",
        },
    )
    seen = set()
    for machine in machines:
        env = {**os.environ, **machine, "PYTHONPATH": str(ROOT / "scripts")}
        command = [sys.executable, "-c", code, str(ROOT)]
        seen.add(subprocess.run(command, env=env, capture_output=True, check=True).stdout)
    assert len(seen) == 1
    assert b"kit/search" in seen.pop()


@pytest.mark.parametrize("source", catalogue(Project(ROOT), []), ids=lambda source: source.id)
def test_every_figure_is_clean_and_light(source: object) -> None:
    figure = compose(source)  # type: ignore[arg-type]
    assert [problem.text(ROOT) for problem in figure.problems] == []
    both = (figure.wide_svg + figure.narrow_svg).encode("utf-8")
    assert len(gzip.compress(both, 9)) <= 7 * 1024


def test_chapters_named_by_their_last_part_count_too(tmp_path: Path) -> None:
    project = make(
        tmp_path,
        "from handbook.estimate import chapter\n\n\ndef one():\n    DOC\n"
        "    Service(f\"{chapter('news_feed').A:.0f} machines\")\n",
    )
    estimate = tmp_path / "docs" / "case-studies" / "news-feed" / "estimate.py"
    estimate.parent.mkdir(parents=True)
    for count in ("7", "8"):
        estimate.write_text(f"A = {count}\n", encoding="utf-8")
        os.utime(estimate, ns=(int(count), int(count)))
        assert f"{count} machines" in render_all(project)["demo/one"].wide_svg


def test_broken_estimate_is_told_where_it_is_broken(tmp_path: Path) -> None:
    project = make(
        tmp_path,
        "from handbook.estimate import chapter\n\n\ndef one():\n    DOC\n"
        "    Service(str(chapter('feed').A))\n",
    )
    estimate = tmp_path / "docs" / "feed" / "estimate.py"
    estimate.parent.mkdir()
    estimate.write_text("A = 1 / 0\n", encoding="utf-8")
    (problem,) = render_all(project)["demo/one"].problems
    assert problem.text(tmp_path).startswith("docs/feed/estimate.py:1")


def test_figures_of_another_graphviz_are_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = make(tmp_path, GOOD)
    render_all(project, keep=False)
    assert "not canonical" not in capsys.readouterr().err
    monkeypatch.setattr("handbook.drawing.engine.name", lambda: "dot")
    render_all(project, keep=False)
    assert "not canonical" in capsys.readouterr().err
