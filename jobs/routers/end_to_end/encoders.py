"""What turns a picture and a question into one vector, trained with the router's head."""

import re
import zlib

import numpy as np
import torch
from PIL import Image
from routegrid_exec import DoNotRetry
from torch import nn

WORDS = 4096


def pictures(samples, size, mode, mean, deviation):
    """[n, channels, size, size] float32; a sample without a picture is the mean grey."""
    channels = len(mean)
    batch = np.zeros((len(samples), channels, size, size), dtype=np.float32)
    for place, sample in enumerate(samples):
        if not sample.get("image"):
            continue
        with sample["image"].open("rb") as file, Image.open(file) as picture:
            picture = picture.convert(mode)
            if picture.size != (size, size):
                picture = picture.resize((size, size), Image.Resampling.BILINEAR)
            pixels = np.asarray(picture, dtype=np.float32).reshape(size, size, channels) / 255
        batch[place] = ((pixels - mean) / deviation).transpose(2, 0, 1)
    return torch.from_numpy(batch)


class SmallEncoder(nn.Module):
    """Two convolutions and a bag of hashed words, trained from scratch: minutes on a CPU, no weights to download."""

    def __init__(self, width=64, size=8):
        super().__init__()
        self.size = size
        self.width = width
        self.picture = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(4), nn.Flatten(),
            nn.Linear(512, width), nn.ReLU(),
        )
        self.words = nn.EmbeddingBag(WORDS, width, mode="mean")
        self.joined = nn.Sequential(nn.Linear(3 * width, width), nn.ReLU())

    def prepare(self, samples):
        words, starts = [], []
        for sample in samples:
            starts.append(len(words))
            found = re.findall(r"\w+", sample["question"].lower()) or [""]
            words += [zlib.crc32(word.encode()) % WORDS for word in found]
        return pictures(samples, self.size, "L", np.array([0.5]), np.array([0.5])), words, starts

    def batch(self, prepared, rows):
        images, words, starts = prepared
        ends = starts[1:] + [len(words)]
        picked = [words[starts[row]:ends[row]] for row in rows]
        offsets = np.cumsum([0] + [len(one) for one in picked[:-1]])
        flat = [word for one in picked for word in one]
        return images[rows], torch.tensor(flat), torch.from_numpy(offsets)

    def forward(self, images, words, offsets):
        picture, text = self.picture(images), self.words(words, offsets)
        return self.joined(torch.cat([picture, text, picture * text], dim=1))


class PublishedEncoder(nn.Module):
    """ViT features through a linear layer into LXMERT, as VL-RouterBench fine-tunes them; wants the weights and a GPU."""

    VISION = "google/vit-base-patch16-224"
    LANGUAGE = "unc-nlp/lxmert-base-uncased"
    LONGEST = 128

    def __init__(self, mean=(0.5, 0.5, 0.5), deviation=(0.5, 0.5, 0.5)):
        super().__init__()
        from transformers import AutoTokenizer, LxmertModel, ViTModel

        self.vision = ViTModel.from_pretrained(self.VISION)
        self.language = LxmertModel.from_pretrained(self.LANGUAGE)
        self.tokenizer = AutoTokenizer.from_pretrained(self.LANGUAGE)
        self.bridge = nn.Linear(self.vision.config.hidden_size, self.language.config.visual_feat_dim)
        self.mean, self.deviation = np.array(mean), np.array(deviation)
        self.width = self.language.config.hidden_size

    def prepare(self, samples):
        return samples

    def batch(self, prepared, rows):
        samples = [prepared[row] for row in rows]
        text = self.tokenizer(
            [sample["question"] for sample in samples],
            padding=True, truncation=True, max_length=self.LONGEST, return_tensors="pt",
        )
        images = pictures(samples, self.vision.config.image_size, "RGB", self.mean, self.deviation)
        return images, text["input_ids"], text["attention_mask"]

    def forward(self, images, tokens, mask):
        regions = self.bridge(self.vision(pixel_values=images).last_hidden_state)
        places = regions.new_zeros(*regions.shape[:2], 4)
        found = self.language(input_ids=tokens, attention_mask=mask, visual_feats=regions, visual_pos=places)
        return found.pooled_output


def encoder(name, mean):
    if name == "small":
        return SmallEncoder()
    if name == "published":
        return PublishedEncoder(*mean)
    raise DoNotRetry(f"encoder {name!r}: expected small or published")
