"""The peer of the learning benchmark: one training of PyTorch on the CPU, told in a folder (peer.ts writes it), its result printed as JSON.

The windows are those of our own sampler: an epoch's documents as one stream, cut into as many lanes as the batch has, read in parallel with
carried state; documents and lanes start from the zero state. Schedule, warm-up, clipping and the documents watched for the best
weights are ours too. The time of evaluations and of the choice of threads does not count.
"""
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

KINDS = {"lstm": nn.LSTM, "gru": nn.GRU, "tanh": nn.RNN, "relu": lambda *sizes: nn.RNN(*sizes, nonlinearity="relu")}


class Model(nn.Module):
    def __init__(self, cell, vocabulary, hidden, layers):
        super().__init__()
        self.vocabulary = vocabulary
        self.rnn = KINDS[cell](vocabulary, hidden, layers)
        self.out = nn.Linear(hidden, vocabulary)

    def forward(self, indices, state, resets=None):
        """Logits [T, B, V] of indices [T, B] (-1: zero input), and the state after them. resets [T, B]: zero the lane before reading."""
        x = nn.functional.one_hot(indices.clamp(min=0), self.vocabulary).float() * (indices >= 0).unsqueeze(2)
        cuts = [0] if resets is None else sorted({0, *torch.nonzero(resets.any(1)).flatten().tolist()})
        outputs = []
        for begin, end in zip(cuts, [*cuts[1:], len(x)]):
            if state is not None and resets is not None and resets[begin].any():
                keep = (~resets[begin]).float().view(1, -1, 1)
                state = mapped(state, lambda s: s * keep)
            y, state = self.rnn(x[begin:end], state)
            outputs.append(y)
        return self.out(torch.cat(outputs)), state


def mapped(state, change):
    return tuple(change(s) for s in state) if isinstance(state, tuple) else change(state)


class Windows:
    """Windows of T characters in B lanes: inputs, targets (-1: not scored) and resets, each [T, B]."""

    def __init__(self, streams, starts, length, lanes):
        self.streams, self.starts, self.length, self.lanes = streams, starts, length, lanes
        self.epoch, self.position = -1, 0
        self.begin_epoch()

    def begin_epoch(self):
        self.epoch, self.position = self.epoch + 1, 0
        inputs, starts = (part[self.epoch % len(part)] for part in (self.streams, self.starts))
        targets = np.append(inputs[1:], -1)
        targets[:-1][starts[1:] == 1] = -1
        total = len(inputs)
        self.lane_length = max(math.ceil(total / self.lanes), min(total, self.length))
        cut = lambda values, fill: np.pad(values, (0, self.lane_length * self.lanes - total), constant_values=fill).reshape(self.lanes, -1).T
        resets = cut(starts, 0) == 1
        resets[0] = True
        self.parts = [torch.from_numpy(np.ascontiguousarray(a)) for a in (cut(inputs, -1).astype(np.int64), cut(targets, -1).astype(np.int64), resets)]

    def next(self):
        rows, needed = [], self.length
        while needed > 0:
            if self.position == self.lane_length:
                self.begin_epoch()
            end = min(self.lane_length, self.position + needed)
            rows.append([part[self.position : end] for part in self.parts])
            needed, self.position = needed - (end - self.position), end
        return [torch.cat(parts) for parts in zip(*rows)]


class Training:
    def __init__(self, folder, request, windows):
        recipe = request["recipe"]
        torch.manual_seed(recipe["seed"])
        self.recipe, self.windows, self.state, self.chars = recipe, windows, None, 0
        self.model = Model(request["cell"], request["vocabulary"], recipe["hiddenSize"], recipe["layers"])
        if request["start"] == "ours":
            values, at, tensors = np.fromfile(folder / "start.f32", np.float32), 0, {}
            for tensor in request["tensors"]:
                size = math.prod(tensor["shape"])
                tensors[tensor["name"]] = torch.from_numpy(values[at : at + size].reshape(tensor["shape"]))
                at += size
            self.model.load_state_dict(tensors)
        make = {
            "adam": lambda p: torch.optim.Adam(p, eps=1e-8),
            "rmsprop": lambda p: torch.optim.RMSprop(p, alpha=0.95, eps=1e-8),
        }
        self.optimizer = make[recipe["optimizer"]](self.model.parameters())

    def rate(self, progress):
        recipe = self.recipe
        rise = min(1, (self.chars + 1) / recipe["warmup"]) if recipe["warmup"] > 0 else 1
        decay = {
            "constant": lambda: 1,
            "cosine": lambda: 0.5 * (1 + math.cos(math.pi * progress)),
            "step": lambda: 0.5 ** sum(progress >= at for at in (4 / 8, 5 / 8, 6 / 8, 7 / 8)),
        }
        return recipe["learningRate"] * rise * decay[recipe["schedule"]]()

    def step(self, progress):
        inputs, targets, resets = self.windows.next()
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate(progress)
        self.optimizer.zero_grad()
        logits, state = self.model(inputs, self.state, resets)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)
        loss.backward()
        if self.recipe["clipNorm"] > 0:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe["clipNorm"])
        self.optimizer.step()
        self.state = mapped(state, torch.Tensor.detach)
        self.chars += int((inputs >= 0).sum())
        return loss.item()


