"""The losses of the four routers on a batch of logits [batch, K]; each returns a scalar."""

import torch
import torch.nn.functional as F


def soft_cross_entropy(logits, labels):
    """VLC, CosineCls: -mean_i sum_j t_ij log p_ij."""
    return -(labels * F.log_softmax(logits, dim=1)).sum(dim=1).mean()


def divergence(logits, labels):
    """ZOOTER (arXiv 2311.08692): KL(t || p), the mean over the batch."""
    return F.kl_div(F.log_softmax(logits, dim=1), labels, reduction="batchmean")


def sample_to_model(logits, labels, top=3):
    """RouterDC (arXiv 2409.19886), first loss: a query is drawn to its best labelled models, away from all others."""
    order = torch.argsort(labels, dim=1, descending=True, stable=True)[:, :top]
    chosen = torch.zeros_like(labels, dtype=torch.bool).scatter(1, order, True) & (labels > 0)
    near = logits.masked_fill(~chosen, float("-inf"))
    return (logits.logsumexp(dim=1) - near.logsumexp(dim=1)).mean()


def sample_to_sample(logits, groups):
    """RouterDC, second loss: queries of one group are drawn together. A query alone in its group does not count."""
    directions = F.normalize(logits, dim=1)
    itself = torch.eye(len(logits), dtype=torch.bool, device=logits.device)
    similarity = (directions @ directions.T).masked_fill(itself, float("-inf"))
    same = (groups[:, None] == groups[None, :]) & ~itself
    anchors = same.any(dim=1)
    if not anchors.any():
        return logits.new_zeros(())
    near = similarity.masked_fill(~same, float("-inf"))[anchors]
    return (similarity[anchors].logsumexp(dim=1) - near.logsumexp(dim=1)).mean()
