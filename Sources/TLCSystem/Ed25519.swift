internal import Crypto
internal import TLCCore

/// Ed25519 (RFC 8032): a private key that signs, and the public key that checks.
public enum Ed25519 {
  /// A new private key, of 32 random bytes.
  public static func newPrivateKey() -> [UInt8] {
    Array(Curve25519.Signing.PrivateKey().rawRepresentation)
  }

  /// The public key of a private key; `nil` where that is not 32 bytes.
  public static func publicKey(ofPrivateKey key: [UInt8]) -> [UInt8]? {
    (try? Curve25519.Signing.PrivateKey(rawRepresentation: key)).map {
      Array($0.publicKey.rawRepresentation)
    }
  }

  /// The signature of a message, 64 bytes; `nil` where the key is not 32 bytes.
  public static func signature(of message: [UInt8], privateKey: [UInt8]) -> [UInt8]? {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: privateKey) else {
      return nil
    }
    return (try? key.signature(for: message)).map { Array($0) }
  }

  /// Whether a signature is that of a message by the owner of a public key.
  public static func isValid(
    signature: [UInt8], of message: [UInt8], publicKey: [UInt8]
  ) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
      return false
    }
    return key.isValidSignature(signature, for: message)
  }
}
