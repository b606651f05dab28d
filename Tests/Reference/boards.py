"""Computes the numbers of a board again from the dataset alone, and prints the largest difference of each metric.

    python3 Tests/Reference/boards.py DATASET_FOLDER OUTPUT_FOLDER     a board of this one dataset

Run with Python 3.11 and numpy 2.4.6. Nothing of RouteGrid is used: splits from SHA-256, nearest neighbours, thresholds,
curves, references and the oracle's envelope follow the written definitions. Rows of routers that it does not know
(`linear`, `kmeans`, …) are read from their choices; mode sound, budget exact, no price sheet.
"""
import csv
import hashlib
import json
import sys
from collections import defaultdict

import numpy as np

MIN_COVERAGE = 0.9  # a model that answered less of train is no reference


def tensors(path):
    raw = open(path, "rb").read()
    size = int.from_bytes(raw[:8], "little")
    kinds = {"F64": "<f8", "F32": "<f4"}
    found = {}
    for name, entry in json.loads(raw[8 : 8 + size]).items():
        if name == "__metadata__":
            continue
        a, b = entry["data_offsets"]
        found[name] = np.frombuffer(raw[8 + size + a : 8 + size + b], kinds[entry["dtype"]]).reshape(entry["shape"])
    return found


class Data:
    def __init__(self, folder):
        about = json.load(open(f"{folder}/dataset.json"))
        self.models = about["models"]
        rows = list(csv.DictReader(open(f"{folder}/samples.csv", newline="", encoding="utf-8")))
        self.ids = [row["sample_id"] for row in rows]
        self.groups = [row["group"] for row in rows]
        self.datasets = [row["dataset"] for row in rows]
        found = tensors(f"{folder}/tensors.safetensors")
        self.quality, self.cost = found["quality"], found["cost"]
        self.embedding = {name: found[f"{name}.default"] for name in ("text", "image") if f"{name}.default" in found}

    def keep(self, rows):
        self.ids, self.groups, self.datasets = ([x[i] for i in rows] for x in (self.ids, self.groups, self.datasets))
        self.quality, self.cost = self.quality[rows], self.cost[rows]
        self.embedding = {name: matrix[rows] for name, matrix in self.embedding.items()}


def share(fraction, count):
    return int(np.floor(fraction * count + 1e-9))


def parts(split, data):
    """Rows of train, dev and test, each rising."""
    names = data.groups if split.get("group_by") == "prompt" else data.ids
    members = defaultdict(list)
    for row, name in enumerate(names):
        members[name].append(row)

    def order(index):
        def digest(name):
            text = "\0".join(["routegrid/split/1", str(split["seed"]), str(index), name]) + "\0"
            return hashlib.sha256(text.encode()).digest()

        return [members[name] for name in sorted(members, key=digest)]

    def flat(groups):
        return np.array(sorted(row for group in groups for row in group), int)

    if split["kind"] == "random":
        groups = order(split["index"])
        a = share(float(split["train"]), len(groups))
        b = a + share(float(split["dev"]), len(groups))
        return flat(groups[:a]), flat(groups[a:b]), flat(groups[b:])
    if split["kind"] == "kfold":
        turn, fold = divmod(split["index"], split["folds"])
        groups = order(turn)
        n, k = len(groups), split["folds"]
        low, high = n * fold // k, n * (fold + 1) // k
        rest = groups[high:] + groups[:low]
        dev = min(share(float(split["dev"]), n), len(rest))
        return flat(rest[dev:]), flat(rest[:dev]), flat(groups[low:high])
    raise SystemExit(f"split {split['kind']}: not known here")


