#!/usr/bin/env python3
"""Embeds questions or images with any model of OpenCLIP, SigLIP among them.

    pip install -r jobs/encoders/open_clip_model-requirements.txt
    routegrid embed DATASET --as image --name clip \\
        --command 'python3 jobs/encoders/open_clip_model.py image ViT-B-32 --pretrained laion2b_s34b_b79k'
    routegrid embed DATASET --name siglip \\
        --command 'python3 jobs/encoders/open_clip_model.py text ViT-B-16-SigLIP --pretrained webli'

--pretrained takes a tag of `open_clip.list_pretrained()` or a file of weights; without it weights are random, for tests.
"""

import argparse

import samples


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("kind", choices=["text", "image"])
    arguments.add_argument("model")
    arguments.add_argument("--pretrained")
    arguments.add_argument("--batch", type=int, default=32)
    options = arguments.parse_args()
    import open_clip
    import torch
    from PIL import Image

    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model, _, prepare = open_clip.create_model_and_transforms(options.model, pretrained=options.pretrained, device=device)
    model.eval()

    def embed(part):
        with torch.inference_mode():
            if options.kind == "text":
                tokens = open_clip.get_tokenizer(options.model)([sample["question"] for sample in part])
                return model.encode_text(tokens.to(device)).float().cpu().numpy()
            pictures = [prepare(Image.open(sample["image"]).convert("RGB")) for sample in part]
            return model.encode_image(torch.stack(pictures).to(device)).float().cpu().numpy()

    samples.write(samples.encode(samples.read(), options.batch, embed))


main()
