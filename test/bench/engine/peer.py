"""The peer of the engine benchmark: a training step of PyTorch on the CPU. Reads requests as JSON lines, answers as JSON lines.

{"open": {"cell", "layers", "hidden", "batch", "time", "vocabulary"}} makes a model and warms it up;
{"time": seconds, "threads": n} runs steps for that long and answers {"rate": characters per second}.
"""
import json
import sys
import time

import torch
import torch.nn as nn

KINDS = {"lstm": nn.LSTM, "gru": nn.GRU, "tanh": nn.RNN}


class Model(nn.Module):
    def __init__(self, cell, layers, hidden, vocabulary):
        super().__init__()
        self.rnn = KINDS[cell](vocabulary, hidden, layers)
        self.out = nn.Linear(hidden, vocabulary)

    def forward(self, x, state):
        y, state = self.rnn(x, state)
        return self.out(y), state


class Training:
    """Truncated BPTT with carried state, norm clipping and Adam on random characters, as our own step does it."""

    def __init__(self, cell, layers, hidden, batch, time, vocabulary):
        torch.manual_seed(0)
        self.vocabulary, self.chars = vocabulary, batch * time
        self.model = Model(cell, layers, hidden, vocabulary)
        self.optimizer = torch.optim.Adam(self.model.parameters(), 1e-3)
        self.ids = torch.randint(0, vocabulary, (time + 1, batch))
        self.state = None

    def step(self):
        x = nn.functional.one_hot(self.ids[:-1], self.vocabulary).float()
        self.optimizer.zero_grad()
        logits, state = self.model(x, self.state)
        loss = nn.functional.cross_entropy(logits.view(-1, self.vocabulary), self.ids[1:].reshape(-1))
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()


def answer(value):
    print(json.dumps(value), flush=True)


answer({"version": torch.__version__, "config": torch.__config__.show()})
training = None
for line in sys.stdin:
    request = json.loads(line)
    if "open" in request:
        training = Training(**request["open"])
        training.step()
        answer({"open": True})
        continue
    torch.set_num_threads(request["threads"])
    training.step()
    begin, steps = time.perf_counter(), 0
    while steps == 0 or time.perf_counter() - begin < request["time"]:
        training.step()
        steps += 1
    answer({"rate": steps * training.chars / (time.perf_counter() - begin)})
