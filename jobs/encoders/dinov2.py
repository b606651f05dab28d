#!/usr/bin/env python3
"""Embeds images with DINOv2 by transformers: the class token of the last layer.

    pip install -r jobs/encoders/dinov2-requirements.txt
    routegrid embed DATASET --as image --name dinov2 --command 'python3 jobs/encoders/dinov2.py facebook/dinov2-base'

`random` for a model is a small one with random weights, for tests.
"""

import argparse

import samples


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("model", help="a name on the hub, a folder, or random")
    arguments.add_argument("--batch", type=int, default=32)
    options = arguments.parse_args()
    import torch
    from PIL import Image
    from transformers import AutoImageProcessor, AutoModel, BitImageProcessor, Dinov2Config, Dinov2Model

    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if options.model == "random":
        sizes = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": 56}
        model = Dinov2Model(Dinov2Config(**sizes))
        prepare = BitImageProcessor(size={"shortest_edge": 56}, crop_size={"height": 56, "width": 56})
    else:
        model = AutoModel.from_pretrained(options.model)
        prepare = AutoImageProcessor.from_pretrained(options.model)
    model.to(device).eval()

    def embed(part):
        pictures = [Image.open(sample["image"]).convert("RGB") for sample in part]
        with torch.inference_mode():
            found = model(**prepare(images=pictures, return_tensors="pt").to(device))
        return found.last_hidden_state[:, 0].float().cpu().numpy()

    samples.write(samples.encode(samples.read(), options.batch, embed))


main()
