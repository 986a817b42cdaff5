internal import TLCCore
public import TLCSystem

/// The first 128 bytes of a file: `formats/tlcq.md` §2.
public struct Superblock: Equatable, Sendable {
  /// The length in bytes.
  public static let byteCount = 128
  /// The bytes that every file starts with.
  public static let magic: [UInt8] = [0x89, 0x54, 0x4C, 0x43, 0x51, 0x0D, 0x0A, 0x1A]
  /// The major version of the format that this package reads and writes.
  public static let major: UInt16 = 1

  /// Feature bits that a reader must know.
  public struct Required: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// The tensors are in other files.
    public static let shardIndex = Required(rawValue: 1 << 0)
    /// The file is one of a set.
    public static let shard = Required(rawValue: 1 << 1)
    /// The manifest is deflated.
    public static let deflatedManifest = Required(rawValue: 1 << 2)
    static let known: Required = [.shardIndex, .shard, .deflatedManifest]
  }

  /// Feature bits that a reader may ignore.
  public struct Optional: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// The manifest has a graph.
    public static let graph = Optional(rawValue: 1 << 0)
    /// The manifest has probes.
    public static let probes = Optional(rawValue: 1 << 1)
  }

  /// The minor version of the format.
  public var minor: UInt16 = 0
  /// Feature bits that a reader must know.
  public var required: Required
  /// Feature bits that a reader may ignore.
  public var optional: Optional
  /// The manifest's place, in bytes from the start of the file, of which it is the end.
  public var manifest: Range<Int>
  /// The SHA-256 of the manifest, as it is stored.
  public var manifestDigest: Digest
  /// The bytes of the manifest before it was deflated, 0 where it was not.
  public var manifestRawByteCount = 0

  init(
    required: Required = [], optional: Optional = [], manifest: Range<Int>, manifestDigest: Digest
  ) {
    self.required = required
    self.optional = optional
    self.manifest = manifest
    self.manifestDigest = manifestDigest
  }

  /// The 128 bytes.
  public var bytes: [UInt8] {
    var bytes = Self.magic
    bytes.append(littleEndian: Self.major)
    bytes.append(littleEndian: minor)
    bytes.append(littleEndian: required.rawValue)
    bytes.append(littleEndian: optional.rawValue)
    bytes.append(littleEndian: UInt32(0))
    bytes.append(littleEndian: UInt64(manifest.upperBound))
    bytes.append(littleEndian: UInt64(manifest.lowerBound))
    bytes.append(littleEndian: UInt64(manifest.count))
    bytes += manifestDigest.bytes
    bytes.append(littleEndian: UInt64(manifestRawByteCount))
    bytes.append(littleEndian: UInt64(0))
    return bytes + Digest(of: bytes.span).bytes
  }

  /// The artifact's identity: the digest of the superblock's first 96 bytes.
  public var rootDigest: Digest { Digest(bytes: Array(bytes.suffix(32))) }
}

extension Superblock {
  /// Parses a superblock and checks it against the file's length: rules R1 to R8.
  init(parsing bytes: [UInt8], fileByteCount: Int) throws(FormatError) {
    guard bytes.count >= Self.byteCount else {
      throw FormatError(.truncated(byteCount: fileByteCount), at: fileByteCount)
    }
    guard bytes.starts(with: Self.magic) else { throw FormatError(.notTLCQ, at: 0) }
    let major: UInt16 = bytes.littleEndian(at: 8)
    guard major == Self.major else { throw FormatError(.unsupportedVersion(major: major), at: 8) }
    guard Digest(of: bytes.span.extracting(0..<96)).bytes == Array(bytes[96..<128]) else {
      throw FormatError(.superblockDigest, at: 96)
    }
    minor = bytes.littleEndian(at: 10)
    required = Required(rawValue: bytes.littleEndian(at: 12))
    let unknown = required.subtracting(.known)
    guard unknown.isEmpty else {
      throw FormatError(.unknownRequiredFeature(bits: unknown.rawValue), at: 12)
    }
    optional = Optional(rawValue: bytes.littleEndian(at: 16))
    let isDeflated = required.contains(.deflatedManifest)
    let reserved = [20..<24, 80..<(isDeflated ? 80 : 88), 88..<96]
    for field in reserved where bytes[field].contains(where: { $0 != 0 }) {
      throw FormatError(.reserved, at: field.lowerBound)
    }
    let fileLength: UInt64 = bytes.littleEndian(at: 24)
    guard fileLength == UInt64(fileByteCount) else {
      throw FormatError(.fileLength(declared: fileLength, actual: fileByteCount), at: 24)
    }
    let offset: UInt64 = bytes.littleEndian(at: 32)
    let length: UInt64 = bytes.littleEndian(at: 40)
    let misplaced = FormatError.Reason.manifestPlace(offset: offset, length: length)
    guard offset >= UInt64(Self.byteCount), offset % UInt64(PlaneRecord.alignment) == 0 else {
      throw FormatError(misplaced, at: 32)
    }
    guard (2...UInt64(Limits.manifestByteCount)).contains(length), offset <= fileLength,
      fileLength - offset == length
    else { throw FormatError(misplaced, at: 40) }
    let rawLength: UInt64 = bytes.littleEndian(at: 80)
    guard !isDeflated || (2...UInt64(Limits.manifestByteCount)).contains(rawLength) else {
      throw FormatError(.manifestRawLength(rawLength), at: 80)
    }
    manifestRawByteCount = Int(rawLength)
    manifest = Int(offset)..<fileByteCount
    manifestDigest = Digest(bytes: Array(bytes[48..<80]))
  }

  /// The manifest, of what is stored of it: rules R9 and R9a.
  func manifest(from stored: [UInt8]) throws(FormatError) -> [UInt8] {
    guard Digest(of: stored.span) == manifestDigest else {
      throw FormatError(.manifestDigest, at: 48)
    }
    guard required.contains(.deflatedManifest) else { return stored }
    do throws(DeflateError) {
      return try Deflate.inflate(stored.span, count: manifestRawByteCount, format: .raw)
    } catch { throw FormatError(.malformedManifest("\(error)"), at: manifest.lowerBound) }
  }
}
