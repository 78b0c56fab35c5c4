"""One figure of each kind that is made of boxes and arrows, shown in the gallery."""

from __future__ import annotations

from diagrams import Cluster
from diagrams import Edge as StockEdge
from diagrams.aws.analytics import KinesisDataStreams
from diagrams.aws.compute import Lambda
from diagrams.aws.storage import S3
from diagrams.k8s.compute import Pod

from handbook.drawing import (
    Cache,
    Client,
    Edge,
    Index,
    Layer,
    Model,
    Monitor,
    Op,
    Plane,
    Service,
    Stream,
    model,
)


def search():
    """A search answers from an index and ranks what it finds.

    A query passes the gateway, takes candidates from a vector and a text index, and is ranked
    with features that a stream keeps fresh. The ranker's scores are watched for drift.
    """
    app = Client("Web app", "types a query", icon="mdi-monitor")
    with Plane("Online serving", role="online"):
        api = Service("Search API", "p99 150 ms")
        with Plane("Retrieval"):
            vectors = Index("Vector index", "top 200")
            words = Index("Text index", "top 200", icon="si-elasticsearch")
        rank = Model("Ranker", "top 10", role="online", icon="mdi-sort-variant")
    with Plane("Nearline", role="nearline"):
        clicks = Stream("Click log", "Kafka", icon="si-apachekafka")
        features = Cache("Features", "Redis", icon="si-redis")
    watch = Monitor("Drift", "hourly")

    app >> Edge("GET /search", step=1) >> api
    api >> Edge(step=2) >> [vectors, words]
    [vectors, words] >> Edge(step=3) >> rank
    app >> Edge(kind="async") >> clicks >> Edge(kind="async") >> features
    features >> Edge("one read", step=4) >> rank
    rank >> Edge("scores", kind="control") >> watch


@model
def two_tower():
    """Two towers meet in a dot product.

    One tower turns a user into 64 numbers, the other an item; their dot product is the score.
    Training draws the other items of the batch as negatives.
    """
    with Plane("User tower", role="online"):
        user = Layer("User id", "1M × 32", icon="mdi-table")
        history = Layer("Last 20 items", "mean, 64")
        user_join = Layer("Concat", "96")
        user_dense = Layer("Dense + ReLU", "64")
    with Plane("Item tower", role="offline"):
        item = Layer("Item id", "200k × 32", icon="mdi-table")
        text = Layer("Text encoder", "384")
        item_join = Layer("Concat", "416")
        item_dense = Layer("Dense + ReLU", "64")
    score = Op("u·v")
    loss = Layer("Sampled softmax", "in-batch negatives", role="data")

    [user, history] >> Edge() >> user_join >> Edge() >> user_dense >> Edge("u") >> score
    [item, text] >> Edge() >> item_join >> Edge() >> item_dense >> Edge("v") >> score
    score >> Edge("÷ τ") >> loss


def cloud():
    """Stock provider nodes take the house look.

    Clicks reach a stream, are enriched, rest in a lake, and a nightly job deploys a new ranker.
    """
    app = Client("Mobile app")
    with Cluster("Ingestion"):
        stream = KinesisDataStreams("Clickstream")
        enrich = Lambda("Enrich\n3 functions")
    with Cluster("Data lake"):
        lake = S3("Events")
    with Cluster("Serving"):
        ranker = Pod("Ranker\n2 replicas")

    app >> StockEdge(label="click", style="dashed") >> stream >> enrich
    enrich >> StockEdge(style="dashed") >> lake
    lake >> StockEdge(label="nightly", style="dashed") >> ranker
