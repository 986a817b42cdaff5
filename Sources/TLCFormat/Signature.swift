internal import TLCCore
public import TLCSystem

/// A detached signature of a checkpoint: `formats/tlcq.md` §8.
public struct Signature: Equatable, Sendable {
  /// The public key that it is said to be by, 32 bytes.
  public let key: [UInt8]
  /// The root digest that is signed.
  public let root: Digest
  /// 64 bytes.
  public let signature: [UInt8]

  /// Signs a root digest.
  ///
  /// - Precondition: the private key is one of `Ed25519`.
  public init(of root: Digest, privateKey: [UInt8]) {
    guard let key = Ed25519.publicKey(ofPrivateKey: privateKey),
      let signature = Ed25519.signature(of: Self.message(root), privateKey: privateKey)
    else { preconditionFailure("a private key of \(privateKey.count) bytes") }
    self.key = key
    self.root = root
    self.signature = signature
  }

  private static func message(_ root: Digest) -> [UInt8] {
    Array("TLCQ v1 root\0".utf8) + root.bytes
  }

  /// Whether it is a signature of this root digest by the owner of its key.
  public func isValid(for root: Digest) -> Bool {
    root == self.root
      && Ed25519.isValid(signature: signature, of: Self.message(root), publicKey: key)
  }

  /// Parses the bytes of a signature file.
  public init(parsing bytes: [UInt8]) throws(FormatError) {
    let object = try KeyFile.object(bytes)
    key = try object.digest("key").bytes
    root = try object.digest("root")
    let value = try object.value("signature")
    guard let signature = [UInt8](hex: try object.string("signature")), signature.count == 64 else {
      throw object.outOfRange(
        "signature", "something else", allowed: "128 lower-case hexadecimal digits",
        at: value.offset)
    }
    self.signature = signature
  }

  /// The bytes of a signature file.
  public var bytes: [UInt8] {
    CanonicalJSONWriter.bytes(
      of: .object([
        ("algorithm", .string("ed25519")), ("key", .string(key.hex)), ("root", .string(root.hex)),
        ("signature", .string(signature.hex)),
      ]))
  }
}

/// A key file: `formats/tlcq.md` §8.
public enum KeyFile {
  /// Which half of a pair a file holds.
  public enum Part: String, Sendable {
    /// The half that checks signatures.
    case `public`
    /// The half that signs, for its owner alone.
    case `private`
  }

  /// The 32 bytes of a key.
  public static func key(_ part: Part, parsing bytes: [UInt8]) throws(FormatError) -> [UInt8] {
    try object(bytes).digest(part.rawValue).bytes
  }

  /// The bytes of a file that holds a key.
  public static func bytes(_ part: Part, key: [UInt8]) -> [UInt8] {
    CanonicalJSONWriter.bytes(
      of: .object([("algorithm", .string("ed25519")), (part.rawValue, .string(key.hex))]))
  }

  static func object(_ bytes: [UInt8]) throws(FormatError) -> JSONObject {
    guard bytes.count <= Limits.signatureByteCount else {
      throw FormatError(
        .limit("a key or signature has \(bytes.count) bytes, more than 4096"), at: 0)
    }
    var text = bytes
    if text.last == UInt8(ascii: "\n") { text.removeLast() }
    let object = try JSONObject(try CanonicalJSONParser.parse(text, at: 0), key: "file")
    _ = try object.choice("algorithm", [("ed25519", ())])
    return object
  }
}
