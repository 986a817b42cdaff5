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

  public init(_ reason: Reason, at offset: Int, in tensor: String? = nil) {
    self.reason = reason
    self.offset = offset
    self.tensor = tensor
  }

  /// The rules that a file can break. A case's name is the specification's, and stable.
  public enum Reason: Equatable, Sendable {
    case truncated(byteCount: Int)
    case notTLCQ
    case unsupportedVersion(major: UInt16)
    case superblockDigest
    case unknownRequiredFeature(bits: UInt32)
    case reserved
    case fileLength(declared: UInt64, actual: Int)
    case manifestPlace(offset: UInt64, length: UInt64)
    case manifestDigest
    case notCanonical(String)
    case limit(String)
    case missingKey(String)
    case wrongType(key: String, expected: String)
    case outOfRange(key: String, found: String, allowed: String)
    case planeOffset(declared: Int, expected: Int)
    case nameOrder(previous: String)
    case invalidName
    case alias(target: String, String)
    case planeIndex(Int, String)
    case planeRole(found: String, expected: String)
    case planeRawLength(declared: Int, expected: Int)
    case transform(String)
    case featureBit(key: String)
    case unknownKind(String)
    case unknownCodec(String)
    case planeDigest(plane: Int)
    case padding
    case trailingBits
    case malformedPlane(String)
    case symbolRange(index: Int, symbol: Int, limit: Int)
    case invalidStep(index: Int, value: Double)
    case keptCount(declared: Int, found: Int)
    case contentDigest
    case shardSet(String)
  }
}

extension FormatError: CustomStringConvertible {
  public var description: String {
    let place = tensor.map { "tensor \"\($0)\", " } ?? ""
    return "\(place)byte \(offset): \(reason)"
  }
}
