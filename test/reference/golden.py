"""Writes the golden files that the reference engine is tested against: PyTorch in float64, tiny sizes.

    /usr/bin/python3 test/reference/golden.py

Needs PyTorch (written with Debian's python3-torch 1.13). For every case: weights, a window's loss, logits and gradients,
20 optimiser steps over windows with carried state, and per-step gradients of single losses and logits from retain_grad.
Plain stacks go through torch.nn.LSTM, GRU and RNN; the cells written out below are asserted to agree with them, and serve
where the modules hide what is needed (dL/dc per step) or have no such thing (residual, dense, highway connections).
"""

import json
import os
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
GATES = {"tanh": 1, "relu": 1, "lstm": 4, "gru": 3}
torch.set_default_dtype(torch.float64)


class Stack:
    """Recurrent layers over one-hot characters with connections between layers, and a linear output layer."""

    def __init__(self, cell, layers, hidden, vocabulary, connections, seed):
        torch.manual_seed(seed)
        self.cell, self.layers, self.hidden, self.vocabulary = cell, layers, hidden, vocabulary
        self.connections = connections
        self.weights = {}
        rows = GATES[cell] * hidden
        for k in range(layers):
            inputs = vocabulary if k == 0 else hidden * k if connections == "dense" else hidden
            self.weights[f"rnn.weight_ih_l{k}"] = 0.6 * torch.randn(rows, inputs)
            self.weights[f"rnn.weight_hh_l{k}"] = 0.4 * torch.randn(rows, hidden)
            self.weights[f"rnn.bias_ih_l{k}"] = 0.3 * torch.randn(rows)
            self.weights[f"rnn.bias_hh_l{k}"] = 0.3 * torch.randn(rows)
            if connections == "highway" and k > 0:
                self.weights[f"highway.weight_l{k}"] = 0.5 * torch.randn(hidden, hidden)
                self.weights[f"highway.bias_l{k}"] = 0.3 * torch.randn(hidden)
        features = hidden * layers if connections == "dense" else hidden
        self.weights["out.weight"] = 0.7 * torch.randn(vocabulary, features)
        self.weights["out.bias"] = 0.3 * torch.randn(vocabulary)
        for tensor in self.weights.values():
            tensor.requires_grad_(True)

    def zero_state(self, batch):
        zero = torch.zeros(batch, self.hidden)
        return [(zero, zero) for _ in range(self.layers)]

    def step(self, k, x, state):
        h, c = state
        w = self.weights
        a = x @ w[f"rnn.weight_ih_l{k}"].T + w[f"rnn.bias_ih_l{k}"]
        u = h @ w[f"rnn.weight_hh_l{k}"].T + w[f"rnn.bias_hh_l{k}"]
        if self.cell == "tanh":
            return torch.tanh(a + u), c
        if self.cell == "relu":
            return torch.relu(a + u), c
        if self.cell == "lstm":
            i, f, g, o = (a + u).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            if c.requires_grad:
                c.retain_grad()
            return torch.sigmoid(o) * torch.tanh(c), c
        ar, az, an = a.chunk(3, 1)
        ur, uz, un = u.chunk(3, 1)
        r, z = torch.sigmoid(ar + ur), torch.sigmoid(az + uz)
        n = torch.tanh(an + r * un)
        return (1 - z) * n + z * h, c

    def forward(self, inputs, state):
        """inputs [T, B], -1 a zero input. Returns logits [T, B, V], the last state and every step's x, h and c."""
        logits, trace = [], []
        for row in inputs:
            x0 = torch.zeros(len(row), self.vocabulary)
            for lane, index in enumerate(row.tolist()):
                if index >= 0:
                    x0[lane, index] = 1
            x0.requires_grad_(True)
            outputs, after, x = [], [], x0
            for k in range(self.layers):
                if k > 0:
                    x = torch.cat(outputs, 1) if self.connections == "dense" else outputs[-1]
                h, c = self.step(k, x, state[k])
                h.retain_grad()
                after.append((h, c))
                y = h
                if k > 0 and self.connections == "residual":
                    y = h + x
                if k > 0 and self.connections == "highway":
                    w = self.weights
                    t = torch.sigmoid(x @ w[f"highway.weight_l{k}"].T + w[f"highway.bias_l{k}"])
                    y = t * h + (1 - t) * x
                outputs.append(y)
            features = torch.cat(outputs, 1) if self.connections == "dense" else outputs[-1]
            logits.append(features @ self.weights["out.weight"].T + self.weights["out.bias"])
            state = after
            trace.append({"x": x0, "state": after})
        return torch.stack(logits), state, trace

    def module_logits(self, inputs):
        """The same from PyTorch's own module, from the zero state."""
        kinds = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
        kind = kinds.get(self.cell)
        if kind:
            module = kind(self.vocabulary, self.hidden, self.layers)
        else:
            module = torch.nn.RNN(self.vocabulary, self.hidden, self.layers, nonlinearity=self.cell)
        own = {name.split(".")[1]: t.detach() for name, t in self.weights.items() if name.startswith("rnn.")}
        module.load_state_dict(own)
        x = torch.zeros(*inputs.shape, self.vocabulary)
        for t, row in enumerate(inputs.tolist()):
            for lane, index in enumerate(row):
                if index >= 0:
                    x[t, lane, index] = 1
        hidden, _ = module(x)
        logits = hidden @ self.weights["out.weight"].detach().T + self.weights["out.bias"].detach()
        loss_gradients = dict(module.named_parameters())
        return logits, loss_gradients


