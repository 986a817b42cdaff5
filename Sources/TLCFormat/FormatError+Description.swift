extension FormatError.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let byteCount):
      "the file has \(byteCount) bytes, fewer than the 128 of a superblock"
    case .notTLCQ:
      "the file does not start with the eight bytes of a .tlcq file, or its transfer changed them"
    case .unsupportedVersion(let major):
      "format version \(major) is not 1, the one this reader knows"
    case .superblockDigest:
      "the superblock does not have the digest that it states: it is damaged"
    case .unknownRequiredFeature(let bits):
      "the file requires features that this reader does not know (bits 0x\(String(bits, radix: 16)))"
    case .reserved:
      "reserved bytes are not 0"
    case .fileLength(let declared, let actual):
      "the file has \(actual) bytes, not the \(declared) that it states"
    case .manifestPlace(let offset, let length):
      "a manifest of \(length) bytes at \(offset) does not end the file at the first multiple of 64"
        + " behind its planes"
    case .manifestDigest:
      "the manifest does not have the digest that the superblock states: it is damaged"
    case .manifestRawLength(let length):
      "a manifest of \(length) bytes before it was deflated is no manifest, or more than a reader takes"
    case .malformedManifest(let what): "the manifest: \(what)"
    case .notCanonical(let what): "the manifest is not canonical JSON: \(what)"
    case .limit(let what): what
    case .missingKey(let key): "key \"\(key)\" is missing"
    case .wrongType(let key, let expected): "\"\(key)\" is not \(expected)"
    case .outOfRange(let key, let found, let allowed):
      "\"\(key)\" is \(found), and not \(allowed)"
    case .planeOffset(let declared, let expected):
      "a plane is said to start at \(declared), and must start at \(expected)"
    case .nameOrder(let previous):
      "the name does not come after \"\(previous)\" in the order of UTF-8 bytes"
    case .invalidName:
      "a name is not 1 to 1,024 bytes of UTF-8 without control characters"
    case .alias(let target, let why): "the alias's target \"\(target)\" \(why)"
    case .planeIndex(let index, let why): "plane \(index) \(why)"
    case .planeRole(let found, let expected):
      "the plane has the role \"\(found)\", and is used as \"\(expected)\""
    case .planeRawLength(let declared, let expected):
      "the plane's raw form is said to be \(declared) bytes, and must be \(expected)"
    case .transform(let why): "the transforms do not lead to the tensor's shape: \(why)"
    case .featureBit(let key):
      "the superblock's feature bits and the manifest do not agree on \"\(key)\""
    case .unknownKind(let kind): "this reader does not know the kind \"\(kind)\""
    case .unknownCodec(let codec): "this reader does not know the codec \"\(codec)\""
    case .planeDigest(let plane):
      "plane \(plane) does not have the digest that the manifest states: it is damaged"
    case .padding: "a byte between planes is not 0"
    case .trailingBits: "the bits after the plane's last symbol are not 0"
    case .malformedPlane(let what): what
    case .symbolRange(let index, let symbol, let limit):
      "symbol \(index) of the plane is \(symbol), above the \(limit) that its use allows"
    case .invalidStep(let index, let value):
      "step \(index) is \(value), and not a finite number from +0 up"
    case .keptCount(let declared, let found):
      "the mask keeps \(found) elements, not the \(declared) that it states"
    case .contentDigest:
      "the decoded values do not have the digest that the manifest states"
    case .shardSet(let what): what
    case .graph(let what): "the graph has no meaning: \(what)"
    case .probe(let what): "the probe is not one of the graph: \(what)"
    case .probeMismatch(let what): "the probe does not give what it recorded: \(what)"
    }
  }
}
