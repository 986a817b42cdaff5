// Convert a checkpoint by a recipe, and show how far the work has come.
//
// Reads `model.h5` and writes `model.tlcq`.
import TLC

let recipe = try Recipe(
  parsing: """
    tlc-recipe: 1
    rules:
      - match: {name: "bias"}
        keep: true
      - match: {floating: true, rank: [2, 8]}
        prune: {method: magnitude, sparsity: 0.5}
        quantize: {method: round-to-nearest, bits: 4, group: 16, range: mse}
    """)
var conversion = Conversion(input: "model.h5", output: "model.tlcq", recipe: recipe)
conversion.overwriting = true
let report = try conversion.run { progress in
  print("\(progress.activity): \(progress.doneByteCount) of \(progress.totalByteCount) bytes")
}
for tensor in report.tensors {
  print(tensor.name, tensor.encoding, "\(tensor.bitsPerElement) bits")
}
print("root \(report.rootDigest?.hex ?? "none")")
