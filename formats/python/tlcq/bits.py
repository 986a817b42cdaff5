"""Bit streams and small arithmetic (formats/README.md)."""
import numpy as np


def unpack(data, count, width):
    """`count` integers of `width` bits from a bit stream, as uint32."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[: count * width]
    bits = bits.reshape(count, width).astype(np.uint32)
    return (bits << np.arange(width, dtype=np.uint32)).sum(axis=1, dtype=np.uint32)


def trailing(data, bit_count):
    """Whether the bits after the last one are not 0."""
    return bool(bit_count % 8 and data[-1] >> bit_count % 8)


class BitReader:
    """Reads a bit stream from the least significant bit."""

    def __init__(self, data, at):
        self.data, self.at, self.bits, self.count = data, at, 0, 0

    def read(self, count):
        while self.count < count:
            if self.at >= len(self.data):
                return None
            self.bits |= self.data[self.at] << self.count
            self.at += 1
            self.count += 8
        value = self.bits & ((1 << count) - 1)
        self.bits >>= count
        self.count -= count
        return value

    def finish(self):
        """The offset behind the stream, or None where its last bits are not 0."""
        return None if self.bits else self.at
