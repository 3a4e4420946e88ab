"""How much of an answer is read, and for how long: an engine may say anything, slowly, and without an end."""

from __future__ import annotations

ANSWER_SECONDS = 60.0
"""Time limit for a request that changes something, and for the head of a stream's answer."""

QUESTION_SECONDS = 20.0
"""Time limit for a request that only asks, with its whole answer."""

ANSWER_BYTES = 4 * 2**20
"""The most that an ordinary answer may have."""

NAMED_BYTES = 16 * 2**20
"""The same where volumes or networks are listed."""

LIST_BYTES = 64 * 2**20
"""The same for lists, which are read item by item."""

ITEMS = 100_000
"""The most items of a list."""

VALUE_BYTES = 8 * 2**20
"""The most that one value of a stream may have: a message, an event, an item of a list."""

VALUES = 500_000
"""The most values, counted by their commas and brackets, of what is read as a whole; and the most labels and
ports of all containers of a list. Small values take up to thirty times their bytes in memory."""

DEPTH = 200
"""How deep objects and lists may be in each other: counting brackets without an end takes a processor."""

QUIET = 30.0
"""Seconds without a byte of an endless stream after which the engine is asked for a sign of life."""

PATIENCE = 10.0
"""Seconds that it may take to answer then."""

SILENCE = 1800.0
"""Seconds that a push or pull may say nothing at all, although the engine lives."""

RECENT = 30.0
"""Seconds for which what an engine says of itself holds, but for its clock."""
