#!/usr/bin/env python3
"""Routes by a file of `routegrid export fit`, with numpy alone: linear, linearmf, kmeans, knn, mlp, mlpmf.

read_fit.py FIT.safetensors TEXT.npy [BUDGET]      prints row,model; image routers take their image matrix instead
"""
import json, sys
import numpy as np


def read(path):
    data = open(path, "rb").read()
    end = 8 + int.from_bytes(data[:8], "little")
    head = json.loads(data[8:end])
    about = json.loads(head.pop("__metadata__")["routegrid"])
    kinds = {"F64": "<f8", "F32": "<f4"}
    return about, {name: np.frombuffer(data[end:][slice(*t["data_offsets"])], kinds[t["dtype"]]).reshape(t["shape"])
                   for name, t in head.items()}


def network(about, t, name, x):
    for layer, rectifies in enumerate(about["state"][name]["rectifies"]):
        x = x @ t[f"{name}.{layer}.weight"].T + t[f"{name}.{layer}.bias"]
        x = np.maximum(x, 0) if rectifies else x
    return x.astype(float)


def predict(about, t, x):
    """[queries, 2K]: quality, then cost."""
    kind, wide = about["router"]["kind"], x.astype(float)
    if kind in ("linear", "linearmf"):
        return (wide - t["centre"]) @ t["weights"] + t["offset"]
    if kind == "kmeans":
        nearest = (wide @ t["centres"].T - (t["centres"] ** 2).sum(1) / 2).argmax(1)
        return t["representatives"][nearest]
    if kind in ("mlp", "mlpmf"):
        quality, cost = network(about, t, "quality", x), network(about, t, "cost", x) * t["cost_scale"]
        unmeasured = ~np.isnan(t["unmeasured_cost"])
        return np.hstack([np.where(unmeasured, 0, quality), np.where(unmeasured, t["unmeasured_cost"], cost)])
    if kind != "knn":
        sys.exit(f"router {kind}: read here are linear, linearmf, kmeans, knn, mlp, mlpmf")
    points, rows = t["points"].astype(float), []
    length = lambda v: np.maximum(np.sqrt((v * v).sum(-1)), 1e-300)
    for q in wide:
        cosine = about["state"]["metric"] == "cosine"
        away = 1 - points @ q / (length(points) * length(q)) if cosine else length(points - q)
        found = t["targets"][np.sort(np.argsort(away, kind="stable")[:about["state"]["k"]])]
        known = ~np.isnan(found)
        total, count = np.where(known, found, 0).sum(0), known.sum(0)
        rows.append(np.where(count > 0, total / np.maximum(count, 1), t["means"][0]))
    return np.array(rows)


def choose(about, t, x, budget=None):
    budget = t["points.budget"][0, about["point"]] if budget is None else budget
    quality, cost = np.split(predict(about, t, x), 2, axis=1)
    order = np.array(about["preference"])
    if about["rule"]["kind"] == "penalty":
        worth = quality - budget * (cost * about["rule"]["scale"])
    else:
        worth = np.where(cost <= budget, quality, -np.inf)
        worth[(cost > budget).all(1)] = -cost[(cost > budget).all(1)]
    # The best, the cheaper by prediction of equals, then the preferred one (mode sound).
    ranked = [order[np.lexsort((np.arange(len(order)), c[order], -w[order]))[0]] for w, c in zip(worth, cost)]
    return [about["models"][k] for k in ranked]


if __name__ == "__main__":
    about, tensors = read(sys.argv[1])
    if about["modality"]["train"] == "both":
        sys.exit("this reader takes one modality: fuse text and image first")
    if about["mode"] != "sound":
        sys.exit("this reader knows the ties of mode sound")
    models = choose(about, tensors, np.load(sys.argv[2]).astype("f4"), *map(float, sys.argv[3:4]))
    print("row,model", *(f"{row},{model}" for row, model in enumerate(models)), sep="\n")
