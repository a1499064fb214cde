"""Statistics of texts: words, sentences, repeated phrases, how hard they are to read."""

import argparse
import collections
import math
import re
import sys

WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:'[A-Za-z]+)?")
SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)")


def words_of(text):
    return [match.group(0).lower() for match in WORD.finditer(text)]


def sentences_of(text):
    start = 0
    for match in SENTENCE_END.finditer(text):
        sentence = text[start : match.end()].strip()
        if sentence:
            yield sentence
        start = match.end()
    rest = text[start:].strip()
    if rest:
        yield rest


def count_syllables(word):
    """A rough count for English: groups of vowels, a silent 'e' at the end not counted."""
    groups = re.findall(r"[aeiouy]+", word.lower())
    count = len(groups)
    if word.endswith("e") and not word.endswith("le") and count > 1:
        count -= 1
    return max(1, count)


def reading_ease(text):
    words = words_of(text)
    sentences = list(sentences_of(text))
    if not words or not sentences:
        return None
    syllables = sum(count_syllables(word) for word in words)
    return 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * syllables / len(words)


def entropy(counts):
    total = sum(counts.values())
    if total == 0:
        return 0.0
    return -sum(n / total * math.log2(n / total) for n in counts.values())


def repeated_phrases(words, length, least=2):
    phrases = collections.Counter(tuple(words[k : k + length]) for k in range(len(words) - length + 1))
    return [(" ".join(phrase), count) for phrase, count in phrases.most_common() if count >= least]


def histogram(counts, width=40):
    if not counts:
        return ""
    largest = max(counts.values())
    lines = []
    for key in sorted(counts):
        bar = "#" * max(1, round(counts[key] / largest * width))
        lines.append(f"{key:>4} {bar} {counts[key]}")
    return "\n".join(lines)


def report(name, text, phrase_length):
    words = words_of(text)
    characters = collections.Counter(text)
    print(f"{name}: {len(text)} characters, {len(words)} words, {len(set(words))} different")
    print(f"  entropy of a character: {entropy(characters):.3f} bits")
    ease = reading_ease(text)
    if ease is None:
        print("  too short to tell how it reads")
    elif ease > 70:
        print(f"  reads easily ({ease:.0f})")
    elif ease > 40:
        print(f"  reads like a newspaper ({ease:.0f})")
    else:
        print(f"  is hard to read ({ease:.0f})")
    for phrase, count in repeated_phrases(words, phrase_length)[:5]:
        print(f'  {count} times "{phrase}"')
    lengths = collections.Counter(min(len(word), 15) for word in words)
    if lengths:
        print(histogram(lengths))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="files to read; standard input where none is given")
    parser.add_argument("--phrase", type=int, default=3, help="words in a phrase (default: 3)")
    options = parser.parse_args()
    if options.phrase < 1:
        parser.error("--phrase must be at least 1")
    if not options.files:
        report("standard input", sys.stdin.read(), options.phrase)
        return
    for path in options.files:
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                report(path, file.read(), options.phrase)
        except OSError as error:
            print(f"{path}: {error.strerror}", file=sys.stderr)


if __name__ == "__main__":
    main()