class Ground:
    """What a split says about the pool."""

    def __init__(self, data, split):
        self.data = data
        self.train, self.dev, self.test = parts(split, data)
        q, c = data.quality[self.train], data.cost[self.train]
        answered = ~np.isnan(q)
        with np.errstate(all="ignore"):
            self.mean_cost = np.nanmean(c, axis=0)
        self.mean_quality = np.where(answered, q, 0).mean(axis=0)
        self.coverage = answered.mean(axis=0)
        self.known = np.flatnonzero(self.coverage >= MIN_COVERAGE)
        if not len(self.known):
            self.known = np.flatnonzero(self.coverage > 0)
        self.by_cost = sorted(range(len(data.models)), key=lambda m: (np.nan_to_num(self.mean_cost[m], nan=np.inf), m))
        self.best = min(self.known, key=lambda m: (-self.mean_quality[m], self.mean_cost[m], m))
        self.cheapest = min(self.known, key=lambda m: (self.mean_cost[m], -self.mean_quality[m], m))
        costs = self.mean_cost[self.known]
        self.low, self.high = costs.min(), costs.max()

    def outcomes(self, part):
        rows = self.dev if part == "dev" else self.test
        q, c = self.data.quality[rows], self.data.cost[rows]
        missing = np.isnan(q)
        charge = np.where(np.isnan(self.mean_cost), np.nanmax(self.mean_cost), self.mean_cost)
        return np.where(missing, 0, q), np.where(missing, charge, c)


def reading(choices, q, c):
    rows = np.arange(q.shape[0])
    return [(c[rows, line].mean(), q[rows, line].mean()) for line in choices]


def nearest(ground, router, modality, part):
    data = ground.data
    rows = ground.dev if part == "dev" else ground.test
    if modality == "both":
        raise NotImplementedError
    x = data.embedding[modality].astype(np.float64)
    train, query = x[ground.train], x[rows]
    if router["metric"] == "cosine":
        def unit(a):
            size = np.sqrt((a * a).sum(1, keepdims=True))
            return a / np.where(size > 0, size, 1)

        distance = 1 - unit(query) @ unit(train).T
    else:
        distance = np.array([np.sqrt(((one - train) ** 2).sum(-1)) for one in query])
    # Rounding must not decide between twins: the lower row of equals wins.
    near = np.argsort(np.round(distance, 12), axis=1, kind="stable")[:, : router["k"]]

    # Equal costs are one threshold: the same sums in the same order (by train row) give the same bits.
    near.sort(axis=1)

    def means(values):
        taken = values[ground.train][near]
        known = ~np.isnan(taken)
        sums = np.zeros((len(rows), values.shape[1]))
        for place in range(router["k"]):
            sums += np.where(known[:, place], taken[:, place], 0)
        overall = np.nanmean(values[ground.train], axis=0)
        count = known.sum(axis=1)
        return np.where(count > 0, sums / np.maximum(count, 1), overall)

    return means(data.quality), means(data.cost)


def threshold_choices(ground, quality, cost, thresholds):
    by_cost = np.array(ground.by_cost)
    order = by_cost[np.argsort(cost[:, by_cost], axis=1, kind="stable")]
    q = np.take_along_axis(quality, order, 1)
    c = np.take_along_axis(cost, order, 1)
    lines = []
    for threshold in thresholds:
        masked = np.where(c <= threshold, q, -np.inf)
        first = masked.argmax(1)
        first[np.isneginf(masked.max(1))] = 0
        lines.append(order[np.arange(len(order)), first])
    return lines


def frontier(points):
    kept, high = [], -np.inf
    for index in sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1], i)):
        if points[index][1] > high:
            kept.append(index)
            high = points[index][1]
    return kept


def knn_points(ground, router, modality):
    quality, cost = nearest(ground, router, modality, "dev")
    thresholds = np.unique(cost)
    dev_q, dev_c = ground.outcomes("dev")
    dev_lines = threshold_choices(ground, quality, cost, thresholds)
    dev_points = reading(dev_lines, dev_q, dev_c)
    kept = frontier([(round(a, 12), round(b, 12)) for a, b in dev_points])
    quality, cost = nearest(ground, router, modality, "test")
    lines = threshold_choices(ground, quality, cost, thresholds[kept])
    return lines, [dev_points[i] for i in kept], len(kept) - 1


