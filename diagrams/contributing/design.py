"""The figure of the design page: what becomes what when the handbook is built."""

from handbook.drawing import Edge, Job, Plane, Service, Store


def flow():
    """Everything flows one way, from what authors write to the site.

    Estimates feed numbers and figures; chapters are read once; one Markdown extension puts figures
    and derivations on the page, under either generator. Checks read the sources and the result.
    """
    with Plane("You write", role="data"):
        estimate = Store("Estimate", "estimate.py", icon="mdi-calculator-variant-outline")
        figure = Store("Figures", "diagrams/*.py", icon="mdi-vector-polyline")
        text = Store("Chapter", "index.md", icon="mdi-language-markdown-outline")
    with Plane("handbook", role="offline"):
        numbers = Job("numbers", "recomputes digits", icon="mdi-check-decagram-outline")
        drawing = Job("drawing", "measures, places, draws", icon="mdi-draw")
        chapters = Job("chapters", "reads each once", icon="mdi-book-open-outline")
    with Plane("Build", role="online"):
        extension = Service("markdown", "one extension", icon="mdi-puzzle-outline")
        generator = Service("Generator", "MkDocs or Zensical", icon="mdi-cog-outline")
        site = Store("site/", "swapped in whole", icon="mdi-web")
    estimate >> numbers
    estimate >> Edge("counts") >> drawing
    figure >> drawing
    text >> chapters
    numbers >> Edge("derivations") >> extension
    drawing >> Edge("SVG") >> extension
    chapters >> Edge("pages") >> extension
    extension >> generator
    generator >> site