@torch.no_grad()
def nats(model, documents, chunk=256):
    """Mean loss over documents, each from the zero state: the longest first, so that lanes only ever end."""
    documents = sorted(documents, key=len, reverse=True)
    lanes = np.full((len(documents[0]) + 1, len(documents)), -1, np.int64)
    for lane, document in enumerate(documents):
        lanes[: len(document), lane] = document
    lanes, total, scored, state = torch.from_numpy(lanes), 0.0, 0, None
    for at in range(0, len(documents[0]), chunk):
        alive = sum(len(document) > at for document in documents)
        if state is not None:
            state = mapped(state, lambda s: s[:, :alive].contiguous())
        logits, state = model(lanes[at : at + chunk, :alive][: len(lanes) - 1 - at], state)
        targets = lanes[at + 1 : at + 1 + len(logits), :alive].flatten()
        total += nn.functional.cross_entropy(logits.flatten(0, 1), targets, ignore_index=-1, reduction="sum").double().item()
        scored += int((targets >= 0).sum())
    return total / scored


def main(folder):
    request = json.loads((folder / "request.json").read_text())
    texts, recipe = request["texts"], request["recipe"]
    values = np.fromfile(folder / "texts.i32", np.int32)
    training_size = 2 * texts["epochs"] * texts["chars"]
    epochs = values[:training_size].reshape(texts["epochs"], 2, texts["chars"])
    held, at = {}, training_size
    for side in ("watched", "validation", "test"):
        held[side] = []
        for length in texts[side]:
            held[side].append(values[at : at + length])
            at += length

    def fresh():
        windows = Windows(epochs[:, 0], epochs[:, 1], recipe["sequence"], recipe["batch"])
        return Training(folder, request, windows)

    threads = request["threads"] or fastest(fresh)
    torch.set_num_threads(threads)
    training, total, limit = fresh(), request["totalChars"], request["seconds"]
    seconds, first, best, evaluate_at = 0.0, None, None, 0
    while True:
        progress = min(1, training.chars / total if limit is None else seconds / limit)
        if training.chars >= evaluate_at or progress >= 1:
            loss = nats(training.model, held["watched"])
            if best is None or loss < best[0]:
                best = (loss, {name: tensor.clone() for name, tensor in training.model.state_dict().items()})
            evaluate_at = training.chars + (request["evaluateEvery"] or max(100_000, training.chars // 10))
        if progress >= 1:
            break
        begin = time.perf_counter()
        loss = training.step(progress)
        seconds += time.perf_counter() - begin
        first = loss if first is None else first
    training.model.load_state_dict(best[1])
    result = {side: nats(training.model, held[side]) for side in ("validation", "test")}
    print(json.dumps({**result, "trainedChars": training.chars, "charsPerSecond": training.chars / seconds, "threads": threads, "firstLoss": first}))


def fastest(fresh, duration=1.5):
    """1 or 2 threads, whichever trains faster; what was trained for it is thrown away."""
    rates = {}
    for threads in (1, 2):
        torch.set_num_threads(threads)
        training = fresh()
        training.step(0)
        begin, before = time.perf_counter(), training.chars
        while time.perf_counter() - begin < duration:
            training.step(0)
        rates[threads] = (training.chars - before) / (time.perf_counter() - begin)
    return max(rates, key=rates.get)


main(Path(sys.argv[1]))