def curve(points, cheapest):
    """Corners of E by rising cost; the cheapest single model in front where it is cheaper."""
    ordered = sorted(enumerate(points), key=lambda entry: (entry[1][0], entry[0]))
    corners = [point for _, point in ordered]
    if cheapest is not None and cheapest[0] < corners[0][0]:
        corners.insert(0, cheapest)
    return corners


def area(corners, low, high):
    """∫ E: steps at equal costs, flat outside."""
    xs = [x for x, _ in corners]
    total = 0.0
    if low < xs[0]:
        total += (min(high, xs[0]) - low) * corners[0][1]
    if high > xs[-1]:
        total += (high - max(low, xs[-1])) * corners[-1][1]
    for (x0, y0), (x1, y1) in zip(corners, corners[1:]):
        a, b = max(x0, low), min(x1, high)
        if b > a:
            at = lambda x: y0 + (y1 - y0) * (x - x0) / (x1 - x0)
            total += (b - a) * (at(a) + at(b)) / 2
    return total


def envelope(q, c):
    """Corners of the highest mean quality at each mean cost: the best of each λ, from the dearest λ down."""
    n, corners = len(q), []
    moves = []
    cost = quality = 0.0
    for i in range(n):
        order = sorted(range(q.shape[1]), key=lambda m: (c[i, m], -q[i, m]))
        hull = []
        for m in order:
            point = (c[i, m], q[i, m])
            if hull and point[1] <= hull[-1][1]:
                continue
            while len(hull) > 1 and (hull[-1][1] - hull[-2][1]) * (point[0] - hull[-2][0]) <= (
                point[1] - hull[-2][1]
            ) * (hull[-1][0] - hull[-2][0]):
                hull.pop()
            hull.append(point)
        cost, quality = cost + hull[0][0], quality + hull[0][1]
        moves += [((b[1] - a[1]) / (b[0] - a[0]), b[0] - a[0], b[1] - a[1]) for a, b in zip(hull, hull[1:])]
    corners.append((cost / n, quality / n))
    for slope, dc, dq in sorted(moves, key=lambda move: -move[0]):
        cost, quality = cost + dc, quality + dq
        corners.append((cost / n, quality / n))
    return corners


def crossing(ground, x, dev_points, dev_cheapest, dev_best, points, cheapest):
    """The first mixture on dev that recovers x of the gap, read on test; None where there is none."""
    low, strong = ground.low, ground.mean_cost[ground.best]
    if dev_best[1] <= dev_cheapest[1] or strong <= low:
        return None
    level = dev_cheapest[1] + x * (dev_best[1] - dev_cheapest[1]) - 1e-12
    order = sorted(range(len(dev_points)), key=lambda i: (dev_points[i][0], i))
    path = [(dev_points[i], points[i]) for i in order]
    if dev_cheapest[0] < path[0][0][0]:
        path.insert(0, (dev_cheapest, cheapest))
    (cost, accuracy), read = path[0]
    if cost >= low and accuracy >= level:
        return read
    for (a, read_a), (b, read_b) in zip(path, path[1:]):
        if b[0] < low or b[0] == a[0] and b[1] < level:
            continue
        if a[0] > strong:
            return None
        width, rise = b[0] - a[0], b[1] - a[1]
        share = max(0, (low - a[0]) / width) if width > 0 else 0
        if a[1] + share * rise < level:
            if b[1] < level:
                continue
            share = min(max((level - a[1]) / rise, share), 1)
            if a[0] + share * width > strong:
                return None
        return tuple(one + share * (other - one) for one, other in zip(read_a, read_b))
    end, read = path[-1]
    return read if end[0] < low and end[1] >= level else None


def rank_score(accuracy, cost, low, high):
    if low <= 0 or high <= low:
        return None
    cost = min(max(cost, low), high)
    cheap = min(max((np.log2(high) - np.log2(cost)) / (np.log2(high) - np.log2(low) + 1e-12), 0), 1)
    return 1.1 * accuracy * cheap / (0.1 * accuracy + cheap + 1e-12)


