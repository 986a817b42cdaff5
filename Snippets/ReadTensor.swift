// Read one tensor, and how far it is from what it was made of.
//
// Reads `model.tlcq`; no other tensor's bytes are touched.
import TLC

let name = "hidden_1/kernel"
let checkpoint = try Checkpoint(path: "model.tlcq")
guard let index = checkpoint.index(named: name), let tensor = try checkpoint.tensor(named: name)
else { fatalError("there is no tensor \(name)") }

tensor.withElements(of: Float.self) { elements in
  print("\(tensor.dtype) \(tensor.shape), the first is \(elements[0])")
}
// An alias has no certificate: it is another name of a tensor that has one.
if case .stored(let stored) = checkpoint.tensors[index].content {
  print("\(stored.summary), relative RMS error \(stored.certificate.relativeRMSError)")
  print("greatest absolute error \(stored.certificate.maximumAbsoluteError)")
}
