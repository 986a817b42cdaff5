"""Files and sets: rules R1 to R9, R24 to R35."""
import builtins
import hashlib
import math
import os
import struct
import zlib

import numpy as np

from . import rans, rans_matrix
from .bits import trailing, unpack
from .errors import FormatError
from .manifest import DTYPES, Manifest, floats, is_step

MAGIC = bytes.fromhex("8954 4c43 510d 0a1a")
LIMIT = 16 << 30
NUMPY = {"bool": "?", "f16": "<f2", "f32": "<f4", "f64": "<f8"}


class File:
    """One file. Opening reads the superblock and the manifest."""

    def __init__(self, path):
        self.path = path
        self.size = os.path.getsize(path)
        with builtins.open(path, "rb") as file:
            head = file.read(128)
            if len(head) < 128:
                raise FormatError("truncated", self.size)
            offset, length = self.superblock(head)
            file.seek(offset)
            self.manifest_bytes = file.read(length)
        if hashlib.sha256(self.manifest_bytes).digest() != head[48:80]:
            raise FormatError("manifestDigest", 48)
        if self.required & 4:
            try:
                self.manifest_bytes = inflate(self.manifest_bytes, struct.unpack_from("<Q", head, 80)[0])
            except rans.Malformed:
                raise FormatError("malformedManifest", offset) from None
        self.manifest = Manifest(self.manifest_bytes, offset, self.required, self.optional, self.minor)

    def superblock(self, head):
        if head[:8] != MAGIC:
            raise FormatError("notTLCQ", 0)
        major, self.minor, self.required, self.optional, zero, size, offset, length = struct.unpack_from("<HHIIIQQQ", head, 8)
        if major != 1:
            raise FormatError("unsupportedVersion", 8)
        self.root = hashlib.sha256(head[:96]).digest()
        if self.root != head[96:]:
            raise FormatError("superblockDigest", 96)
        if self.required & ~7:
            raise FormatError("unknownRequiredFeature", 12)
        if zero:
            raise FormatError("reserved", 20)
        deflated = self.required & 4
        if any(head[80:88]) and not deflated:
            raise FormatError("reserved", 80)
        if any(head[88:96]):
            raise FormatError("reserved", 88)
        if size != self.size:
            raise FormatError("fileLength", 24)
        if offset < 128 or offset % 64:
            raise FormatError("manifestPlace", 32)
        if not 2 <= length <= 64 << 20 or offset + length != size:
            raise FormatError("manifestPlace", 40)
        if deflated and not 2 <= struct.unpack_from("<Q", head, 80)[0] <= 64 << 20:
            raise FormatError("manifestPlace", 80)
        return offset, length

    def stored(self, index, tensor):
        """A plane's stored bytes, whose digest and padding are right: R25 and R26."""
        plane = self.manifest.planes[index]
        with builtins.open(self.path, "rb") as file:
            file.seek(plane.offset)
            data = file.read(plane.end - plane.offset)
        data, padding = data[: plane.length], data[plane.length :]
        chunks = b"".join(hashlib.sha256(data[i : i + (1 << 20)]).digest() for i in range(0, len(data), 1 << 20))
        if hashlib.sha256(chunks).digest() != plane.digest:
            raise FormatError("planeDigest", plane.offset, tensor)
        for i, byte in enumerate(padding):
            if byte:
                raise FormatError("padding", plane.offset + plane.length + i, tensor)
        return data

    def symbols(self, reference, tensor, limit=None):
        """A plane's symbols; R24 to R29."""
        plane = self.manifest.planes[reference.index]
        if plane.codec not in ("raw", "rans", "rans-matrix", "deflate"):
            raise FormatError("unknownCodec", plane.codec_at, tensor)
        data = self.stored(reference.index, tensor)
        bits = reference.count * reference.width
        try:
            if plane.codec == "rans":
                symbols = rans.decode(data, reference.count, reference.width)
            elif plane.codec == "rans-matrix":
                symbols = rans_matrix.decode(data, reference.count, reference.width)
            else:
                if plane.codec == "deflate":
                    data = inflate(data, plane.raw_length)
                rans.require(len(data) == plane.raw_length)
                if trailing(data, bits):
                    raise FormatError("trailingBits", plane.offset, tensor)
                if reference.width == 8:
                    symbols = np.frombuffer(data, np.uint8).astype(np.uint32)
                else:
                    symbols = unpack(data, reference.count, reference.width)
        except rans.Malformed:
            raise FormatError("malformedPlane", plane.offset, tensor) from None
        if limit is not None and len(symbols) and symbols.max() > limit:
            raise FormatError("symbolRange", plane.offset, tensor)
        return symbols

    def octets(self, reference, tensor):
        return b"" if reference is None else self.symbols(reference, tensor).astype(np.uint8).tobytes()

    def read(self, name, check_content=False):
        """A tensor's decoded bytes."""
        tensor = self.manifest.tensors[name]
        if tensor["alias"] is not None:
            name = tensor["alias"]
            tensor = self.manifest.tensors[name]
        if tensor["unknown"] is not None:
            raise FormatError("unknownKind", tensor["unknown"], name)
        count = math.prod(tensor["shape"])
        if count * DTYPES[tensor["dtype"]] > LIMIT:
            raise FormatError("limit", tensor["shape_at"], name)
        mask = self.mask(tensor, name, count) if tensor["mask"] else None
        data = VALUES[tensor["values"]["kind"]](self, tensor, name, mask, count)
        if check_content and hashlib.sha256(data).digest() != tensor["digest"]:
            raise FormatError("contentDigest", tensor["digest_at"], name)
        return data

    def mask(self, tensor, name, count):
        m = tensor["mask"]
        plane = m["plane"]
        place = m["kept_at"] if plane is None else self.manifest.planes[plane.index].offset
        if m["kept"] > count:
            raise FormatError("keptCount", place, name)
        mask = MASKS[m["kind"]](self, m, tensor["shape"], name, count, place)
        if int(mask.sum()) != m["kept"]:
            raise FormatError("keptCount", place, name)
        return mask

    def bits(self, plane, name, count):
        if plane is None:
            return np.zeros(count, bool)
        data = self.octets(plane, name)
        if trailing(data, count):
            raise FormatError("trailingBits", self.manifest.planes[plane.index].offset, name)
        return np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[:count].astype(bool)

    def verify(self, depth="tensors"):
        owners = {}
        for name, tensor in self.manifest.tensors.items():
            for part in (tensor.get("values"), tensor.get("mask")):
                for value in (part or {}).values():
                    if hasattr(value, "index") and not isinstance(value, (str, list)):
                        owners[value.index] = name
        if depth != "structure":
            for index in range(len(self.manifest.planes)):
                self.stored(index, owners.get(index))
        if depth == "tensors":
            for name in self.manifest.tensors:
                self.read(name, check_content=True)
            for plane in self.manifest.assets.values():
                self.octets(plane, None)


