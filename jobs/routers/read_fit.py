#!/usr/bin/env python3
"""read_fit.py FIT.safetensors EMBEDDINGS.npy [BUDGET]: row,model by `routegrid export fit`, with numpy alone."""
import json, sys
import numpy as np

data = open(sys.argv[1], "rb").read()  # safetensors: length of the header, header, numbers
start = 8 + int.from_bytes(data[:8], "little")
head = json.loads(data[8:start])
fit = json.loads(head.pop("__metadata__")["routegrid"])
t = {name: np.frombuffer(data[start:][slice(*about["data_offsets"])], {"F64": "<f8", "F32": "<f4"}[about["dtype"]])
     .reshape(about["shape"]) for name, about in head.items()}
kind, state, x = fit["router"]["kind"], fit["state"], np.load(sys.argv[2]).astype("f4")
kinds = ("linear", "linearmf", "kmeans", "knn", "mlp", "mlpmf")
if kind not in kinds or fit["modality"]["train"] == "both" or fit["mode"] != "sound":
    sys.exit(f"router {kind}: read here are {', '.join(kinds)} of one modality, mode sound")
if kind in ("linear", "linearmf"):  # predictions [queries, 2 models]: quality, then cost
    predicted = (x.astype(float) - t["centre"]) @ t["weights"] + t["offset"]
elif kind == "kmeans":
    predicted = t["representatives"][(x.astype(float) @ t["centres"].T - (t["centres"] ** 2).sum(1) / 2).argmax(1)]
elif kind in ("mlp", "mlpmf"):
    y = {"quality": x, "cost": x}
    for name, layer in [(name, layer) for name in y for layer in range(len(state[name]["rectifies"]))]:
        lowest = 0 if state[name]["rectifies"][layer] else -np.inf
        y[name] = np.maximum(y[name] @ t[f"{name}.{layer}.weight"].T + t[f"{name}.{layer}.bias"], lowest)
    fixed = np.hstack([t["unmeasured_cost"] * 0, t["unmeasured_cost"]])  # NaN where train measured the model
    predicted = np.where(np.isnan(fixed), np.hstack([y["quality"], y["cost"] * t["cost_scale"]]), fixed)
else:
    p, length, predicted = t["points"].astype(float), lambda v: np.maximum(np.sqrt((v * v).sum(-1)), 1e-300), []
    for q in x.astype(float):
        away = 1 - p @ q / (length(p) * length(q)) if state["metric"] == "cosine" else length(p - q)
        found = t["targets"][np.sort(np.argsort(away, kind="stable")[:state["k"]])]
        count = (~np.isnan(found)).sum(0)
        predicted.append(np.where(count > 0, np.nansum(found, 0) / np.maximum(count, 1), t["means"][0]))
budget = float(sys.argv[3]) if len(sys.argv) > 3 else t["points.budget"][0, fit["point"]]
quality, cost = np.split(np.array(predicted), 2, axis=1)  # threshold: the best within it, or the cheapest
worth = np.where((cost > budget).all(1, keepdims=True), -cost, np.where(cost <= budget, quality, -np.inf))
if fit["rule"]["kind"] == "penalty": worth = quality - budget * (cost * fit["rule"]["scale"])
order = np.array(fit["preference"])  # of equals the cheaper by prediction, then the preferred one
choices = [order[np.lexsort((c[order], -w[order]))[0]] for w, c in zip(worth, cost)]
print("row,model", *(f"{row},{fit['models'][k]}" for row, k in enumerate(choices)), sep="\n")
