"""A step of training in PyTorch, of the model that TrainingBenchmark trains: see `Benchmarks/training`."""
import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F


class Layer(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.q, self.k, self.v, self.out = (nn.Linear(width, width) for _ in range(4))
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, length, width = x.shape
        y = self.first(x)
        q, k, v = (
            f(y).view(batch, length, self.heads, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=self.dropout)
        y = self.out(y.transpose(1, 2).reshape(batch, length, width))
        x = x + F.dropout(y, self.dropout)
        y = self.narrow(F.gelu(self.wide(self.second(x))))
        return x + F.dropout(y, self.dropout)


class Model(nn.Module):
    def __init__(self, a):
        super().__init__()
        self.words = nn.Embedding(a.vocabulary, a.width)
        self.places = nn.Embedding(a.sequence + 2, a.width)
        self.norm, self.last, self.head_norm = (nn.LayerNorm(a.width) for _ in range(3))
        self.layers = nn.ModuleList(
            Layer(a.width, max(1, a.width // 32), a.dropout) for _ in range(a.depth))
        self.dense = nn.Linear(a.width, a.width)
        self.bias = nn.Parameter(torch.zeros(a.vocabulary))
        self.dropout = a.dropout

    def forward(self, ids, places):
        x = self.words(ids) + self.places(torch.arange(ids.shape[1]) + 2)
        x = F.dropout(self.norm(x), self.dropout)
        for layer in self.layers:
            x = layer(x)
        x = self.last(x).reshape(-1, x.shape[-1])[places]
        x = self.head_norm(F.gelu(self.dense(x)))
        return F.linear(x, self.words.weight, self.bias)


parser = argparse.ArgumentParser()
for name, value in dict(
        depth=4, width=256, batch=32, sequence=128, vocabulary=4096, threads=2, steps=8).items():
    parser.add_argument(f"--{name}", type=int, default=value)
parser.add_argument("--dropout", type=float, default=0.1)
a = parser.parse_args()
torch.set_num_threads(a.threads)
torch.manual_seed(1)
model = Model(a)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.98), fused=True)
tokens = a.batch * a.sequence
predicted = tokens * 15 // 100
ids = torch.randint(4, a.vocabulary, (a.batch, a.sequence))
places = torch.arange(predicted) * 6
labels = torch.randint(4, a.vocabulary, (predicted,))
times = []
for step in range(a.steps + 1):
    start = time.perf_counter()
    loss = F.cross_entropy(model(ids, places), labels)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    times.append(time.perf_counter() - start)
step = statistics.median(times[1:])
print(json.dumps({"tokens_per_second": tokens / step, "step_seconds": step}))
