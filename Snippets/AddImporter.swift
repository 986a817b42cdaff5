// Add an importer of one's own: here, of a file that is nothing but float32 numbers.
//
// Reads `vector.f32` and writes `vector.tlcq`.
import TLC

enum RawFloatImporter: CheckpointImporter {
  static let name = "raw-float32"

  static func recognizes(_ input: ImportInput) -> Bool { input.path.hasSuffix(".f32") }

  static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    guard input.byteCount.isMultiple(of: 4), let shape = Shape([input.byteCount / 4]) else {
      throw .malformed(path: input.path, dataset: nil, "its length is no multiple of 4 bytes")
    }
    let vector = ImportedTensor(
      name: "vector", dtype: .f32, sourceShape: shape, source: "all"
    ) { _ throws(ImportError) in
      Tensor(dtype: .f32, shape: shape, bytes: try input.contents(upTo: 1 << 30))
    }
    return try ImportedCheckpoint(
      importer: name, rules: 1, sources: [input.path], tensors: [vector])
  }
}

var conversion = Conversion(input: "vector.f32", output: "vector.tlcq")
conversion.importers = .standard.adding(RawFloatImporter.self)
conversion.overwriting = true
let report = try conversion.run()
print(report.importer, report.tensors.map { "\($0.name) \($0.shape) \($0.encoding)" })
