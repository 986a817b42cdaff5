"""Typed access to the manifest's objects: rules R12 to R14."""
from .errors import FormatError

MOST = (1 << 53) - 1


class Object:
    """An object of the manifest, read key by key."""

    def __init__(self, node, tensor=None):
        self.tensor = tensor
        self.offset = node.offset
        if node.kind != "object":
            self.fail("wrongType", node.offset)
        self.members = node.value

    def fail(self, reason, offset):
        raise FormatError(reason, offset, self.tensor)

    def has(self, key):
        return key in self.members

    def node(self, key, kind=None):
        if key not in self.members:
            self.fail("missingKey", self.offset)
        node = self.members[key]
        if kind and node.kind != kind:
            self.fail("wrongType", node.offset)
        return node

    def at(self, key):
        return self.node(key).offset

    def text(self, key):
        return self.node(key, "string").value

    def array(self, key):
        return self.node(key, "array").value

    def object(self, key):
        return Object(self.node(key), self.tensor)

    def integer(self, key, low=0, high=MOST):
        node = self.node(key, "integer")
        if not low <= node.value <= high:
            self.fail("outOfRange", node.offset)
        return node.value

    def integers(self, key, low=0, high=MOST):
        values = []
        for node in self.array(key):
            if node.kind != "integer":
                self.fail("wrongType", node.offset)
            if not low <= node.value <= high:
                self.fail("outOfRange", node.offset)
            values.append(node.value)
        return values

    def hexadecimal(self, key, count):
        node = self.node(key, "string")
        if len(node.value) != 2 * count or any(c not in "0123456789abcdef" for c in node.value):
            self.fail("wrongType", node.offset)
        return bytes.fromhex(node.value)

    def choice(self, key, choices):
        text = self.text(key)
        if text not in choices:
            self.fail("outOfRange", self.at(key))
        return text

    def name(self, key, tensor=None):
        text = self.text(key)
        data = text.encode()
        if not 1 <= len(data) <= 1024 or any(b < 0x20 or b == 0x7F for b in data):
            raise FormatError("invalidName", self.at(key))
        return text

    def shape(self, key):
        shape = self.integers(key)
        product = 1
        for length in shape:
            product *= length or 1
        if len(shape) > 8 or product >= 1 << 53:
            self.fail("outOfRange", self.at(key))
        return shape