def inflate(data, count):
    decoder = zlib.decompressobj(-15)
    try:
        raw = decoder.decompress(data, count + 1)
    except zlib.error:
        raise rans.Malformed from None
    rans.require(len(raw) == count)
    if not decoder.eof:
        try:
            rans.require(not decoder.decompress(decoder.unconsumed_tail, 1))
        except zlib.error:
            raise rans.Malformed from None
    rans.require(decoder.eof and not decoder.unused_data)
    return raw


def dense(file, tensor, name, mask, count):
    plane = tensor["values"]["plane"]
    data = file.octets(plane, name)
    if tensor["dtype"] == "bool" and any(b > 1 for b in data):
        raise FormatError("symbolRange", file.manifest.planes[plane.index].offset, name)
    return scatter(data, mask, count, DTYPES[tensor["dtype"]])


def scatter(data, mask, count, size):
    if mask is None:
        return data
    out = np.zeros((count, size), np.uint8)
    out[mask] = np.frombuffer(data, np.uint8).reshape(-1, size)
    return out.tobytes()


def uniform(file, tensor, name, mask, count):
    v = tensor["values"]
    kept = count if mask is None else int(mask.sum())
    limit = v["maximum"] - v["minimum"]
    if v["axis"] is None:
        steps, zeros, place = v["step"], np.array([v["zero"]]), np.zeros(count, np.int64)
    else:
        steps = floats(file.octets(v["steps"], name), v["step_type"])
        if not is_step(steps).all():
            raise FormatError("invalidStep", file.manifest.planes[v["steps"].index].offset, name)
        zeros = np.zeros(v["count"], np.int64)
        if v["has_zeros"]:
            zeros = zeros + v["minimum"]
            if v["zeros"] is not None:
                zeros = zeros + file.symbols(v["zeros"], name, limit)
        place = places(tensor["shape"], v["axis"], v["group"])
    if mask is not None:
        place = place[mask]
    codes = np.zeros(kept, np.int64) + v["minimum"]
    if v["codes"] is not None:
        codes = codes + file.symbols(v["codes"], name, limit)
    wide = np.float64 if tensor["dtype"] == "f64" else np.float32
    with np.errstate(all="ignore"):
        difference = (codes - zeros[place]).astype(wide)
        values = difference * steps.astype(wide)[place]
        if tensor["dtype"] == "f16":
            values = values.astype("<f2")
    data = round_bfloat16(values) if tensor["dtype"] == "bf16" else values
    return scatter(np.ascontiguousarray(data).tobytes(), mask, count, DTYPES[tensor["dtype"]])


