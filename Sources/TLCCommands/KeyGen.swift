import ArgumentParser
import TLC

/// `tlc keygen NAME`.
struct KeyGen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen", abstract: "Make a pair of keys to sign with.",
    discussion: """
      Writes NAME.key, for you alone, and NAME.pub, for those who are to trust it. Keys are Ed25519; \
      the private one is not encrypted.
      """)

  @Argument(help: "The path of the keys without .key and .pub.")
  var name: String

  @Flag(help: "Replace keys that are there.")
  var force = false

  func run() throws {
    try reportingErrors {
      Termination.handle { Terminal.clearProgress() }
      let key = Ed25519.newPrivateKey()
      guard let publicKey = Ed25519.publicKey(ofPrivateKey: key) else {
        throw ExitStatus.failure
      }
      try Keys.write(
        KeyFile.bytes(.private, key: key), to: "\(name).key", force: force, isSecret: true)
      try Keys.write(
        KeyFile.bytes(.public, key: publicKey), to: "\(name).pub", force: force, isSecret: false)
      print("\(name).pub: \(publicKey.hex)")
    }
  }
}
