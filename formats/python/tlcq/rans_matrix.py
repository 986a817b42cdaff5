"""The codec `rans-matrix` (codecs/rans-matrix.md)."""
import numpy as np

from .bits import BitReader
from .rans import require

EIGHTHS = np.array([32768, 30048, 27554, 25268, 23170, 21247, 19484, 17867], np.int64)
NORMAL = np.array(
    [
        0, 418049, 834469, 1247649, 1656017, 2058056, 2452322, 2837457,
        3212207, 3575431, 3926111, 4263362, 4586432, 4894713, 5187734, 5465166,
        5726815, 5972615, 6202629, 6417030, 6616099, 6800213, 6969831, 7125485,
        7267769, 7397324, 7514829, 7620990, 7716527, 7802169, 7878642, 7946660,
        8006924, 8060109, 8106863, 8147804, 8183515, 8214543, 8241397, 8264547,
        8284427, 8301432, 8315922, 8328219, 8338616, 8347371, 8354716, 8360853,
        8365960, 8370195, 8373693, 8376570, 8378927, 8380851, 8382416, 8383683,
        8384705, 8385527, 8386184, 8386708, 8387125, 8387454, 8387714, 8387917,
        8388077, 8388201, 8388297, 8388371, 8388429, 8388473, 8388506, 8388532,
        8388551, 8388566, 8388577, 8388585, 8388591, 8388595, 8388599, 8388601,
        8388603, 8388605, 8388606, 8388606, 8388607, 8388607, 8388607, 8388608,
        8388608, 8388608, 8388608, 8388608, 8388608, 8388608, 8388608, 8388608,
        8388608,
    ],
    np.int64,
)

# What no residual is.
ESCAPE = 1 << 30


class Reader(BitReader):
    """A bit stream whose end is an error."""

    def field(self, count):
        value = self.read(count)
        require(value is not None)
        return value

    def number(self, order):
        b = order
        while self.field(1):
            b += 1
            require(b <= 24)
        return (1 << b | self.field(b)) - (1 << order)

    def signed(self, order):
        value = self.number(order)
        return value >> 1 if value % 2 == 0 else -(value >> 1) - 1

    def levels(self, count):
        if not self.field(1):
            return np.zeros(count, np.int64)
        shift, order = self.field(2), self.field(4)
        values = []
        for _ in range(count):
            values.append(self.signed(order))
            require(abs(values[-1]) <= 127)
        return np.array(values, np.int64) << shift


class Predictor:
    """What columns are expected to be, from a few of them."""

    def __init__(self, reader, length):
        self.exponent = reader.field(4)
        require(3 <= self.exponent <= 10)
        offset_order, coefficient_order = reader.field(4), reader.field(4)
        count = reader.number(4)
        require(count <= min(length, 256))
        self.references = []
        for _ in range(count):
            column = reader.field((length - 1).bit_length())
            require(column < length and column not in self.references)
            self.references.append(column)
        self.offsets, self.coefficients = [], []
        for place in range(length):
            self.offsets.append(reader.signed(offset_order))
            require(abs(self.offsets[-1]) <= 1 << 22)
            coefficients = [reader.signed(coefficient_order) for _ in range(min(place, count))]
            require(sum(map(abs, coefficients)) <= 1 << 12)
            self.coefficients.append(np.array(coefficients, np.int64))

    def quarters(self, place, inputs):
        used = self.coefficients[place]
        total = self.offsets[place] + inputs[..., : len(used)] @ used
        return (total + (1 << self.exponent - 3)) >> self.exponent - 2


def masses(level, quarters):
    """G of the page, at a level, for an array of quarters."""
    level = min(max(level, 0), 127)
    distance = np.abs(quarters) * EIGHTHS[level % 8] >> 2 + level // 8
    place = np.minimum(distance >> 8, 95)
    inside = NORMAL[place] + ((NORMAL[place + 1] - NORMAL[place]) * (distance & 255) >> 8)
    return np.sign(quarters) * np.where(distance >> 8 >= 96, 1 << 23, inside)


