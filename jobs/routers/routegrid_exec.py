"""A router of your own for RouteGrid: copy this file beside it. Needs numpy only.

    import routegrid_exec

    class MyRouter:
        def fit(self, x, quality, cost, **more): ...
        def predict(self, x, **more): ...          # (quality, cost), or choices

    routegrid_exec.run(MyRouter)

fit:      x float32 [n, d], the embeddings of the train rows; quality and cost float64 [n, K], NaN where an outcome is
          missing; more: models (K names), seed, split_index, mode, and arguments, a dict of what the grid gives
          as `arguments: NAME=VALUE,...`.
predict:  x float32 [m, d]; returns quality and cost, both [m, K] and finite, from which the grid's budgets choose; or
          one model number 0...K-1 a row, [m].

With `keep: true` in the grid, fit and predict are two calls of the program, and `routegrid export fit` takes out what is
kept between them: the attributes that fit sets, if all are numbers and arrays; else give the class save(path) and
load(path).

With `inputs: FILE.zip` in the grid (pack_inputs.py makes one) both get samples as well, one dict a row of x: the
columns of its samples.csv, and image, None or something with open("rb").

What is drawn at random should be drawn from `seed`, so that the same cell gives the same bytes on every machine. Raise
DoNotRetry when another try would not help. In the grid: {kind: exec, command: NAME, version: "1"}, and
--allow-exec NAME=/path/of/your/file for `routegrid run` or `routegrid worker`. Print to stderr: its end is kept.
"""

import csv
import io
import json
import os
import struct
import sys
import zipfile

import numpy

DTYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8"}
SCHEMA = "routegrid/exec/v1"


class DoNotRetry(Exception):
    """Ends the program with exit code 42: the cell fails for good."""


def read(path):
    """The tensors and the texts of a safetensors file."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    texts = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(data[begin:end], dtype=DTYPES[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"])
    return tensors, texts


def write(path, tensors):
    """Writes arrays as a safetensors file."""
    names = {dtype: name for name, dtype in DTYPES.items()}
    header, parts, offset = {}, [], 0
    for name, values in tensors.items():
        part = values.tobytes()
        header[name] = {
            "dtype": names[values.dtype.newbyteorder("<").str],
            "shape": list(values.shape),
            "data_offsets": [offset, offset + len(part)],
        }
        parts.append(part)
        offset += len(part)
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head + b"".join(parts))


def samples(path, ids):
    """The rows of samples.csv in a zip, in the order of the ids."""
    archive = zipfile.ZipFile(path)
    with io.TextIOWrapper(archive.open("samples.csv"), "utf-8-sig", newline="") as file:
        rows = {row["sample_id"]: row for row in csv.DictReader(file)}
    missing = [one for one in ids if one not in rows]
    if missing:
        raise DoNotRetry("samples.csv of the inputs has no row with sample_id %s" % missing[0])
    found = []
    for one in ids:
        row = dict(rows[one])
        row["image"] = zipfile.Path(archive, row["image"]) if row.get("image") else None
        found.append(row)
    return found


def keep(fitted, path):
    """Writes what a fitted router has learnt."""
    if hasattr(fitted, "save"):
        return fitted.save(path)
    arrays = {}
    for name, value in vars(fitted).items():
        values = numpy.asarray(value)
        if values.dtype.newbyteorder("<").str not in DTYPES.values():
            raise DoNotRetry("cannot keep the attribute %s: give the class save(path) and load(path)" % name)
        arrays[name] = numpy.ascontiguousarray(values).reshape(values.shape)
    write(path, arrays)


def kept(router, path):
    """A router that has learnt what a file holds."""
    fitted = router()
    if hasattr(fitted, "load"):
        fitted.load(path)
        return fitted
    for name, values in read(path)[0].items():
        setattr(fitted, name, values if values.shape else values.item())
    return fitted


def run(router):
    """Serves one call of RouteGrid: `PROGRAM fit-predict IN OUT`, `fit IN FIT` or `predict FIT IN OUT`."""
    words = sys.argv[1:]
    if [len(words), words[:1]] not in ([3, ["fit-predict"]], [3, ["fit"]], [4, ["predict"]]):
        sys.exit("usage: %s fit-predict IN OUT | fit IN FIT | predict FIT IN OUT" % sys.argv[0])
    call, source, target = words[0], words[-2], words[-1]
    given, texts = read(source)
    if texts.get("schema") != SCHEMA:
        sys.exit("expected an input of %s, found %s" % (SCHEMA, texts.get("schema")))
    more = {
        "models": json.loads(texts["models"]),
        "seed": int(texts["seed"]),
        "split_index": int(texts["split_index"]),
        "mode": texts["mode"],
        "arguments": dict(pair.split("=", 1) for pair in texts.get("arguments", "").split(",") if pair),
    }
    train, test = dict(more), dict(more)
    try:
        for part, name in (train, "train_ids"), (test, "test_ids"):
            if name in texts:
                part["samples"] = samples(os.environ["ROUTEGRID_INPUTS"], json.loads(texts[name]))
        if call == "predict":
            fitted = kept(router, words[1])
        else:
            fitted = router()
            fitted.fit(given["x_train"], given["q_train"], given["c_train"], **train)
        if call == "fit":
            return keep(fitted, target)
        answer = fitted.predict(given["x_test"], **test)
    except DoNotRetry as reason:
        print(reason, file=sys.stderr)
        sys.exit(42)
    if isinstance(answer, tuple):
        quality, cost = (numpy.ascontiguousarray(part, dtype="<f8") for part in answer)
        write(target, {"quality": quality, "cost": cost})
    else:
        write(target, {"choice": numpy.ascontiguousarray(answer, dtype="<i8")})
