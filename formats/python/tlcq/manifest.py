"""The manifest: rules R10 to R23, all checked before anything is handed out."""
import math

from . import canonical
from .errors import FormatError
from .objects import Object

DTYPES = {"bool": 1, "u8": 1, "i8": 1, "u16": 2, "i16": 2, "u32": 4, "i32": 4, "u64": 8, "i64": 8, "f16": 2, "bf16": 2, "f32": 4, "f64": 8}
FLOATS = {"f16": "<f2", "bf16": "bf16", "f32": "<f4", "f64": "<f8"}


class Plane:
    def __init__(self, node, expected):
        o = Object(node)
        self.codec, self.codec_at = o.text("codec"), o.at("codec")
        self.digest = o.hexadecimal("digest", 32)
        self.length = o.integer("length", 1)
        self.offset = o.integer("offset")
        if self.offset != expected:
            o.fail("planeOffset", o.at("offset"))
        self.raw_length = o.integer("rawLength", 1)
        self.role = o.text("role")
        self.end = -(-(self.offset + self.length) // 64) * 64


class Reference:
    """A plane that is used: its index, and the number and width of its symbols."""

    def __init__(self, index, count, width):
        self.index, self.count, self.width = index, count, width


class Manifest:
    def __init__(self, data, base, required, optional, minor):
        root = Object(canonical.parse(data, base))
        self.used = set()
        for key, is_set in (("shards", required & 1), ("shard", required & 2), ("graph", optional & 1), ("probes", optional & 2)):
            if bool(is_set) != root.has(key):
                root.fail("featureBit", root.at(key) if root.has(key) else root.offset)
        self.planes, at = [], 128
        for node in root.array("planes"):
            self.planes.append(Plane(node, at))
            at = self.planes[-1].end
        if at != base:
            raise FormatError("manifestPlace", 32)
        sources = root.members.get("provenance")
        sources = sources.value.get("sources") if sources and sources.kind == "object" else None
        self.source_count = len(sources.value) if sources and sources.kind == "array" else 0
        self.tensors = {}
        last = None
        for node in root.array("tensors"):
            last = self.tensor(node, last)
        for name, tensor in self.tensors.items():
            if tensor["alias"] is not None:
                target = self.tensors.get(tensor["alias"])
                if not target or target["alias"] is not None or (target["dtype"], target["shape"]) != (tensor["dtype"], tensor["shape"]):
                    raise FormatError("alias", tensor["alias_at"], name)
        if required & 1 and self.tensors:
            root.fail("outOfRange", root.array("tensors")[0].offset)
        self.assets, last = {}, None
        for node in root.array("assets") if root.has("assets") else []:
            last = self.asset(node, last)
        self.provenance(root.object("provenance"))
        self.shard = self.shards = None
        if root.has("shard"):
            o = root.object("shard")
            count = o.integer("count", 1, 99999)
            self.shard = (count, o.integer("ordinal", 1, count), o.hexadecimal("set", 32))
        if root.has("shards"):
            o = root.object("shards")
            count = o.integer("count", 1, 99999)
            roots = []
            for node in o.array("roots"):
                roots.append((Object.hexadecimal(_Single(node), "x", 32), node.offset))
            if len(roots) != count:
                o.fail("outOfRange", o.at("roots"))
            self.shards = (count, roots, o.hexadecimal("set", 32))
        for key, kind in (("graph", "object"), ("probes", "array")):
            if root.has(key):
                root.node(key, kind)
        self.probes = []
        if minor >= 1 and root.has("probes"):
            if len(root.array("probes")) > 64:
                root.fail("outOfRange", root.at("probes"))
            self.probes = [probe(self, Object(node)) for node in root.array("probes")]

    def take(self, o, key, role, count, width, optional=True):
        node = o.node(key)
        raw = -(-count * width // 8)
        if node.kind == "null" and optional:
            if raw:
                o.fail("planeRawLength", node.offset)
            return None
        if node.kind != "integer":
            o.fail("wrongType", node.offset)
        index = node.value
        if not 0 <= index < len(self.planes) or index in self.used:
            o.fail("planeIndex", node.offset)
        if self.planes[index].role != role:
            o.fail("planeRole", node.offset)
        if self.planes[index].raw_length != raw:
            o.fail("planeRawLength", node.offset)
        self.used.add(index)
        return Reference(index, count, width)

    def tensor(self, node, last):
        o = Object(node)
        name = o.name("name")
        o.tensor = name
        if last is not None and name.encode() <= last.encode():
            o.fail("nameOrder", o.at("name"))
        tensor = {"alias": None, "offset": o.offset}
        if o.has("alias"):
            tensor["alias"], tensor["alias_at"] = o.text("alias"), o.at("alias")
            tensor["dtype"], tensor["shape"] = o.choice("dtype", DTYPES), o.shape("shape")
        else:
            certificate(o.object("certificate"))
            tensor["digest"], tensor["digest_at"] = o.hexadecimal("digest", 32), o.at("digest")
            tensor["dtype"], tensor["shape"] = o.choice("dtype", DTYPES), o.shape("shape")
            tensor["shape_at"] = o.at("shape")
            self.encoding(o.object("encoding"), tensor)
        if o.has("source"):
            self.source(o.object("source"), tensor["shape"])
        self.tensors[name] = tensor
        return name

    def encoding(self, o, tensor):
        count = math.prod(tensor["shape"])
        tensor["unknown"] = None
        tensor["mask"] = None
        kept = count
        if o.has("mask"):
            m = o.object("mask")
            kind = m.text("kind")
            if kind not in MASKS:
                tensor["unknown"] = m.at("kind")
                return
            tensor["mask"] = mask = MASKS[kind](self, m, tensor["shape"])
            mask.update(kind=kind, kept_at=m.at("kept"))
            kept = mask["kept"]
        v = o.object("values")
        kind = v.text("kind")
        if kind not in VALUES:
            tensor["unknown"] = v.at("kind")
            return
        tensor["values"] = VALUES[kind](self, v, tensor, kept)
        tensor["values"]["kind"] = kind

    def source(self, o, shape):
        if o.integer("file") >= self.source_count:
            o.fail("outOfRange", o.at("file"))
        o.text("name")
        if not o.has("transforms"):
            return
        place = o.at("transforms")
        stage = list(shape)
        steps = []
        for node in o.array("transforms"):
            t = Object(node, o.tensor)
            if t.choice("op", ("transpose", "reshape")) == "transpose":
                steps.append(("transpose", t.integers("permutation", 0, 7)))
            else:
                steps.append(("reshape", t.integers("from"), t.integers("to")))
        for step in reversed(steps):
            if step[0] == "transpose":
                if sorted(step[1]) != list(range(len(stage))):
                    o.fail("transform", place)
                before = [0] * len(stage)
                for i, p in enumerate(step[1]):
                    before[p] = stage[i]
            else:
                before, after = step[1], step[2]
                sizes = [math.prod(x or 1 for x in s) for s in (before, after)]
                if after != stage or math.prod(before) != math.prod(after) or max(sizes) >= 1 << 53 or len(before) > 8:
                    o.fail("transform", place)
            stage = before

    def asset(self, node, last):
        o = Object(node)
        name = o.name("name")
        if last is not None and name.encode() <= last.encode():
            o.fail("nameOrder", o.at("name"))
        length = o.integer("length")
        o.text("mediaType")
        self.assets[name] = self.take(o, "plane", "asset", length, 8)
        return name

    def provenance(self, o):
        importer = o.object("importer")
        importer.text("name")
        importer.integer("rules", 1)
        o.text("recipe")
        o.integer("seed")
        for node in o.array("sources"):
            s = Object(node)
            s.hexadecimal("digest", 32)
            s.integer("length")
            if s.has("license"):
                s.text("license")
            s.text("name")
        if o.has("calibration"):
            c = o.object("calibration")
            c.integer("length", 1)
            c.hexadecimal("digest", 32)
            c.integer("samples", 1)
            if c.has("tokens"):
                c.integer("tokens")
        tool = o.object("tool")
        tool.text("name")
        tool.text("version")


class _Single(Object):
    """A value of an array, as if it were a member."""

    def __init__(self, node):
        self.members, self.offset, self.tensor = {"x": node}, node.offset, None


def dense(manifest, o, tensor, kept):
    return {"plane": manifest.take(o, "plane", "values", kept * DTYPES[tensor["dtype"]], 8)}


def uniform(manifest, o, tensor, kept):
    if tensor["dtype"] not in FLOATS:
        o.fail("outOfRange", o.at("kind"))
    shape = tensor["shape"]
    v = {"axis": None, "group": None, "zeros": None}
    if o.has("axis"):
        if not shape:
            o.fail("outOfRange", o.at("axis"))
        v["axis"] = o.integer("axis", 0, len(shape) - 1)
        if o.has("group"):
            v["group"] = o.integer("group", 8, (1 << 31) - 1)
    bound = (1 << 23) - 1
    v["maximum"] = o.integer("maximum", -bound, bound)
    v["minimum"] = o.integer("minimum", -bound, v["maximum"])
    if v["maximum"] - v["minimum"] >= 1 << 24:
        o.fail("outOfRange", o.at("maximum"))
    width = (v["maximum"] - v["minimum"]).bit_length()
    v["codes"] = manifest.take(o, "codes", "codes", kept, width)
    v["step_type"] = o.choice("stepType", ("f64",) if tensor["dtype"] == "f64" else ("f16", "bf16", "f32"))
    zero_key = "zeroPoint" if v["axis"] is None else "zeroPoints"
    if not o.has(zero_key) and not v["minimum"] <= 0 <= v["maximum"]:
        o.fail("outOfRange", o.at("minimum"))
    size = DTYPES[v["step_type"]]
    if v["axis"] is None:
        bits = o.hexadecimal("step", size)
        v["step"] = floats(bits[::-1], v["step_type"])
        if not is_step(v["step"]).all():
            o.fail("invalidStep", o.at("step"))
        v["zero"] = 0
        if o.has("zeroPoint"):
            v["zero"] = o.integer("zeroPoint", v["minimum"], v["maximum"])
            if v["zero"] == 0:
                o.fail("outOfRange", o.at("zeroPoint"))
    else:
        lengths = list(shape)
        if v["group"] is None:
            count = lengths[v["axis"]]
        else:
            lengths[v["axis"]] = -(-lengths[v["axis"]] // v["group"])
            count = math.prod(lengths)
        v["count"] = count
        v["steps"] = manifest.take(o, "steps", "steps", count * size, 8)
        v["has_zeros"] = o.has("zeroPoints")
        if v["has_zeros"]:
            v["zeros"] = manifest.take(o, "zeroPoints", "zero-points", count, width)
    return v


def codebook(manifest, o, tensor, kept):
    count = o.integer("count", 1, 65536)
    return {
        "count": count,
        "codes": manifest.take(o, "codes", "codes", kept, (count - 1).bit_length()),
        "entries": manifest.take(o, "entries", "entries", count * DTYPES[tensor["dtype"]], 8, optional=False),
    }


def trellis(manifest, o, tensor, kept):
    if tensor["dtype"] not in FLOATS or not tensor["shape"]:
        o.fail("outOfRange", o.at("kind"))
    v = {"axis": o.integer("axis", 0, len(tensor["shape"]) - 1), "states": o.integer("states", 4, 8)}
    if v["states"] not in (4, 8):
        o.fail("outOfRange", o.at("states"))
    bound = (1 << 22) - 1
    v["minimum"] = o.integer("minimum", -bound, 0)
    v["maximum"] = o.integer("maximum", max(0, v["minimum"] + 1), bound)
    kind = "f64" if tensor["dtype"] == "f64" else "f32"
    v["step"] = floats(o.hexadecimal("step", DTYPES[kind])[::-1], kind)
    if not is_step(v["step"]).all():
        o.fail("invalidStep", o.at("step"))
    first = o.integer("onGrid0", 0, kept)
    width = (v["maximum"] - v["minimum"]).bit_length()
    v["counts"] = (first, kept - first)
    v["codes"] = [manifest.take(o, f"codes{grid}", "codes", v["counts"][grid], width) for grid in (0, 1)]
    return v


def floats(data, kind):
    import numpy as np

    if kind == "bf16":
        return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    return np.frombuffer(data, FLOATS[kind])


def is_step(values):
    import numpy as np

    return np.isfinite(values) & ~np.signbit(values)


def bitmask(manifest, o, shape):
    kept = o.integer("kept")
    return {"kept": kept, "plane": manifest.take(o, "plane", "mask", -(-math.prod(shape) // 8), 8)}


def n_of_m(manifest, o, shape):
    if not shape:
        o.fail("outOfRange", o.at("axis"))
    axis = o.integer("axis", 0, len(shape) - 1)
    kept = o.integer("kept")
    m = o.integer("m", 2, 16)
    n = o.integer("n", 1, m - 1)
    groups = list(shape)
    groups[axis] = -(-groups[axis] // m)
    width = (math.comb(m, n) - 1).bit_length()
    return {"kept": kept, "axis": axis, "m": m, "n": n, "groups": groups, "plane": manifest.take(o, "plane", "mask", math.prod(groups), width)}


def gap(manifest, o, shape):
    kept = o.integer("kept")
    maximum = o.integer("maximum", 0, (1 << 24) - 1)
    return {"kept": kept, "maximum": maximum, "plane": manifest.take(o, "plane", "mask", kept, maximum.bit_length())}


def block(manifest, o, shape):
    lengths = o.integers("block", 1, 65536)
    if not shape or len(lengths) != len(shape):
        o.fail("outOfRange", o.at("block"))
    kept = o.integer("kept")
    grid = [-(-d // b) for d, b in zip(shape, lengths)]
    return {"kept": kept, "block": lengths, "grid": grid, "plane": manifest.take(o, "plane", "mask", -(-math.prod(grid) // 8), 8)}


def probe(manifest, o):
    out = {"compute": o.text("compute")}
    count = o.integer("fingerprintCount")
    out["fingerprints"] = manifest.take(o, "fingerprints", "fingerprints", 16 * count, 8)
    out["inputs"] = [probe_value(manifest, Object(node), is_input=True) for node in o.array("inputs")]
    out["origin"] = o.choice("origin", ("drawn", "samples"))
    out["outputs"] = [probe_value(manifest, Object(node), is_input=False) for node in o.array("outputs")]
    return out


def probe_value(manifest, o, is_input):
    v = {"name": o.name("name"), "dtype": o.choice("dtype", DTYPES), "shape": o.shape("shape")}
    count = math.prod(v["shape"]) * DTYPES[v["dtype"]]
    if is_input:
        if o.has("draw"):
            v["draw"] = draw(o.object("draw"), v["dtype"])
        else:
            v["plane"] = manifest.take(o, "plane", "probe", count, 8)
        return v
    certificate(o.object("certificate"))
    v["digest"] = o.hexadecimal("digest", 32)
    for key in ("plane", "source"):
        v[key] = manifest.take(o, key, "probe", count, 8) if o.has(key) else None
    v["tolerance"] = o.hexadecimal("tolerance", 8)
    return v


BOUNDS = {"bool": 2, "i8": 1 << 7, "u8": 1 << 8, "bf16": 1 << 8, "f16": 1 << 11, "i16": 1 << 15, "u16": 1 << 16, "f32": 1 << 24}


def draw(o, dtype):
    kind = o.choice("kind", ("integers", "ones", "uniform"))
    if kind == "uniform" and dtype not in FLOATS:
        o.fail("outOfRange", o.at("kind"))
    bound = o.integer("bound", 1, BOUNDS.get(dtype, (1 << 31) - 1)) if kind == "integers" else None
    return {"kind": kind, "bound": bound, "seed": None if kind == "ones" else o.hexadecimal("seed", 8)}


def certificate(c):
    for key in ("cosine", "maxAbsoluteError", "relativeRMSError"):
        c.hexadecimal(key, 8)
    for key in ("infinite", "nan", "nonZero", "saturated"):
        c.integer(key)


VALUES = {"dense": dense, "uniform": uniform, "codebook": codebook, "trellis": trellis}
MASKS = {"bitmask": bitmask, "n-of-m": n_of_m, "gap": gap, "block": block}
