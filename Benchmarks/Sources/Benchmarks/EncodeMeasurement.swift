import TLC

/// `encode THREADS METHOD TENSOR INPUT CODES [OUTPUT]`: stores the codes of one tensor in the fewest
/// bytes, certificate and digest apart. Untimed, it writes the codes to a file as int16 for peers,
/// and the tensor to a checkpoint where one is named.
///
/// METHOD is `step:S` in units of the tensor's RMS, or `bits:B` for one step a row.
enum EncodeMeasurement: Measurement {
  static let name = "encode"

  static func run(_ arguments: [String]) throws -> Outcome {
    let parallelism = Parallelism(threads: try arguments.number(0))
    let name = try arguments.argument(2)
    let checkpoint = try ImporterRegistry.standard.open(try arguments.argument(3))
    guard let tensor = checkpoint.tensors.first(where: { $0.name == name }) else {
      throw RequestError(description: "no tensor is named \(name)")
    }
    let source = try tensor.load(parallelism)
    let values = try quantizer(try arguments.argument(1)).quantize(source, parallelism: parallelism)
    guard let uniform = values as? UniformValues else {
      throw RequestError(description: "the method does not give uniform codes")
    }
    let path = try arguments.argument(4)
    let file = try AtomicFile(path: path, overwriting: true)
    let codes = uniform.codes.flatMap {
      [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
    }
    try file.append(codes.span)
    try file.commit()
    let encoder = TensorEncoder(parallelism: parallelism)
    let certified = encoder.certify(values, source: source)
    var encoded = encoder.encode(values, name: name, certified: certified, origin: nil)
    let seconds = seconds {
      encoded = encoder.encode(values, name: name, certified: certified, origin: nil)
    }
    if arguments.count > 5 {
      let writer = try CheckpointWriter(
        path: arguments[5], overwriting: true,
        provenance: Provenance(
          importer: checkpoint.importer, importerRules: checkpoint.rules, recipe: "", seed: 0,
          sources: [], tool: Tool.name, toolVersion: Tool.version))
      try writer.append(encoded)
      _ = try writer.finish()
    }
    return Outcome(
      seconds: seconds, others: [Double(encoded.storedByteCount), Double(uniform.codes.count)])
  }

  private static func quantizer(_ method: String) throws -> any Quantizer {
    let parts = method.split(separator: ":")
    if parts.first == "step", let step = parts.last.flatMap({ Double($0) }) {
      return UniformStepQuantizer(step: step)
    }
    if parts.first == "bits", let bits = parts.last.flatMap({ Int($0) }), (2...16).contains(bits) {
      return RoundToNearestQuantizer(bits: bits, granularity: Granularity(axis: 0))
    }
    throw RequestError(description: "\(method) is neither step:S nor bits:B")
  }
}
