// Find out whether a key that one trusts has signed a file.
//
// Reads `model.tlcq`, `model.tlcq.sig` and `me.pub`, as `tlc keygen me` and
// `tlc sign model.tlcq --key me.key` write them.
import Foundation
import TLC

let trusted = try KeyFile.key(
  .public, parsing: [UInt8](Data(contentsOf: URL(filePath: "me.pub"))))
let signature = try Signature(
  parsing: [UInt8](Data(contentsOf: URL(filePath: "model.tlcq.sig"))))

// A signature is of the root digest, so every byte must be checked against that first.
let report = try Checkpoint(path: "model.tlcq").verify(depth: .digests)
if let failure = report.failure { throw failure }

// A signature file names its own key: that it is the trusted one is for you to ask.
guard signature.key == trusted, signature.isValid(for: report.rootDigest) else {
  fatalError("not signed by the trusted key")
}
print("signed: \(report.rootDigest)")
