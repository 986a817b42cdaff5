"""Canonical JSON (tlcq.md §4), parsed to nodes that know their offsets."""
from .errors import FormatError

DEPTH = 32
VALUES = 1 << 23
SHORT = {"b": 8, "t": 9, "n": 10, "f": 12, "r": 13}


class Node:
    """A value and where it starts. `kind` is object, array, string, integer, boolean or null."""

    __slots__ = ("kind", "value", "offset")

    def __init__(self, kind, value, offset):
        self.kind, self.value, self.offset = kind, value, offset


class Parser:
    def __init__(self, data, base):
        self.data, self.base, self.at, self.count = data, base, 0, 0

    def fail(self, at=None, reason="notCanonical"):
        raise FormatError(reason, self.base + (self.at if at is None else at))

    def next(self):
        return self.data[self.at] if self.at < len(self.data) else 0

    def expect(self, text):
        for byte in text:
            if self.next() != byte or self.at >= len(self.data):
                self.fail()
            self.at += 1

    def document(self):
        node = self.parse(0)
        if self.at != len(self.data):
            self.fail()
        return node

    def parse(self, depth):
        start = self.at
        self.count += 1
        if self.count > VALUES:
            self.fail(reason="limit")
        byte = self.next()
        if byte in b"{[" and byte:
            if depth + 1 > DEPTH:
                self.fail(reason="limit")
            self.at += 1
            value = self.members(depth + 1) if byte == 0x7B else self.elements(depth + 1)
            return Node("object" if byte == 0x7B else "array", value, self.base + start)
        if byte == 0x22:
            return Node("string", self.string(), self.base + start)
        for word, value in ((b"true", True), (b"false", False), (b"null", None)):
            if byte == word[0]:
                self.expect(word)
                return Node("null" if value is None else "boolean", value, self.base + start)
        if byte == 0x2D or 0x30 <= byte <= 0x39:
            return Node("integer", self.integer(), self.base + start)
        self.fail()

    def members(self, depth):
        members, last = {}, None
        if self.next() == 0x7D:
            self.at += 1
            return members
        while True:
            start = self.at
            key = self.string()
            if last is not None and key.encode() <= last.encode():
                self.fail(start)
            last = key
            self.expect(b":")
            members[key] = self.parse(depth)
            if self.next() == 0x7D:
                self.at += 1
                return members
            self.expect(b",")

    def elements(self, depth):
        elements = []
        if self.next() == 0x5D:
            self.at += 1
            return elements
        while True:
            elements.append(self.parse(depth))
            if self.next() == 0x5D:
                self.at += 1
                return elements
            self.expect(b",")

    def integer(self):
        start = self.at
        negative = self.next() == 0x2D
        self.at += negative
        first = self.at
        if negative and self.next() == 0x30:
            self.fail()
        number = 0
        while 0x30 <= self.next() <= 0x39:
            if self.at > first and self.data[first] == 0x30:
                self.fail()
            number = number * 10 + self.next() - 0x30
            if number >= 1 << 53:
                self.fail(start)
            self.at += 1
        if self.at == first:
            self.fail()
        return -number if negative else number

    def string(self):
        self.expect(b'"')
        start, text = self.at, bytearray()
        while self.next() != 0x22:
            if self.at >= len(self.data) or self.next() < 0x20:
                self.fail()
            if self.next() == 0x5C:
                text.append(self.escape())
            else:
                text.append(self.next())
                self.at += 1
        raw = bytes(self.data[start : self.at])
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            self.fail(start + error.start)
        self.at += 1
        return text.decode()

    def escape(self):
        self.at += 1
        letter = chr(self.next())
        if letter in '"\\':
            self.at += 1
            return ord(letter)
        if letter in SHORT:
            self.at += 1
            return SHORT[letter]
        if letter != "u":
            self.fail()
        self.at += 1
        byte = 0
        for place in range(4):
            digit = "0123456789abcdef".find(chr(self.next()))
            byte = byte << 4 | max(digit, 0)
            if digit < 0 or (place < 2 and digit) or (place == 2 and digit > 1) or (place == 3 and byte in SHORT.values()):
                self.fail()
            self.at += 1
        return byte


def parse(data, base):
    """The document's root node."""
    return Parser(data, base).document()
