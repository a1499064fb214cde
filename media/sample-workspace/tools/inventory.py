"""Stock of a small warehouse: batches with expiry, reservations, reorder points."""

import datetime
import itertools
import json


class OutOfStock(Exception):
    def __init__(self, item, wanted, available):
        super().__init__(f"{wanted} of '{item}' wanted, {available} available")
        self.item = item
        self.missing = wanted - available


class Batch:
    _numbers = itertools.count(1)

    def __init__(self, item, count, expires=None):
        if count <= 0:
            raise ValueError("a batch holds at least one piece")
        self.number = next(self._numbers)
        self.item = item
        self.count = count
        self.reserved = 0
        self.expires = expires

    @property
    def free(self):
        return self.count - self.reserved

    def is_expired(self, today):
        return self.expires is not None and self.expires <= today

    def __repr__(self):
        expiry = f", until {self.expires}" if self.expires else ""
        return f"<batch {self.number}: {self.free}/{self.count} {self.item}{expiry}>"


class Warehouse:
    def __init__(self, today=None):
        self.today = today or datetime.date.today()
        self.batches = []
        self.reorder_points = {}
        self.history = []

    def receive(self, item, count, days=None):
        expires = None if days is None else self.today + datetime.timedelta(days=days)
        batch = Batch(item, count, expires)
        self.batches.append(batch)
        self.history.append(("received", item, count))
        return batch

    def available(self, item):
        return sum(b.free for b in self.batches if b.item == item and not b.is_expired(self.today))

    def _usable(self, item):
        """Batches to take from, those that expire first in front, those that never do at the end."""
        usable = [b for b in self.batches if b.item == item and b.free > 0 and not b.is_expired(self.today)]
        return sorted(usable, key=lambda b: (b.expires is None, b.expires or self.today, b.number))

    def reserve(self, item, count):
        if self.available(item) < count:
            raise OutOfStock(item, count, self.available(item))
        plan = []
        left = count
        for batch in self._usable(item):
            take = min(left, batch.free)
            batch.reserved += take
            plan.append((batch, take))
            left -= take
            if left == 0:
                break
        return plan

    def ship(self, plan):
        for batch, count in plan:
            if batch.reserved < count:
                raise ValueError(f"{batch!r} has no {count} reserved")
            batch.reserved -= count
            batch.count -= count
            self.history.append(("shipped", batch.item, count))
        self.batches = [b for b in self.batches if b.count > 0]

    def release(self, plan):
        for batch, count in plan:
            batch.reserved = max(0, batch.reserved - count)

    def discard_expired(self):
        expired = [b for b in self.batches if b.is_expired(self.today)]
        for batch in expired:
            self.history.append(("discarded", batch.item, batch.count))
        self.batches = [b for b in self.batches if b not in expired]
        return sum(b.count for b in expired)

    def to_reorder(self):
        needed = {}
        for item, (point, amount) in sorted(self.reorder_points.items()):
            if self.available(item) <= point:
                needed[item] = amount
        return needed

    def next_day(self):
        self.today += datetime.timedelta(days=1)
        return self.discard_expired()

    def save(self, path):
        rows = [
            {"item": b.item, "count": b.count, "expires": b.expires.isoformat() if b.expires else None}
            for b in self.batches
        ]
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"today": self.today.isoformat(), "batches": rows}, file, indent=2)

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        warehouse = cls(datetime.date.fromisoformat(data["today"]))
        for row in data["batches"]:
            batch = Batch(row["item"], row["count"])
            if row["expires"]:
                batch.expires = datetime.date.fromisoformat(row["expires"])
            warehouse.batches.append(batch)
        return warehouse