def metrics(ground, lines, dev_points, largest):
    q, c = ground.outcomes("test")
    dq, dc = ground.outcomes("dev") if len(ground.dev) else (None, None)
    points = reading(lines, q, c)
    single = lambda q, c, m: (c[:, m].mean(), q[:, m].mean())
    best, cheapest = single(q, c, ground.best), single(q, c, ground.cheapest)
    corners = curve(points, cheapest)
    low, high = ground.low, ground.high
    found = {"accuracy": points[largest][1], "mean_cost": points[largest][0]}
    found["regret"] = q.max(1).mean() - points[largest][1]
    found["nauc_shared"] = area(corners, low, high) / (high - low) if high > low else points[largest][1]
    found["rank_score"] = rank_score(points[largest][1], points[largest][0], low, high)
    strong = ground.mean_cost[ground.best]
    if best[1] > cheapest[1] and strong > low:
        found["apgr"] = (area(corners, low, strong) / (strong - low) - cheapest[1]) / (best[1] - cheapest[1])
    if dev_points is not None and dq is not None:
        dev_best = single(dq, dc, ground.best)
        peak = min(range(len(points)), key=lambda i: (-round(dev_points[i][1], 12), round(dev_points[i][0], 12), i))
        found["ps"] = points[peak][1]
        found["gain"] = points[peak][1] - best[1]

        def cheapest_reaching(goal):
            able = [i for i in range(len(points)) if dev_points[i][1] >= goal - 1e-12]
            return min(able, key=lambda i: (round(dev_points[i][0], 12), i)) if able else None

        place = cheapest_reaching(dev_best[1])
        if place is not None:
            found["qnc_gap"] = points[place][1] - best[1]
            found["qnc_cost"] = points[place][0] / best[0]
        for x, name in ((0.95, "95"), (0.98, "98"), (1, "100")):
            place = cheapest_reaching(x * dev_best[1])
            if place is not None:
                found[f"cost_at_{name}"] = points[place][0] / best[0]
                found[f"quality_at_{name}"] = points[place][1] / best[1]
        dev_cheapest = single(dq, dc, ground.cheapest)
        for x in (0.2, 0.5, 0.8):
            mixed = crossing(ground, x, dev_points, dev_cheapest, dev_best, points, cheapest)
            if mixed is None:
                continue
            found[f"cpt_{x * 100:.0f}"] = (mixed[0] - low) / (strong - low)
            if best[1] > cheapest[1]:
                found[f"pgr_at_{x * 100:.0f}"] = (mixed[1] - cheapest[1]) / (best[1] - cheapest[1])
    return found


def oracle_metrics(ground):
    q, c = ground.outcomes("test")
    corners = envelope(q, c)
    cheapest = (c[:, ground.cheapest].mean(), q[:, ground.cheapest].mean())
    low, high = ground.low, ground.high
    # Ties of quality go to the cheapest.
    best = q.max(1, keepdims=True)
    choice = np.where(q >= best, c, np.inf).argmin(1)
    rows = np.arange(len(q))
    found = {"accuracy": q[rows, choice].mean(), "mean_cost": c[rows, choice].mean(), "regret": 0.0}
    at = lambda cost: np.interp(cost, [x for x, _ in corners], [y for _, y in corners])
    start = (cheapest[0], max(at(cheapest[0]), cheapest[1]))
    bound = [start] + [(x, y) for x, y in corners if x > cheapest[0]]
    found["nauc_shared"] = area(bound, low, high) / (high - low) if high > low else found["accuracy"]
    strong = ground.mean_cost[ground.best]
    single = (c[:, ground.best].mean(), q[:, ground.best].mean())
    if single[1] > cheapest[1] and strong > low:
        found["apgr"] = (area(bound, low, strong) / (strong - low) - cheapest[1]) / (single[1] - cheapest[1])
    if rank_score(*corners[0][::-1], low, high) is not None:
        shares = np.linspace(0, 1, 201)
        found["rank_score"] = max(
            rank_score(y0 + t * (y1 - y0), x0 + t * (x1 - x0), low, high)
            for (x0, y0), (x1, y1) in zip(corners, corners[1:] or corners)
            for t in shares
        )
    return found


