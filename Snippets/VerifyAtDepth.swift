// Open a file, and verify it as deeply as the occasion asks for.
//
// Reads `model.tlcq`, and `model.h5` that it was made from.
import TLC

// Opening verifies the structure: a file that breaks a rule of it is refused here.
let checkpoint = try Checkpoint(path: "model.tlcq")

// Every stored byte against its digest; `.tensors` also decodes each tensor.
let report = try checkpoint.verify(depth: .digests)
if let failure = report.failure { throw failure }
print("\(report.planeCount) planes, \(report.byteCount) bytes, root \(report.rootDigest)")

// Every certificate, measured again from the source.
let comparison = try checkpoint.compare(withSource: "model.h5")
for mismatch in comparison.mismatches { print(mismatch) }
print(comparison.isSound ? "as certified" : "not as certified")
