"""Writes gradients.json, which the gradient diagnostics are tested against: PyTorch in float64, tiny sizes.

    /usr/bin/python3 test/reference/gradients.py

Needs PyTorch (written with Debian's python3-torch 1.13). For every cell and 1-3 layers, on two texts read from the zero state:
the lag profile from retain_grad, one prediction's reach and its signed part, spectra of W_hh, spectral norms of the state's
Jacobians over 1-6 steps as full matrices, and the parts of dJ/dW_hh by lag from a leaf of its own for W_hh at every step.
"""

import json
import os
import torch
from golden import GATES, HERE, Stack, all_flat, cross_entropy, flat

LAGS = 12
HIDDEN, VOCABULARY = 5, 7
BLOCKS = {"tanh": "W", "relu": "W", "lstm": "ifgo", "gru": "rzn"}


def loss_at(model, logits, text, position):
    return cross_entropy(logits[position], text[position + 1 : position + 2])


def states(model, trace, at):
    return [[h, c] if model.cell == "lstm" else [h] for h, c in trace[at]["state"]]


def lag_profile(model, texts, positions):
    """relative[layer][0 for h, 1 for c][k], a ratio of means over all positions; and the norms themselves."""
    sums = None
    for text, at in positions:
        logits, _, trace = model.forward(texts[text].reshape(-1, 1), model.zero_state(1))
        loss_at(model, logits, texts[text], at).backward()
        norms = torch.tensor(
            [[[s.grad.norm().item() for s in layer] for layer in states(model, trace, at - k)] for k in range(LAGS + 1)]
        )
        sums = norms if sums is None else sums + norms
    return [[(sums[:, k, s] / sums[0, k, s]).tolist() for s in range(sums.shape[2])] for k in range(sums.shape[1])]


def reach(model, text, at, logit):
    """Norms by character of dz/dh, dz/dc and dz/dx, z a logit, and the products of gradient and value."""
    logits, _, trace = model.forward(text.reshape(-1, 1), model.zero_state(1))
    logits[at, 0, logit].backward()
    result = {"at": at, "logit": logit, "x": [], "signedX": [], "layers": []}
    for j in range(at + 1):
        gradient, value = trace[j]["x"].grad, trace[j]["x"].detach()
        result["x"].append(gradient.norm().item())
        result["signedX"].append((gradient * value).sum().item())
    for k in range(model.layers):
        per = {"norms": [], "signed": []}
        for s in range(2 if model.cell == "lstm" else 1):
            chosen = [states(model, trace, j)[k][s] for j in range(at + 1)]
            per["norms"].append([v.grad.norm().item() for v in chosen])
            per["signed"].append([(v.grad * v.detach()).sum().item() for v in chosen])
        result["layers"].append(per)
    return result


def spectra(model, k):
    result = []
    for gate, block in zip(BLOCKS[model.cell], model.weights[f"rnn.weight_hh_l{k}"].detach().chunk(GATES[model.cell])):
        rho = torch.linalg.eigvals(block).abs().max().item()
        result.append({"gate": gate, "rho": rho, "sigmaMax": torch.linalg.matrix_norm(block, 2).item()})
    return result


def jacobian_norms(model, k, text, at, steps):
    """||ds_at/ds_{at-n}|| for n in steps, s = h or (h, c) of layer k, from full matrices."""
    logits, _, trace = model.forward(text.reshape(-1, 1), model.zero_state(1))
    inputs = [row["x"].detach() if k == 0 else row["state"][k - 1][0].detach() for row in trace]
    norms = []
    for n in steps:
        h, c = (s.detach().reshape(-1) for s in trace[at - n]["state"][k])

        def run(state):
            now = (state[:HIDDEN].reshape(1, -1), state[HIDDEN:].reshape(1, -1) if model.cell == "lstm" else None)
            for j in range(at - n + 1, at + 1):
                now = model.step(k, inputs[j], now)
            return torch.cat([s.reshape(-1) for s in now if s is not None])

        start = torch.cat([h, c]) if model.cell == "lstm" else h
        norms.append(torch.linalg.matrix_norm(torch.autograd.functional.jacobian(run, start), 2).item())
    return norms


def contributions(model, texts, positions):
    """Per layer: ||D_k||^2, <D_k, D> and ||D||^2 of dJ/dW_hh, J the mean loss of the positions, D over LAGS + 1 steps."""
    parts = [[0.0] * (LAGS + 1) for _ in range(model.layers)]
    whole = dict(model.weights)
    for text, at in positions:
        leaves = []
        logits_rows, state = [], model.zero_state(1)
        for j in range(at + 1):
            own = [whole[f"rnn.weight_hh_l{k}"].detach().clone().requires_grad_(True) for k in range(model.layers)]
            leaves.append(own)
            model.weights = {**whole, **{f"rnn.weight_hh_l{k}": own[k] for k in range(model.layers)}}
            logits, state, _ = model.forward(texts[text][j : j + 1].reshape(1, 1), state)
            logits_rows.append(logits[0])
        model.weights = whole
        loss = cross_entropy(logits_rows[at], texts[text][at + 1 : at + 2])
        loss.backward()
        for k in range(model.layers):
            for lag in range(LAGS + 1):
                parts[k][lag] = parts[k][lag] + leaves[at - lag][k].grad / len(positions)
    result = []
    for layer in parts:
        total = sum(layer)
        result.append(
            {
                "squares": [(d * d).sum().item() for d in layer],
                "products": [(d * total).sum().item() for d in layer],
                "total": (total * total).sum().item(),
            }
        )
    return result


def case(cell, layers):
    model = Stack(cell, layers, HIDDEN, VOCABULARY, "none", 30 + layers)
    texts = [torch.randint(0, VOCABULARY, (n,)) for n in (40, 33)]
    positions = [(0, 14), (0, 15), (0, 29), (0, 38), (1, 12), (1, 27)]
    steps = [1, 2, 3, 6]
    result = {
        "cell": cell,
        "layers": layers,
        "hiddenSize": HIDDEN,
        "vocabularySize": VOCABULARY,
        "lags": LAGS,
        "weights": all_flat(model.weights),
        "texts": [flat(text) for text in texts],
        "positions": positions,
        "relative": lag_profile(model, texts, positions),
        "reach": reach(model, texts[0], 20, 3),
        "spectra": [spectra(model, k) for k in range(layers)],
        "jacobians": {"at": 25, "steps": steps, "norms": [jacobian_norms(model, k, texts[0], 25, steps) for k in range(layers)]},
        "contributions": contributions(model, texts, positions),
    }
    return result


if __name__ == "__main__":
    path = os.path.join(HERE, "gradients.json")
    with open(path, "w") as file:
        cases = [case(cell, layers) for cell in GATES for layers in (1, 2, 3)]
        json.dump({"torch": torch.__version__, "cases": cases}, file, separators=(",", ":"))
        file.write("\n")
    print(path, os.path.getsize(path))
