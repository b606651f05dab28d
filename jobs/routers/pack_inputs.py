#!/usr/bin/env python3
"""Packs questions and pictures of a data set folder for routers that read them (`inputs: FILE.zip` in the grid).

    python3 jobs/routers/pack_inputs.py jobs/data/digits_vqa inputs.zip

A sample's picture is the file that the column image of samples.csv names, else images/SAMPLE_ID.png, else none. The
same folder gives the same bytes.
"""

import csv
import io
import pathlib
import sys
import zipfile

FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: pack_inputs.py FOLDER FILE.zip")
    folder, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    with open(folder / "samples.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    pictures = {}
    for line, row in enumerate(rows, 2):
        named = row.get("image") or ""
        found = folder / (named or f"images/{row['sample_id']}.png")
        if found.is_file():
            row["image"] = f"images/{len(pictures)}{found.suffix}"
            pictures[row["image"]] = found.read_bytes()
        elif named:
            sys.exit(f"{folder / 'samples.csv'}: line {line}: field image: there is no file {found}")
        else:
            row["image"] = ""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in {"samples.csv": text.getvalue().encode(), **pictures}.items():
            archive.writestr(zipfile.ZipInfo(name, FIRST_DAY), data)


if __name__ == "__main__":
    main()
