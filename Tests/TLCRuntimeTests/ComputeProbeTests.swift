import TLCCore
import TLCFormat
import TLCModel
import TLCRuntime
import TLCSystem
import TLCTestSupport
import Testing

/// Probes that are computed as `int8`.
@Suite struct ComputeProbeTests {
  /// A file of a product, whose probe has this way to compute, and what `change` makes of the
  /// fingerprints.
  private static func file(
    in scratch: Scratch, labelled compute: String, mask: Bool = false,
    change: (inout [UInt8]) -> Void = { _ in }
  ) throws -> Checkpoint {
    var values = try ComputeTests.values(24, 40, axis: 1)
    if mask {
      values = UniformValues(
        shape: values.shape, dtype: .f32, layout: values.layout, stepType: .f32,
        steps: values.steps, minimum: values.minimum, maximum: values.maximum,
        codes: values.codes.enumerated().map { $0 % 5 == 0 ? $1 : 0 })
    }
    var builder = GraphBuilder()
    let x = try builder.input("x", ValueType(.f32, [Dimension(named: "batch"), 24]))
    let weight = try builder.tensor("w", ValueType(.f32, values.shape))
    let product = try builder.add("MatMul", [x, weight], name: "product")
    try builder.output(try builder.add("Tanh", [product], name: "y"))
    let graph = try TypedGraph(builder.graph) { _ in ValueType(.f32, values.shape) }
    let input = ProbeRecord.Value(name: "x", dtype: .f32, shape: try #require(Shape([2, 24])))
    let drawn = Probe.Input(input, drawn: .uniform(seed: 9))
    let observed = try ObservedRun(
      graph.computing(.int8) { [values] _ in ByteCodes(values) }, ["x": drawn.tensor]
    ) { _ in values.decoded() }
    var fingerprints = observed.fingerprints
    change(&fingerprints)
    let path = scratch.path("model.tlcq")
    let writer = try CheckpointWriter(
      path: path, overwriting: true,
      provenance: Provenance(
        importer: "test", importerRules: 1, recipe: "", seed: 0, sources: [], tool: "test",
        toolVersion: "1"))
    let encoded = TensorEncoder().encode(
      values, name: "w", source: values.decoded(), origin: nil)
    #expect(encoded.summary.contains("int8 axis 1") && (encoded.summary != "int8 axis 1") == mask)
    try writer.append(encoded)
    writer.setGraph(Array(graph.graph.json.json.utf8))
    try writer.append(
      Probe(
        compute: compute, origin: .drawn, fingerprints: fingerprints, inputs: [drawn],
        outputs: [
          Probe.Output(
            name: "y", tensor: observed.outputs[0], source: observed.outputs[0], tolerance: 0)
        ]))
    try writer.finish()
    return try Checkpoint(path: path)
  }

  @Test(arguments: [false, true])
  func `is repeated, with a mask and without`(mask: Bool) throws {
    let scratch = try Scratch()
    let checkpoint = try Self.file(in: scratch, labelled: "int8", mask: mask)
    #expect(
      try checkpoint.repeatProbes() == ProbeReport(repeatedCount: 1, valueCount: 2, unknown: []))
    let probe = try #require(checkpoint.main.probes.first)
    let session = try Session(checkpoint, verifying: .probes, compute: .int8, threadCount: 2)
    let x = try checkpoint.main.tensor(probe.inputs[0])
    #expect(
      try session.run(["x": x]) == [try #require(try checkpoint.main.tensor(probe.outputs[0]))])
    let plain = try Session(checkpoint, threadCount: 2).run(["x": x])
    #expect(try session.run(["x": x]) != plain)
  }

  @Test func `is refused where a bit of a value differs, or it is of another way`() throws {
    let scratch = try Scratch()
    let changed = try Self.file(in: scratch, labelled: "int8") { $0[16] ^= 1 }
    let error = #expect(throws: CheckpointError.self) { try changed.repeatProbes() }
    #expect("\(error.map { "\($0)" } ?? "")".contains("\"y\", of node \"y\", 2 of 2"))
    let other = try Self.file(in: scratch, labelled: "f32")
    let mismatch = #expect(throws: CheckpointError.self) { try other.repeatProbes() }
    #expect("\(mismatch.map { "\($0)" } ?? "")".contains("of node \"product\", 1 of 2"))
  }
}
