"""The task of lesson 04 on ticket keys: how often to change them, how long to keep them. 4.7.1.

The check counts, hour by hour, what a theft reveals, for a theft in every hour of a key's life.
"""

from typing import Any

from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import Given, JudgedTask, Mistake

DAY_H, WEEK_H, USEFUL_H = 24, 168, 8


KEPT_TOO_LONG = "A stored key opens every connection since it was made: delete keys sooner."
FORGOT_LATER = (
    "You counted only what was recorded before the theft; the newest key also opens connections "
    "after it, until that key is deleted."
)


def _policy(draw: Draw) -> Given:
    return Given(at_most_h=DAY_H, tickets_live_h=draw.number(USEFUL_H - 2, USEFUL_H))


def at_risk(rotate_every_h: int, keep_h: int, lifetime_h: int) -> int:
    """How many hours of psk_ke connections one theft of all ticket keys opens, at the most.

    A key is made every ``rotate_every_h`` hours, seals new tickets until the next is made, and is
    deleted ``keep_h`` hours after it was made. Connections before and after the theft count. A
    theft in every hour of a key's life is tried.
    """
    worst = 0
    for theft in range(keep_h, keep_h + rotate_every_h):
        held = [
            made for made in range(0, theft + 1, rotate_every_h) if made <= theft < made + keep_h
        ]
        opened_hours = {
            hour
            for made in held
            for hour in range(made, made + keep_h)
            if hour < made + rotate_every_h + lifetime_h
        }
        worst = max(worst, len(opened_hours))
    return worst


def _judge_policy(given: Given, answer: Any) -> str:
    for name in ("rotate_every_h", "keep_h", "lifetime_h"):
        value = answer.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            return f"{name} should be a whole number of hours, at least 1."
    rotate, keep = answer["rotate_every_h"], answer["keep_h"]
    lifetime = answer["lifetime_h"]
    if max(rotate, keep, lifetime) > 10_000:
        return "Give numbers of hours up to 10,000."
    if lifetime > WEEK_H:
        return "A ticket may not live longer than seven days, 168 hours (section 4.7.1)."
    if lifetime < given.tickets_live_h:
        return f"Tickets should be valid for at least {given.tickets_live_h} hours."
    if keep < rotate + lifetime:
        return (
            "Some tickets stop working too early: the last ticket under a key needs that key until "
            "rotate_every_h plus lifetime_h after it was made."
        )
    hours = at_risk(rotate, keep, lifetime)
    if keep > given.at_most_h:
        return f"{KEPT_TOO_LONG} One theft opens {hours} hours."
    if hours > given.at_most_h:
        return f"{FORGOT_LATER} One theft opens {hours} hours."
    return ""


def _policy_example(given: Given) -> dict[str, int]:
    live = given.tickets_live_h
    return {"rotate_every_h": 1, "keep_h": live + 1, "lifetime_h": live}


def _policy_with(rotate: int, extra: int) -> Any:
    def make(given: Given) -> dict[str, int]:
        live = given.tickets_live_h
        return {"rotate_every_h": rotate, "keep_h": rotate + live + extra, "lifetime_h": live}

    return make


ROTATION = JudgedTask(
    "4.3",
    _policy,
    _judge_policy,
    _policy_example,
    (
        Mistake(
            "Some tickets stop working too early: the last ticket under a key needs that key until "
            "rotate_every_h plus lifetime_h after it was made.",
            _policy_with(4, -4),
        ),
        Mistake(
            "A ticket may not live longer than seven days, 168 hours (section 4.7.1).",
            lambda given: {"rotate_every_h": 1, "keep_h": 200, "lifetime_h": 199},
        ),
        Mistake(
            "rotate_every_h should be a whole number of hours, at least 1.",
            lambda given: {"rotate_every_h": 0, "keep_h": 12, "lifetime_h": 8},
        ),
        Mistake(KEPT_TOO_LONG, _policy_with(24, 0)),
        Mistake(FORGOT_LATER, _policy_with(12, 0)),
        Mistake(
            "Tickets should be valid for",
            lambda given: {"rotate_every_h": 1, "keep_h": 3, "lifetime_h": 2},
        ),
    ),
    "This is about psk_ke. In psk_dhe_ke, a stolen ticket key opens no application data at all.",
)


TASKS = (ROTATION,)