def cross_entropy(logits, targets):
    return torch.nn.functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), targets.reshape(-1), ignore_index=-1
    )


def random_window(time, batch, vocabulary):
    """-1 (zero input, not scored) now and then."""
    inputs = torch.randint(-1, vocabulary, (time, batch))
    targets = torch.randint(-1, vocabulary, (time, batch))
    targets[0, 0] = 0
    return inputs, targets


def flat(tensor):
    return tensor.detach().reshape(-1).tolist()


def all_flat(tensors):
    return {name: flat(tensor) for name, tensor in tensors.items()}


def window_case(model, time, batch):
    inputs, targets = random_window(time, batch, model.vocabulary)
    logits, _, _ = model.forward(inputs, model.zero_state(batch))
    loss = cross_entropy(logits, targets)
    gradients = dict(zip(model.weights, torch.autograd.grad(loss, list(model.weights.values()))))
    if model.connections == "none":
        by_module, parameters = model.module_logits(inputs)
        assert torch.allclose(logits, by_module, atol=1e-13, rtol=0), model.cell
        cross_entropy(by_module, targets).backward()
        for name, parameter in parameters.items():
            assert torch.allclose(parameter.grad, gradients["rnn." + name], atol=1e-13, rtol=0), name
    return {
        "time": time,
        "batch": batch,
        "inputs": flat(inputs),
        "targets": flat(targets),
        "loss": loss.item(),
        "logits": flat(logits),
        "gradients": all_flat(gradients),
    }