def table(weights, level, fraction, precision):
    """The first residual of the window, its last, and the frequencies, the escape's last."""
    bounds = 4 * np.arange(-127, 129, dtype=np.int64) - 2 - fraction
    total = int(sum(weights))
    sums = np.full(len(bounds), total << 23, np.int64)
    for i, weight in enumerate(weights):
        sums += weight * masses(level + 4 * i - 12, bounds)
    frequencies = np.diff((sums << precision) // (total << 24))
    first, last = 127, 126
    if frequencies[127]:
        last = 127
        while last < 254 and frequencies[last + 1]:
            last += 1
        while first > 0 and frequencies[first - 1]:
            first -= 1
    window = [int(frequency) for frequency in frequencies[first : last + 1]]
    if sum(window) == 1 << precision:
        window[127 - first] -= 1
    return first - 127, last - 127, window + [(1 << precision) - sum(window)]


class Tables:
    """The tables of all levels and fractions, as a decoder looks them up."""

    def __init__(self, weights, precision, levels, fractions):
        self.first_level, self.fractions = levels[0], fractions
        made = [table(weights, level, f, precision) for level in levels for f in fractions]
        self.below = np.array([first - 1 for first, _, _ in made], np.int64)
        self.above = np.array([last + 1 for _, last, _ in made], np.int64)
        shape = len(made), 1 << precision
        self.residual = np.empty(shape, np.int32)
        self.frequency = np.empty(shape, np.uint16)
        self.bias = np.empty(shape, np.uint16)
        for i, (first, last, frequencies) in enumerate(made):
            residuals = np.append(np.arange(first, last + 1), ESCAPE)
            self.residual[i] = np.repeat(residuals, frequencies)
            self.frequency[i] = np.repeat(frequencies, frequencies)
            starts = np.cumsum([0] + frequencies[:-1])
            self.bias[i] = np.arange(1 << precision) - np.repeat(starts, frequencies)


def decode(data, count, width):
    """The plane's symbols, as uint32."""
    require(width <= 16)
    reader = Reader(data, 0)
    precision, escape_order, groups = reader.field(4), reader.field(4), reader.field(5)
    require(10 <= precision <= 14 and groups <= 17)
    length = reader.number(8) + 1
    require(length <= 1 << 17 and count % length == 0)
    require(groups == 0 or length << 3 + groups <= 1 << 20)
    center, base = reader.field(width), reader.field(7)
    weights = [reader.field(6) for _ in range(8)]
    require(any(weights))
    rows, columns = reader.levels(count // length), reader.levels(length)
    predictor = Predictor(reader, length) if reader.field(1) else None
    at = reader.finish()
    require(at is not None)
    least, greatest = int(base + rows.min() + columns.min()), int(base + rows.max() + columns.max())
    require(least >= 0 and greatest <= 127)
    size = 8 << groups
    chunk_count = (len(rows) - 1) // size + 1
    require(4 * (chunk_count - 1) <= len(data) - at)
    lengths = np.frombuffer(data, "<u4", chunk_count - 1, at).tolist()
    at += 4 * (chunk_count - 1)
    pieces = []
    for i in range(chunk_count):
        end = at + lengths[i] if i < chunk_count - 1 else len(data)
        require(end <= len(data))
        pieces.append(data[at:end])
        at = end
    tables = Tables(weights, precision, range(least, greatest + 1), range(-2, 2) if predictor else range(1))
    # All whole chunks in lock step, and what is left apart.
    whole = len(rows) // size
    out = np.empty((len(rows), length), np.int64)
    for part, last in ((pieces[:whole], False), (pieces[whole:], True)):
        if part:
            first = whole * size if last else 0
            end = len(rows) if last else whole * size
            levels = base + rows[first:end].reshape(len(part), -1)
            chunks = Chunks(part, levels, columns, precision, escape_order)
            out[first:end] = chunks.decode(center, predictor, tables, width).reshape(-1, length)
    return out.astype(np.uint32).reshape(-1)


class Chunks:
    """Chunks of as many rows each, that are being decoded in lock step."""

    def __init__(self, pieces, row_levels, column_levels, precision, escape_order):
        self.precision, self.escape_order = precision, escape_order
        self.row_levels, self.column_levels = row_levels, column_levels
        lanes = min(8, row_levels.shape[1])
        start = 4 * lanes + 3
        self.states = np.empty((len(pieces), lanes), np.int64)
        self.counts = np.empty(len(pieces), np.int64)
        for i, piece in enumerate(pieces):
            require(len(piece) >= start)
            self.states[i] = np.frombuffer(piece, "<u4", lanes)
            self.counts[i] = int.from_bytes(piece[start - 3 : start], "little")
            require(self.counts[i] <= (len(piece) - start) // 2)
        require((self.states >= 1 << 16).all())
        self.words = np.zeros((len(pieces), int(self.counts.max()) + 8), np.int64)
        for i, piece in enumerate(pieces):
            self.words[i, : self.counts[i]] = np.frombuffer(piece, "<u2", self.counts[i], start)
        self.positions = np.zeros(len(pieces), np.int64)
        self.escapes = [Reader(piece, start + 2 * int(n)) for piece, n in zip(pieces, self.counts)]
        self.ends = [len(piece) for piece in pieces]

    def residuals(self, index, tables):
        """The next residual of each lane, in its table."""
        lanes = index.shape[1]
        x = self.states[:, :lanes]
        slot = x & (1 << self.precision) - 1
        out = tables.residual[index, slot].astype(np.int64)
        x = tables.frequency[index, slot] * (x >> self.precision) + tables.bias[index, slot]
        low = x < 1 << 16
        # Lanes take words in order: each takes the one behind those of the lanes before it.
        at = self.positions[:, None] + np.cumsum(low, axis=1) - low
        self.positions += low.sum(axis=1)
        require((self.positions <= self.counts).all())
        word = self.words[np.arange(len(x))[:, None], at]
        self.states[:, :lanes] = np.where(low, x << 16 | word, x)
        if (out == ESCAPE).any():
            for chunk, lane in np.argwhere(out == ESCAPE):
                escape = self.escapes[chunk].number(self.escape_order)
                table = index[chunk, lane]
                below, above = tables.below[table], tables.above[table]
                out[chunk, lane] = below - (escape >> 1) if escape % 2 else above + (escape >> 1)
        return out

    def decode(self, center, predictor, tables, width):
        """The symbols, of shape [chunks, rows, columns]."""
        length = len(self.column_levels)
        references = predictor.references if predictor else []
        known = set(references)
        order = references + [column for column in range(length) if column not in known]
        out = np.empty((*self.row_levels.shape, length), np.int64)
        for group in range(0, out.shape[1], 8):
            rows = out[:, group : group + 8]
            levels = self.row_levels[:, group : group + 8] - tables.first_level
            inputs = np.zeros((*levels.shape, len(references)), np.int64)
            for place, column in enumerate(order):
                index = levels + self.column_levels[column]
                whole = 0
                if predictor:
                    quarters = predictor.quarters(place, inputs)
                    whole = quarters + 2 >> 2
                    index = index * 4 + quarters - 4 * whole + 2
                symbols = center + whole + self.residuals(index, tables)
                require((symbols >= 0).all() and (symbols < 1 << width).all())
                rows[:, :, column] = symbols
                if place < len(references):
                    inputs[:, :, place] = np.clip(symbols - center, -1023, 1023)
        require((self.positions == self.counts).all() and (self.states == 1 << 16).all())
        require(all(escapes.finish() == end for escapes, end in zip(self.escapes, self.ends)))
        return out
