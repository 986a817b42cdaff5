// Export decoded tensors, under the names and in the orientation of the source.
//
// Reads `model.tlcq` and writes `model.safetensors`.
import TLC

let checkpoint = try Checkpoint(path: "model.tlcq")
try checkpoint.export(to: "model.safetensors", overwriting: true) { progress in
  print("\(progress.doneByteCount) of \(progress.totalByteCount) bytes")
}
