"""Average precision by scikit-learn on fixed vectors with ties: python3 test/reference/average_precision.py

Writes average-precision.json: for each case the labels, the scores and sklearn.metrics.average_precision_score.
Needs scikit-learn (Debian's python3-sklearn); the figures are of version 1.2.1.
"""

import json
import pathlib
import random

import sklearn
from sklearn.metrics import average_precision_score

draw = random.Random(1)
cases = []
# Steps of scores: few make many ties; share: of positives.
for length, steps, share in [(8, 3, 0.5), (50, 4, 0.3), (200, 10, 0.1), (200, 64, 0.5), (500, 256, 0.02), (300, 1, 0.2)]:
    labels = [int(draw.random() < share) for _ in range(length)]
    labels[draw.randrange(length)] = 1
    # Exact in float32: multiples of 1/256.
    scores = [(draw.randrange(steps) + (draw.randrange(steps) if label else 0)) / 256 - 0.5 for label in labels]
    cases.append({"labels": labels, "scores": scores, "averagePrecision": average_precision_score(labels, scores)})

target = pathlib.Path(__file__).with_name("average-precision.json")
target.write_text(json.dumps({"scikitLearn": sklearn.__version__, "cases": cases}) + "\n")