def seeds_case(model, length, lags):
    """Norms of dJ/dh, dJ/dc and dJ/dx up to `lags` steps before each position; J a loss, then a logit."""
    inputs, targets = random_window(length, 1, model.vocabulary)
    targets[-1, 0] = 1
    positions = [2, length // 2, length - 1]
    targets[2, 0] = 0
    targets[length // 2, 0] = 2
    result = {"inputs": flat(inputs), "targets": flat(targets), "positions": positions, "lags": lags, "runs": []}
    for logit in (None, [1, 0, 3]):
        norms = {"x": [], "h": [[] for _ in range(model.layers)], "c": [[] for _ in range(model.layers)]}
        for seed, position in enumerate(positions):
            logits, _, trace = model.forward(inputs, model.zero_state(1))
            if logit is None:
                cross_entropy(logits[position], targets[position]).backward()
            else:
                logits[position, 0, logit[seed]].backward()
            for lag in range(lags + 1):
                at = position - lag
                norm = lambda tensor: 0.0 if at < 0 or tensor.grad is None else tensor.grad.norm().item()
                norms["x"].append(norm(trace[at]["x"]))
                for k in range(model.layers):
                    h, c = trace[at]["state"][k]
                    norms["h"][k].append(norm(h))
                    if model.cell == "lstm":
                        norms["c"][k].append(norm(c))
        result["runs"].append({"logit": logit, **norms})
    for tensor in model.weights.values():
        tensor.grad = None
    return result


def optimizer_of(kind, weights):
    if kind == "adam":
        return torch.optim.Adam(weights, lr=0.01)
    if kind == "rmsprop":
        return torch.optim.RMSprop(weights, lr=0.01, alpha=0.95, eps=1e-8)
    if kind == "adadelta":
        return torch.optim.Adadelta(weights, lr=1.0, rho=0.9, eps=1e-6)
    return torch.optim.SGD(weights, lr=0.1, momentum=0.9)


def training_case(model, kind, steps, time, batch, clip):
    """Truncated BPTT with carried state (kept as float32 between windows), norm clipping, no resets."""
    weights = list(model.weights.values())
    optimizer = optimizer_of(kind, weights)
    state = model.zero_state(batch)
    windows, losses, norms = [], [], []
    for _ in range(steps):
        inputs, targets = random_window(time, batch, model.vocabulary)
        logits, after, _ = model.forward(inputs, state)
        loss = cross_entropy(logits, targets)
        optimizer.zero_grad()
        loss.backward()
        norm = torch.sqrt(sum((w.grad**2).sum() for w in weights))
        for w in weights:
            w.grad *= min(1.0, clip / norm.item())
        optimizer.step()
        state = [(h.detach().float().double(), c.detach().float().double()) for h, c in after]
        windows.append({"inputs": flat(inputs), "targets": flat(targets)})
        losses.append(loss.item())
        norms.append(norm.item())
    return {
        "optimizer": kind,
        "learningRate": optimizer.param_groups[0]["lr"],
        "clipNorm": clip,
        "time": time,
        "batch": batch,
        "windows": windows,
        "losses": losses,
        "gradientNorms": norms,
        "weights": all_flat(model.weights),
    }


def case(cell, layers, connections="none", optimizers=("adam",), seed=1):
    model = Stack(cell, layers, 5, 7, connections, seed)
    start = {name: tensor.detach().clone() for name, tensor in model.weights.items()}
    result = {
        "cell": cell,
        "layers": layers,
        "hiddenSize": 5,
        "vocabularySize": 7,
        "connections": connections,
        "weights": all_flat(start),
        "window": window_case(model, 6, 3),
        "seeds": seeds_case(model, 11, 7),
        "training": [],
    }
    for kind in optimizers:
        for name, tensor in model.weights.items():
            tensor.data.copy_(start[name])
        result["training"].append(training_case(model, kind, 20, 4, 2, 0.5))
    return result


def write(name, cases):
    path = os.path.join(HERE, name + ".json")
    with open(path, "w") as file:
        json.dump({"torch": torch.__version__, "cases": cases}, file, separators=(",", ":"))
        file.write("\n")
    print(path, os.path.getsize(path))


if __name__ == "__main__":
    for cell in GATES:
        write(cell, [case(cell, layers, seed=layers) for layers in (1, 2, 3)])
    write("connections", [case(c, 3, k, seed=7) for c, k in (("lstm", "residual"), ("gru", "dense"), ("tanh", "highway"))])
    write("optimizers", [case("gru", 1, optimizers=("adam", "rmsprop", "adadelta", "sgd"), seed=9)])
