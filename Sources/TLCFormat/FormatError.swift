/// What made the bytes of a `.tlcq` file unacceptable, and where.
///
/// Every message reads as one sentence that names the place, what was found there and what would
/// have been right:
///
///     tensor "dense_1/kernel", byte 4096: plane 3 does not have the digest that the manifest states
///
/// The rules are those of `formats/tlcq.md` §9.
public struct FormatError: Error, Equatable, Sendable {
  /// The rule that was broken, with the values that broke it.
  public var reason: Reason
  /// The absolute offset in bytes of what broke it.
  public var offset: Int
  /// The tensor being read, if reading had got as far as one.
  public var tensor: String?

  /// Creates an error.
  public init(_ reason: Reason, at offset: Int, in tensor: String? = nil) {
    self.reason = reason
    self.offset = offset
    self.tensor = tensor
  }

  /// The rules that a file can break. A case's name is the specification's, and stable.
  public enum Reason: Equatable, Sendable {
    /// The file is shorter than a superblock.
    case truncated(byteCount: Int)
    /// The file does not start with the magic bytes.
    case notTLCQ
    /// The major version is one that this reader does not know.
    case unsupportedVersion(major: UInt16)
    /// The superblock does not have the digest that it states.
    case superblockDigest
    /// The file needs features that this reader does not know.
    case unknownRequiredFeature(bits: UInt32)
    /// Reserved bytes are not 0.
    case reserved
    /// The file is not as long as it states.
    case fileLength(declared: UInt64, actual: Int)
    /// The manifest does not end the file right behind the planes.
    case manifestPlace(offset: UInt64, length: UInt64)
    /// The manifest does not have the digest that the superblock states.
    case manifestDigest
    /// A deflated manifest is said to have fewer or more bytes than a manifest can (R8).
    case manifestRawLength(UInt64)
    /// A manifest is not the DEFLATE stream that it should be (R9a).
    case malformedManifest(String)
    /// The manifest is not canonical JSON.
    case notCanonical(String)
    /// Something is above a limit of ``Limits``.
    case limit(String)
    /// An object lacks a key that it must have.
    case missingKey(String)
    /// The value of a key is of another JSON type.
    case wrongType(key: String, expected: String)
    /// The value of a key is not one that is allowed.
    case outOfRange(key: String, found: String, allowed: String)
    /// A plane does not start right behind the one before it.
    case planeOffset(declared: Int, expected: Int)
    /// A name does not come after the one before it.
    case nameOrder(previous: String)
    /// A name is empty, too long or has control characters.
    case invalidName
    /// An alias stands for what it cannot stand for.
    case alias(target: String, String)
    /// A plane is used twice, is not used, or does not exist.
    case planeIndex(Int, String)
    /// A plane is used as something else than its role.
    case planeRole(found: String, expected: String)
    /// The raw length of a plane is not what its use needs.
    case planeRawLength(declared: Int, expected: Int)
    /// Transforms do not lead to the tensor's shape.
    case transform(String)
    /// Feature bits and manifest do not agree.
    case featureBit(key: String)
    /// A kind of values or mask that this reader does not know.
    case unknownKind(String)
    /// A codec that this reader does not know.
    case unknownCodec(String)
    /// A plane does not have the digest that the manifest states.
    case planeDigest(plane: Int)
    /// A byte between planes is not 0.
    case padding
    /// The bits after the last symbol of a plane are not 0.
    case trailingBits
    /// A plane's bytes break the rules of its codec.
    case malformedPlane(String)
    /// A symbol is above what its use allows.
    case symbolRange(index: Int, symbol: Int, limit: Int)
    /// A step is negative, infinite or NaN.
    case invalidStep(index: Int, value: Double)
    /// A mask keeps another number of elements than it states.
    case keptCount(declared: Int, found: Int)
    /// The decoded values do not have the digest that the manifest states.
    case contentDigest
    /// The files of a set are incomplete, or do not belong together.
    case shardSet(String)
    /// The graph has no meaning.
    case graph(String)
    /// A probe is not one of the graph.
    case probe(String)
    /// A probe that is repeated gives something else.
    case probeMismatch(String)
  }
}

extension FormatError: CustomStringConvertible {
  public var description: String {
    let place = tensor.map { "tensor \"\($0)\", " } ?? ""
    return "\(place)byte \(offset): \(reason)"
  }
}
