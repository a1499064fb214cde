"""Reads and writes INI files: sections, keys, comments, values with quotes and continuation lines."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field


class IniError(ValueError):
    """A line that makes no sense, with its number."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


@dataclass
class Section:
    name: str
    values: dict[str, str] = field(default_factory=dict)

    def get_int(self, key: str, default: int = 0) -> int:
        text = self.values.get(key)
        if text is None:
            return default
        try:
            return int(text, 0)
        except ValueError:
            raise ValueError(f"[{self.name}] {key} should be a whole number, not '{text}'") from None

    def get_bool(self, key: str, default: bool = False) -> bool:
        text = self.values.get(key)
        if text is None:
            return default
        if text.lower() in ("yes", "true", "on", "1"):
            return True
        if text.lower() in ("no", "false", "off", "0"):
            return False
        raise ValueError(f"[{self.name}] {key} should be yes or no, not '{text}'")

    def get_list(self, key: str, separator: str = ",") -> list[str]:
        text = self.values.get(key, "")
        return [part.strip() for part in text.split(separator) if part.strip()]


def unquote(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def parse(text: str) -> dict[str, Section]:
    sections: dict[str, Section] = {"": Section("")}
    current = sections[""]
    key = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line[0] in "#;":
            key = None
            continue
        if raw[0] in " \t" and key is not None:
            # An indented line continues the value above it.
            current.values[key] += "\n" + unquote(line)
            continue
        if line.startswith("["):
            if not line.endswith("]"):
                raise IniError("a section has no closing bracket", number)
            name = line[1:-1].strip()
            current = sections.setdefault(name, Section(name))
            key = None
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise IniError(f"expected 'key = value', got '{line}'", number)
        key = name.strip().lower()
        if not key:
            raise IniError("the key is empty", number)
        if key in current.values:
            raise IniError(f"'{key}' occurs twice in [{current.name}]", number)
        current.values[key] = unquote(value.strip())
    return sections


def dump(sections: dict[str, Section]) -> str:
    lines: list[str] = []
    for section in sections.values():
        if section.name:
            if lines:
                lines.append("")
            lines.append(f"[{section.name}]")
        for key, value in section.values.items():
            first, *rest = value.split("\n")
            quoted = f'"{first}"' if first != first.strip() else first
            lines.append(f"{key} = {quoted}")
            lines.extend(f"    {part}" for part in rest)
    return "\n".join(lines) + "\n"


def main(paths: list[str]) -> int:
    if not paths:
        print("usage: ini_reader.py FILE...", file=sys.stderr)
        return 2
    failed = 0
    for path in paths:
        try:
            with open(path, encoding="utf-8") as file:
                sections = parse(file.read())
        except (OSError, IniError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            failed += 1
            continue
        for section in sections.values():
            if section.values:
                print(f"{path}: [{section.name or 'top'}] {len(section.values)} values")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
