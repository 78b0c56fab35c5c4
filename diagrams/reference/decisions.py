"""The decision guides: questions, the numbers on their branches, and where each leads."""

from handbook.drawing import Cache, Client, Edge, Index, Job, Model, Monitor, Service, Store, Stream
from handbook.estimate import chapter

guide = chapter("reference/decision-guides")
clarify = chapter("framework/1-clarify")
evaluate = chapter("framework/5-evaluate")
feed = chapter("case-studies/news-feed")
framework = chapter("framework")
model = chapter("framework/4-model")
monitor = chapter("framework/7-monitor")
serve = chapter("framework/6-serve")


def _ask(text, detail=""):
    return Client(text, detail, icon="mdi-help-circle-outline")


def batch_or_online():
    """Batch or online: who waits decides first, then what has to be fresh, then money.

    The share of users who come on a day is the crossover for lists that could be made ahead. Below
    it most lists of a batch are made for nobody.
    """
    waits = _ask("Does anybody wait?")
    fresh = _ask("Must the last minute count?", "clicks of this session, a new item")
    come = _ask("How many come on a day?", f"{serve.HOURLY:.0f} lists a day for each")
    night = Job("Batch, overnight", f"{framework.digest_machines():.0f} machines")
    online = Service("Online", f"p99 {feed.BUDGET_MS:.0f} ms")
    ahead = Cache("Batch, many times a day", f"a list is {serve.batch_advantage():.0f} × cheaper")
    waits >> Edge("no") >> night
    waits >> Edge("yes") >> fresh
    fresh >> Edge("yes") >> online
    fresh >> Edge("no") >> come
    come >> Edge(f"under {guide.flip_percent():.0f} %") >> online
    come >> Edge("more") >> ahead


def which_index():
    """Which index: filters first, then how many are left, then what memory costs.

    The count is for the feed's vectors at a hundredth of its peak, the dollars for 200 million
    photos. A scan is exact, and the only way that stays exact behind a filter. Deletes wear a graph
    out: then build it again by night.
    """
    left = _ask("How many pass the filters?", "country, rights, age")
    memory = _ask("Do vectors fit the memory?", "with links, twice, and growth")
    slot = _ask("Are milliseconds to spare?", f"of {feed.stage_ms('Candidate sources'):.0f} ms")
    scan = Service("Scan, exact", "at 700 searches a second")
    graph = Index("Graph (HNSW)", f"${guide.graph_dollars():,.0f} a month and copy")
    codes = Index("Codes (IVF-PQ)", f"${guide.code_dollars():,.0f}, then re-rank")
    disk = Store("Graph on disk", f"${guide.disk_dollars():,.0f}, reads in its slot")
    few = guide.small_load_items() / 1e6
    left >> Edge(f"under {few:.0f} M") >> scan
    left >> Edge("more") >> memory
    memory >> Edge("yes") >> graph
    memory >> Edge("no") >> slot
    slot >> Edge("no") >> codes
    slot >> Edge("yes") >> disk


def which_ranker():
    """Which ranker: what the rows hold, then how many they are, then how many heads.

    Dollars are a month of serving at the feed's peak. A network pays when several heads share its
    work, or when ids and sequences carry the signal; with two heads the bills are alike.
    """
    rows = _ask("What do rows hold?")
    heads = _ask("How many heads?")
    many = _ask("How many rows?", "with labels")
    linear = Service("Linear, crossed", f"${model.linear_dollars():,.0f}")
    trees = Job("Boosted trees", f"${model.one_head_trees_dollars():,.0f} a head")
    network = Model("Multi-task network", f"${feed.ranker_dollars():,.0f} for {feed.TASKS:.0f}")
    rows >> Edge("ids, sequences, text") >> network
    rows >> Edge("aggregates") >> many
    many >> Edge("few thousand") >> linear
    many >> Edge("more") >> heads
    heads >> Edge(f"{guide.heads_for_sure():.0f} or more") >> network
    heads >> Edge("fewer") >> trees


def which_metric():
    """Which metric: what is done with the score names it.

    A text is judged, a list needs order, a score that is added or priced needs to be a probability,
    and a rare label needs the precision that people can staff.
    """
    text = _ask("Is a text written?")
    use = _ask("Is a list shown?")
    number = _ask("Is the score added or priced?")
    rare = _ask("How rare is a positive?")
    people = Monitor("People, then a watched judge", f"{evaluate.golden_paired():,.0f} pairs")
    order = Monitor("NDCG@k, recall@k", "by session or query")
    proper = Monitor("Log loss, calibration", "by head and by slice")
    auc = Monitor("AUC, log loss", "one threshold later")
    rarely = Monitor("Precision at a recall", f"at 0.1 %: {100 * guide.precision():.1f} % right")
    text >> Edge("yes") >> people
    text >> Edge("no") >> number
    number >> Edge("yes") >> proper
    number >> Edge("no") >> use
    use >> Edge("yes") >> order
    use >> Edge("no") >> rare
    rare >> Edge("per cents") >> auc
    rare >> Edge("rarer") >> rarely


