"""Accounts in whole cents: postings that balance, statements, simple budgets."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal


class LedgerError(Exception):
    pass


@dataclass(frozen=True)
class Posting:
    account: str
    cents: int

    def __str__(self) -> str:
        return f"{self.account:<24}{format_cents(self.cents):>12}"


@dataclass(frozen=True)
class Entry:
    date: datetime.date
    text: str
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        if len(self.postings) < 2:
            raise LedgerError(f'"{self.text}" needs at least two postings')
        rest = sum(posting.cents for posting in self.postings)
        if rest != 0:
            raise LedgerError(f'"{self.text}" does not balance: {format_cents(rest)} is left')


def parse_cents(text: str) -> int:
    """'1,234.50' -> 123450. Half cents go to the even neighbour."""
    cleaned = text.replace(",", "").replace("_", "").strip()
    sign = 1
    if cleaned.startswith("(") and cleaned.endswith(")"):
        sign, cleaned = -1, cleaned[1:-1]  # accountants write losses in brackets
    try:
        amount = Decimal(cleaned)
    except ArithmeticError:
        raise LedgerError(f"'{text}' is no amount") from None
    return sign * int((amount * 100).to_integral_value(ROUND_HALF_EVEN))


def format_cents(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


class Ledger:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.budgets: dict[str, int] = {}

    def add(self, date: str, text: str, **amounts: str) -> Entry:
        """add('2024-03-01', 'rent', expenses_home='800', assets_bank='-800')"""
        postings = tuple(Posting(name.replace("_", ":"), parse_cents(value)) for name, value in amounts.items())
        entry = Entry(datetime.date.fromisoformat(date), text, postings)
        self.entries.append(entry)
        self.entries.sort(key=lambda other: other.date)
        return entry

    def balance(self, prefix: str, until: datetime.date | None = None) -> int:
        total = 0
        for entry in self.entries:
            if until is not None and entry.date > until:
                break
            for posting in entry.postings:
                if posting.account == prefix or posting.account.startswith(prefix + ":"):
                    total += posting.cents
        return total

    def accounts(self) -> list[str]:
        return sorted({posting.account for entry in self.entries for posting in entry.postings})

    def set_budget(self, account: str, amount: str) -> None:
        cents = parse_cents(amount)
        if cents <= 0:
            raise LedgerError(f"the budget of '{account}' must be positive")
        self.budgets[account] = cents

    def over_budget(self, year: int, month: int) -> list[tuple[str, int]]:
        """Accounts that cost more than planned in a month, with the excess."""
        spent: dict[str, int] = {}
        for entry in self.entries:
            if (entry.date.year, entry.date.month) != (year, month):
                continue
            for posting in entry.postings:
                for account in self.budgets:
                    if posting.account == account or posting.account.startswith(account + ":"):
                        spent[account] = spent.get(account, 0) + posting.cents
        return [(account, spent[account] - limit) for account, limit in self.budgets.items() if spent.get(account, 0) > limit]

    def statement(self, account: str) -> str:
        lines = [f"statement of {account}", "-" * 48]
        running = 0
        for entry in self.entries:
            change = sum(p.cents for p in entry.postings if p.account == account)
            if change == 0:
                continue
            running += change
            lines.append(f"{entry.date}  {entry.text[:16]:<16} {format_cents(change):>10} {format_cents(running):>10}")
        if len(lines) == 2:
            lines.append("nothing happened here")
        return "\n".join(lines)


def interest(cents: int, percent: str, months: int) -> int:
    """Compound interest by the month, rounded to a cent each time as banks do."""
    rate = Decimal(percent) / 1200
    amount = Decimal(cents)
    for _ in range(months):
        amount += (amount * rate).to_integral_value(ROUND_HALF_EVEN)
    return int(amount) - cents
