"""The codec `rans` (codecs/rans.md)."""
import struct

import numpy as np

from .bits import BitReader, trailing, unpack


class Malformed(Exception):
    """A plane that breaks its codec's rules (R28)."""


def require(condition):
    if not condition:
        raise Malformed


def read_table(data, at, precision, width):
    require(len(data) - at >= 6)
    first = int.from_bytes(data[at : at + 3], "little")
    count, order = struct.unpack_from("<HB", data, at + 3)
    require(count <= 4096 and first + count <= 1 << width and order <= 15)
    reader = BitReader(data, at + 6)
    frequencies, previous = [], 0
    for i in range(count + 1):
        b = order
        while True:
            bit = reader.read(1)
            require(bit is not None)
            if not bit:
                break
            b += 1
            require(b <= 16)
        low = reader.read(b)
        require(low is not None)
        value = (1 << b | low) - (1 << order)
        difference = value >> 1 if value % 2 == 0 else -(value >> 1) - 1
        frequency = difference + (0 if i == count else previous)
        require(0 <= frequency <= 1 << precision)
        frequencies.append(frequency)
        previous = frequency
    require(sum(frequencies) == 1 << precision)
    at = reader.finish()
    require(at is not None)
    return first, frequencies, at


def decode(data, count, width):
    """The plane's symbols, as uint32."""
    require(len(data) >= 12)
    precision, tables, chunk_bits, zero, run, map_count = struct.unpack_from("<BBBBII", data)
    require(8 <= precision <= 14 and 1 <= tables <= 16 and 12 <= chunk_bits <= 20 and zero == 0)
    if tables == 1:
        require(run == 0 and map_count == 0)
    else:
        require(1 <= run < 1 << 31 and 1 <= map_count <= 1 << 20)
    at = 12 + (map_count + 1) // 2
    require(at <= len(data))
    classes = np.zeros(1, np.int64)
    if map_count:
        classes = unpack(data[12:at], map_count, 4).astype(np.int64)
        require(not trailing(data[12:at], map_count * 4) and classes.max() < tables)
    escape = 1 << 31
    symbols = np.empty((tables, 1 << precision), np.uint32)
    frequency = np.empty((tables, 1 << precision), np.uint64)
    bias = np.empty((tables, 1 << precision), np.uint64)
    for table in range(tables):
        first, frequencies, at = read_table(data, at, precision, width)
        values = np.append(np.arange(first, first + len(frequencies) - 1, dtype=np.uint32), np.uint32(escape))
        symbols[table] = np.repeat(values, frequencies)
        frequency[table] = np.repeat(np.array(frequencies, np.uint64), frequencies)
        starts = np.cumsum([0] + frequencies[:-1]).astype(np.uint64)
        bias[table] = np.arange(1 << precision, dtype=np.uint64) - np.repeat(starts, frequencies)
    chunk_count = (count - 1 >> chunk_bits) + 1
    require(chunk_count * 40 <= len(data) - at)
    lengths = struct.unpack_from(f"<{chunk_count}I", data, at)
    at += 4 * chunk_count
    chunks = []
    for length in lengths:
        require(36 <= length <= len(data) - at)
        chunks.append(data[at : at + length])
        at += length
    require(at == len(data))
    return decode_chunks(chunks, count, width, precision, chunk_bits, run, classes, symbols, frequency, bias)


def decode_chunks(chunks, count, width, precision, chunk_bits, run, classes, symbols, frequency, bias):
    """Decodes all chunks in lock step, a lane of each at a time."""
    n = len(chunks)
    states = np.empty((n, 8), np.uint64)
    word_counts = np.empty(n, np.int64)
    for i, chunk in enumerate(chunks):
        states[i] = struct.unpack_from("<8I", chunk)
        word_counts[i] = struct.unpack_from("<I", chunk, 32)[0]
        require(word_counts[i] <= (len(chunk) - 36) // 2)
    require((states >= 1 << 16).all())
    words = np.zeros((n, int(word_counts.max()) + 1), np.uint64)
    for i, chunk in enumerate(chunks):
        words[i, : word_counts[i]] = np.frombuffer(chunk, "<u2", word_counts[i], 36)
    positions = np.zeros(n, np.int64)
    size = 1 << chunk_bits
    last = count - (n - 1) * size
    groups = (min(size, count) + 7) // 8
    out = np.zeros((n, groups * 8), np.uint32)
    lanes = np.arange(8)
    mask = np.uint64((1 << precision) - 1)
    for group in range(groups):
        # All chunks hold whole groups, but for the last one, which ends first.
        live = n if group * 8 < last else n - 1
        x = states[:live]
        index = np.arange(live)[:, None] * size + group * 8 + lanes
        table = classes[index // max(run, 1) % len(classes)]
        slot = (x & mask).astype(np.int64)
        out[:live, group * 8 : group * 8 + 8] = symbols[table, slot]
        x = frequency[table, slot] * (x >> np.uint64(precision)) + bias[table, slot]
        there = index < count
        low = (x < 1 << 16) & there
        # Lanes take words in order: each takes the one behind those of the lanes before it.
        at = positions[:live, None] + np.cumsum(low, axis=1) - low
        positions[:live] += low.sum(axis=1)
        require((positions[:live] <= word_counts[:live]).all())
        word = words[np.arange(live)[:, None], np.minimum(at, words.shape[1] - 1)]
        x = np.where(low, x << np.uint64(16) | word, x)
        states[:live] = np.where(there, x, states[:live])
    require((positions == word_counts).all() and (states == 1 << 16).all())
    for i, chunk in enumerate(chunks):
        row = out[i, : last if i == n - 1 else size]
        places = np.flatnonzero(row == 1 << 31)
        tail = chunk[36 + 2 * int(word_counts[i]) :]
        require(len(tail) == (len(places) * width + 7) // 8)
        if len(places):
            require(not trailing(tail, len(places) * width))
            row[places] = unpack(tail, len(places), width)
    return out.reshape(-1)[:count]