def when_to_retrain():
    """When to retrain: a schedule from the cost of age, a trigger for what no schedule sees.

    Days come from the square root of training cost times decay over the loss of a day. A trigger
    gains little over three days, and much over longer intervals: waiting takes half of one.
    """
    age = _ask("Does an old model lose?", "replay last month's on this month")
    size = _ask("How fast?", "days to two thirds of the loss")
    never = Job("On demand", "and at each change of features")
    often = Job(f"Every {guide.cadence_rule_days():.0f} to 3 days", "or a stream between")
    weekly = Job(
        f"Every {guide.cadence_rule_days(guide.SLOW_DAYS):.0f} days", "the minimum is flat"
    )
    gate = Monitor("Gate", "last day, by slice, against live")
    trigger = Stream("Trigger", f"sudden loss: {monitor.trigger_days():.1f} days to a new one")
    age >> Edge("no") >> never
    age >> Edge("yes") >> size
    size >> Edge(f"{monitor.STALE_DAYS:.0f}") >> often
    size >> Edge(f"{guide.SLOW_DAYS:.0f}") >> weekly
    often >> gate
    weekly >> gate
    trigger >> gate


def which_knowledge():
    """RAG, fine-tuning or a long prompt: by form, rights and size of what must be known.

    Cents are one answer of the assistant by a large hosted model. A corpus below the flip costs
    less in a cached prompt than its passages do.
    """
    what = _ask("Facts, or a form?")
    size = _ask("How large are the facts?")
    rights = _ask("May everybody see all?")
    tune = Model("Tune an adapter", f"${model.tuning_dollars():.0f}, and labelled answers")
    prompt = Cache("All of it, cached", "if it seldom changes")
    retrieve = Index("Retrieve passages", f"{guide.retrieval_cents():.2f} cents an answer")
    filtered = Index("Retrieve under rights", "filtered before ranking")
    what >> Edge("tone, format") >> tune
    what >> Edge("facts") >> rights
    rights >> Edge("no") >> filtered
    rights >> Edge("yes") >> size
    size >> Edge(f"under {guide.flip_corpus_tokens() / 1e3:.0f} k tokens") >> prompt
    size >> Edge("larger") >> retrieve


def whose_cards():
    """An API or own GPUs: law first, then quality, then how busy the cards would be.

    Own cards never beat the small hosted model on price. The load is that above which they beat
    the large one, with the two people who run them.
    """
    good = _ask("Is a small model good enough?", "on your golden set")
    law = _ask("May prompts leave?")
    match = _ask("Does an open one match the large?", "tuned, same set")
    load = _ask("How many answers a day?", f"today {framework.answers_per_day() / 1e6:.1f} million")
    large = Service("Large, hosted", f"${model.large_hosted_dollars() / 1e3:,.0f} k a month")
    hosted = Service("Small, hosted", f"${model.small_hosted_dollars() / 1e3:,.0f} k a month")
    own = Model("Own cards", f"${model.own_with_people_dollars() / 1e3:,.0f} k, people included")
    law >> Edge("no") >> own
    law >> Edge("yes") >> good
    good >> Edge("yes") >> hosted
    good >> Edge("no") >> match
    match >> Edge("yes") >> load
    match >> Edge("no") >> large
    load >> Edge(f"over {guide.break_even_answers_per_day() / 1e3:.0f} k") >> own
    load >> Edge("fewer") >> large


def which_test():
    """Which test: who touches whom, then what is compared, then how long you can wait.

    In the lab's market a test by riders finds an effect twice too large, and a switchback the
    right one, with more noise.
    """
    touch = _ask("Do users share anything?", "stock, drivers, a budget")
    lists = _ask("Are two rankings compared?")
    split = _ask("How many parts do not trade?", "cities, regions")
    ab = Job("A/B by user", f"{framework.users_per_arm() / 1e6:.1f} M an arm for 1 % of 5 %")
    inter = Job("Interleave, then A/B", "each user sees both")
    clusters = Job("A/B by cluster", f"{guide.experiments.CITY:,.0f} users in each")
    switch = Job(
        "Switchback",
        f"{guide.whole_weeks():.0f} weeks for {100 * guide.LAB['market_truth']:.1f} %",
    )
    touch >> Edge("no") >> lists
    touch >> Edge("yes") >> split
    lists >> Edge("yes") >> inter
    lists >> Edge("no") >> ab
    split >> Edge(f"{round(guide.cities_to_see(), -2):,.0f} or more") >> clusters
    split >> Edge("fewer") >> switch