def round_bfloat16(values):
    bits = values.view(np.uint32).astype(np.uint64)
    return ((bits + 0x7FFF + (bits >> np.uint64(16) & np.uint64(1))) >> np.uint64(16)).astype("<u2")


def places(shape, axis, group):
    """The index of each element's step, row-major."""
    position = np.arange(shape[axis])
    if group is None:
        index = position.reshape([-1 if i == axis else 1 for i in range(len(shape))])
        return np.broadcast_to(index, shape).reshape(-1)
    lengths = list(shape)
    lengths[axis] = -(-shape[axis] // group)
    steps = np.arange(math.prod(lengths)).reshape(lengths)
    return np.take(steps, position // group, axis=axis).reshape(-1)


def codebook(file, tensor, name, mask, count):
    v = tensor["values"]
    size = DTYPES[tensor["dtype"]]
    entries = np.frombuffer(file.octets(v["entries"], name), np.uint8).reshape(-1, size)
    if tensor["dtype"] == "bool" and entries.max() > 1:
        raise FormatError("symbolRange", file.manifest.planes[v["entries"].index].offset, name)
    kept = count if mask is None else int(mask.sum())
    codes = np.zeros(kept, np.int64)
    if v["codes"] is not None:
        codes = file.symbols(v["codes"], name, v["count"] - 1)
    return scatter(entries[codes].tobytes(), mask, count, size)


NEXT = {
    4: ((0, 2), (2, 0), (1, 3), (3, 1)),
    8: ((0, 2), (5, 7), (1, 3), (6, 4), (2, 0), (4, 6), (3, 1), (7, 5)),
}


def trellis(file, tensor, name, mask, count):
    v = tensor["values"]
    limit = v["maximum"] - v["minimum"]
    symbols = [
        [] if plane is None else [int(x) + v["minimum"] for x in file.symbols(plane, name, limit)] for plane in v["codes"]
    ]
    follows, eight = NEXT[v["states"]], v["states"] == 8
    length, inner = tensor["shape"][v["axis"]], math.prod(tensor["shape"][v["axis"] + 1 :])
    multiples, used, states = np.zeros(count, np.int64), [0, 0], []
    for index in range(count):
        column = index % inner
        if column == 0 and index // inner % length == 0:
            states = [0] * inner
        state = states[column]
        grid = state & 1 if eight else state >> 1
        code = 0
        if mask is None or mask[index]:
            if used[grid] == v["counts"][grid]:
                plane = next(p for p in v["codes"] if p is not None)
                raise FormatError("malformedPlane", file.manifest.planes[plane.index].offset, name)
            code = symbols[grid][used[grid]]
            used[grid] += 1
        multiples[index] = 2 * code - (grid and (code > 0) - (code < 0))
        states[column] = follows[state][code & 1]
    wide = np.float64 if tensor["dtype"] == "f64" else np.float32
    with np.errstate(all="ignore"):
        values = multiples.astype(wide) * v["step"].astype(wide)
        if tensor["dtype"] == "f16":
            values = values.astype("<f2")
    data = round_bfloat16(values) if tensor["dtype"] == "bf16" else values
    return np.ascontiguousarray(data).tobytes()


def bitmask(file, m, shape, name, count, place):
    return file.bits(m["plane"], name, count)


def n_of_m(file, m, shape, name, count, place):
    axis, n, size = m["axis"], m["n"], m["m"]
    mask = np.zeros(shape, bool)
    if m["plane"] is None:
        return mask.reshape(-1)
    ranks = file.symbols(m["plane"], name, math.comb(size, n) - 1).reshape(m["groups"])
    ranks, lines = np.moveaxis(ranks, axis, -1), np.moveaxis(mask, axis, -1)
    for index in np.ndindex(ranks.shape):
        start = index[-1] * size
        length = min(size, shape[axis] - start)
        rank, places_left = int(ranks[index]), min(n, length)
        if rank >= math.comb(length, places_left):
            raise FormatError("symbolRange", place, name)
        position = length - 1
        while places_left:
            while math.comb(position, places_left) > rank:
                position -= 1
            rank -= math.comb(position, places_left)
            lines[index[:-1]][start + position] = True
            position -= 1
            places_left -= 1
    return mask.reshape(-1)


def gap(file, m, shape, name, count, place):
    mask = np.zeros(count, bool)
    gaps = np.zeros(m["kept"], np.int64)
    if m["plane"] is not None:
        gaps = gaps + file.symbols(m["plane"], name, m["maximum"])
    positions = np.cumsum(gaps + 1) - 1
    if len(positions) and positions[-1] >= count:
        raise FormatError("keptCount", place, name)
    mask[positions] = True
    return mask


def block(file, m, shape, name, count, place):
    kept = file.bits(m["plane"], name, math.prod(m["grid"])).reshape(m["grid"])
    for axis, length in enumerate(m["block"]):
        kept = np.take(kept, np.arange(shape[axis]) // length, axis=axis)
    return np.ascontiguousarray(kept).reshape(-1)


VALUES = {"dense": dense, "uniform": uniform, "codebook": codebook, "trellis": trellis}
MASKS = {"bitmask": bitmask, "n-of-m": n_of_m, "gap": gap, "block": block}


class Set:
    """A file, or the shards behind an index: rule R35."""

    def __init__(self, path):
        self.main = File(path)
        self.files = [self.main]
        index = self.main.manifest.shards
        if index:
            count, roots, set_id = index
            stem = path[:-5] if path.endswith(".tlcq") else path
            self.files = []
            for ordinal in range(1, count + 1):
                root, place = roots[ordinal - 1]
                try:
                    shard = File(f"{stem}-{ordinal:05}-of-{count:05}.tlcq")
                except OSError:
                    raise FormatError("shardSet", place) from None
                if shard.manifest.shard != (count, ordinal, set_id) or shard.root != root:
                    raise FormatError("shardSet", place)
                self.files.append(shard)
        self.owner = {}
        for number, file in enumerate(self.files):
            for name in file.manifest.tensors:
                if name in self.owner:
                    raise FormatError("shardSet", index[1][number][1], name)
                self.owner[name] = file

    @property
    def tensors(self):
        return {name: file.manifest.tensors[name] for name, file in sorted(self.owner.items(), key=lambda x: x[0].encode())}

    def array(self, name):
        tensor = self.tensors[name]
        data = self.owner[name].read(name)
        if tensor["dtype"] == "bf16":
            return floats(data, "bf16").reshape(tensor["shape"])
        kind = NUMPY.get(tensor["dtype"], "<" + tensor["dtype"][0] + str(DTYPES[tensor["dtype"]]))
        return np.frombuffer(data, kind).reshape(tensor["shape"])

    def verify(self, depth="tensors"):
        for file in {id(f): f for f in [*self.files, self.main]}.values():
            file.verify(depth)


def open(path):
    """Opens a checkpoint, or a set through its index, and verifies its structure."""
    return Set(os.fspath(path))


def load(path):
    """Every tensor as a NumPy array, by name; every plane's digest is checked."""
    checkpoint = open(path)
    return {name: checkpoint.array(name) for name in checkpoint.tensors}
