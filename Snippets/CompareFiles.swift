// Compare two files by the values they decode to, however each stores them.
//
// Reads `model.tlcq` and `ternary.tlcq`.
import TLC

let first = try Checkpoint(path: "model.tlcq")
let second = try Checkpoint(path: "ternary.tlcq")
let difference = try first.difference(from: second)
for tensor in difference.changed {
  print(tensor.name, tensor.shape, "relative RMS \(tensor.distance.relativeRMSError)")
}
for name in difference.onlyInFirst + difference.onlyInSecond { print("\(name): in one only") }
print("\(difference.equalCount) tensors are equal")
