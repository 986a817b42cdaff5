// Run the model of a file, and trust what it gives.
//
// Reads `model.tlcq`, repeats the runs that it records, and runs it on other inputs.
import TLC

let session = try Session(opening: "model.tlcq", verifying: .probes)
let inputs = session.inputs.map { input in
  let lengths = input.type.dimensions.map { $0.length ?? 1 }
  let shape = Shape(lengths) ?? .scalar
  return (input.name, ProbeDraw.uniform(seed: 7).tensor(input.type.dtype, shape))
}
let outputs = try session.run(Dictionary(uniqueKeysWithValues: inputs))
for (name, output) in zip(session.outputs, outputs) {
  print("\(name) \(output.dtype) \(output.shape)")
}
