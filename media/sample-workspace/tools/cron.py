"""Cron expressions: five fields, lists, ranges, steps and names; when they fire next."""

import datetime

MONTHS = {name: k for k, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
WEEKDAYS = {name: k for k, name in enumerate("sun mon tue wed thu fri sat".split())}
FIELDS = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day", 1, 31, {}),
    ("month", 1, 12, MONTHS),
    ("weekday", 0, 7, WEEKDAYS),
)
SHORTCUTS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}


class CronError(ValueError):
    pass


def parse_number(text, names, field):
    if text.lower() in names:
        return names[text.lower()]
    if not text.isdigit():
        raise CronError(f"'{text}' is no {field}")
    return int(text)


def parse_field(text, field, low, high, names):
    values = set()
    for part in text.split(","):
        body, slash, step_text = part.partition("/")
        step = 1
        if slash:
            if not step_text.isdigit() or int(step_text) == 0:
                raise CronError(f"'{part}' has no valid step")
            step = int(step_text)
        if body == "*":
            first, last = low, high
        elif "-" in body:
            left, right = body.split("-", 1)
            first = parse_number(left, names, field)
            last = parse_number(right, names, field)
            if first > last:
                raise CronError(f"the range '{body}' runs backwards")
        else:
            first = parse_number(body, names, field)
            last = high if slash else first
        if first < low or last > high:
            raise CronError(f"{field} must be between {low} and {high}, not '{body}'")
        values.update(range(first, last + 1, step))
    return values


class Cron:
    def __init__(self, expression):
        self.expression = expression
        parts = SHORTCUTS.get(expression, expression).split()
        if len(parts) != len(FIELDS):
            raise CronError(f"five fields are needed, '{expression}' has {len(parts)}")
        parsed = [parse_field(part, *field) for part, field in zip(parts, FIELDS)]
        self.minutes, self.hours, self.days, self.months, weekdays = parsed
        self.weekdays = {day % 7 for day in weekdays}  # both 0 and 7 are Sunday
        self.any_day = parts[2] == "*"
        self.any_weekday = parts[4] == "*"

    def matches_day(self, date):
        if date.month not in self.months:
            return False
        by_day = date.day in self.days
        by_weekday = date.isoweekday() % 7 in self.weekdays
        # Where both are restricted, either is enough: that is how cron has always done it.
        if not self.any_day and not self.any_weekday:
            return by_day or by_weekday
        return by_day and by_weekday

    def matches(self, moment):
        return moment.minute in self.minutes and moment.hour in self.hours and self.matches_day(moment.date())

    def next_after(self, moment):
        moment = moment.replace(second=0, microsecond=0) + datetime.timedelta(minutes=1)
        limit = moment + datetime.timedelta(days=4 * 366 + 1)
        while moment < limit:
            if not self.matches_day(moment.date()):
                moment = datetime.datetime.combine(moment.date() + datetime.timedelta(days=1), datetime.time())
            elif moment.hour not in self.hours:
                moment = moment.replace(minute=0) + datetime.timedelta(hours=1)
            elif moment.minute not in self.minutes:
                moment += datetime.timedelta(minutes=1)
            else:
                return moment
        raise CronError(f"'{self.expression}' never fires")

    def upcoming(self, moment, count):
        for _ in range(count):
            moment = self.next_after(moment)
            yield moment


def describe(expression):
    cron = Cron(expression)
    if len(cron.minutes) == 1 and len(cron.hours) == 1:
        at = f"at {min(cron.hours):02d}:{min(cron.minutes):02d}"
    elif len(cron.minutes) == 1:
        at = f"at minute {min(cron.minutes)} of {len(cron.hours)} hours"
    else:
        at = f"{len(cron.minutes)} times an hour"
    if cron.any_day and cron.any_weekday:
        return f"{at}, every day"
    if cron.any_day:
        names = [name for name, number in WEEKDAYS.items() if number in cron.weekdays]
        return f"{at}, on {', '.join(names)}"
    return f"{at}, on {len(cron.days)} days of the month"


if __name__ == "__main__":
    now = datetime.datetime.now()
    for example in ("*/15 9-17 * * mon-fri", "@daily", "30 6 1,15 * *"):
        print(f"{example}: {describe(example)}")
        for moment in Cron(example).upcoming(now, 3):
            print(f"  {moment:%Y-%m-%d %H:%M}")
