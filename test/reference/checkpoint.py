"""Writes a checkpoint as PyTorch people do, and what PyTorch computes with it: the fixture of the command line's tests.

    /usr/bin/python3 test/reference/checkpoint.py

Needs PyTorch and the safetensors package. The model is an nn.Module with an nn.LSTM of two layers and an nn.Linear, saved by
safetensors.torch.save_file under the module's own names, with the vocabulary in the metadata.
"""

import json
import math
import os

import torch
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
TEXT = 'if (a == "b") {\n  call(b, a);\n}\n'
HIDDEN = 5


class CharacterModel(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.encoder = torch.nn.LSTM(size, HIDDEN, num_layers=2)
        self.decoder = torch.nn.Linear(HIDDEN, size)


torch.manual_seed(7)
vocabulary = sorted(set(TEXT))
model = CharacterModel(len(vocabulary))
for parameter in model.parameters():
    torch.nn.init.uniform_(parameter, -0.9, 0.9)
tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
save_file(tensors, os.path.join(HERE, "checkpoint.safetensors"), metadata={"format": "pt", "vocab": json.dumps(vocabulary)})

indices = torch.tensor([vocabulary.index(character) for character in TEXT])
inputs = torch.nn.functional.one_hot(indices, len(vocabulary)).float()
state, hs, cs = None, [], []
with torch.no_grad():
    for row in inputs:
        _, state = model.encoder(row.reshape(1, 1, -1), state)
        hs.append(state[0][:, 0])
        cs.append(state[1][:, 0])
    logits = model.decoder(torch.stack(hs)[:-1, 1])
    nats = torch.nn.functional.cross_entropy(logits, indices[1:]).item()


def columns(states, layer):
    """[cells][characters] of one layer."""
    return [[round(value, 7) for value in column] for column in torch.stack(states)[:, layer].T.tolist()]


expected = {"text": TEXT, "nats": nats, "c": [columns(cs, 0), columns(cs, 1)], "h": [columns(hs, 0), columns(hs, 1)]}
assert math.isfinite(nats)
with open(os.path.join(HERE, "checkpoint.json"), "w") as file:
    json.dump(expected, file)
    file.write("\n")