def blob(folder, record):
    entry = record["result"]["choices"]
    raw = open(f"{folder}/blobs/{entry['sha256'][:2]}/{entry['sha256'][2:]}", "rb").read()
    return np.frombuffer(raw, {"u8": "u1", "u16": "<u2"}[entry["dtype"]]).reshape(entry["shape"])


def main(dataset, output):
    records = {}
    for line in open(f"{output}/records.jsonl"):
        record = json.loads(line)
        records[record["job_key"]] = record
    board = json.load(open(f"{output}/leaderboard.json"))
    data = Data(dataset)
    grounds = {}
    worst = defaultdict(lambda: (0.0, ""))
    counts = defaultdict(int)
    own = other = 0

    def compare(name, wanted, got, where):
        counts[name] += 1
        if (wanted is None) != (got is None):
            difference = float("inf")
        else:
            difference = 0.0 if wanted is None else abs(wanted - got)
        if difference > worst[name][0]:
            worst[name] = (difference, f"{where}: here {wanted}, board {got}")

    for row in board["rows"]:
        if row["budget"] != "exact" or row["part"] != "test":
            continue
        if row["models"] != "all":
            continue
        sums = defaultdict(list)
        for key in row["job_keys"]:
            record = records[key]
            split = record["job"]["split"]
            name = json.dumps(split, sort_keys=True)
            if name not in grounds:
                grounds[name] = Ground(data, split)
            ground = grounds[name]
            router = record["job"]["router"]
            modality = (record["job"].get("modality") or {}).get("train")
            test = (record["job"].get("modality") or {}).get("test")
            kind = router["kind"]
            single = {"best-single": ground.best, "cheapest": ground.cheapest}.get(kind)
            if kind == "fixed":
                single = data.models.index(router["model"])
            if kind == "oracle":
                found = oracle_metrics(ground)
            elif single is not None:
                dq, dc = ground.outcomes("dev")
                point = [(dc[:, single].mean(), dq[:, single].mean())]
                found = metrics(ground, [np.full(len(ground.test), single)], point, 0)
            elif kind == "knn" and modality == test and modality in data.embedding:
                lines, dev_points, largest = knn_points(ground, router, modality)
                written = blob(output, record)
                same = written.shape[0] == len(lines) and (written == np.array(lines)).all()
                own, other = own + same, other + (not same)
                if not same:
                    print(f"choices differ: {router}, index {split['index']}: {len(written)} and {len(lines)} points")
                    continue
                found = metrics(ground, lines, dev_points, largest)
            else:
                lines = blob(output, record)
                at = record["result"]["metrics"]["accuracy"]["at"]
                found = metrics(ground, list(lines), None, at)
            for metric, value in found.items():
                got = record["result"]["metrics"].get(metric)
                if got is not None:
                    compare(metric, value, got["v"], f"{kind} {router} index {split['index']}")
                if value is not None:
                    sums[metric].append((split["index"], value))
        for metric, values in sums.items():
            if len(values) != len(row["job_keys"]) or metric not in row["metrics"]:
                continue
            by_split = defaultdict(list)
            for index, value in values:
                by_split[index].append(value)
            mean = np.mean([np.mean(x) for x in by_split.values()])
            got = row["metrics"][metric]["v"]
            if metric == "qnc":
                continue
            compare("row " + metric, mean, got, f"row {row['router']}")
    print(f"{len(grounds)} splits; choices of knn computed here: {own} alike, {other} not")
    for name in sorted(worst):
        print(f"  {name:24} {counts[name]:6} values, largest difference {worst[name][0]:.3e}  {worst[name][1]}")
    for name in sorted(set(counts) - set(worst)):
        print(f"  {name:24} {counts[name]:6} values, no difference")


if __name__ == "__main__":
    main(*sys.argv[1:])
