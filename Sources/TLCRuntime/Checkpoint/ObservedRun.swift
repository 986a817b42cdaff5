public import TLCCore
internal import TLCFormat
internal import TLCKernels
public import TLCModel
internal import TLCSystem

/// A run of a graph, node by node, with a fingerprint of each value on the way:
/// `formats/tlcq.md` §4.5.
public struct ObservedRun: Sendable {
  /// The outputs of the graph, in order.
  public let outputs: [Tensor]
  /// The nodes' outputs that there are, in order.
  public let values: [(node: String, value: String)]
  /// `ProbeRecord.fingerprintByteCount` bytes for each of ``values``.
  public let fingerprints: [UInt8]

  /// Runs a graph.
  ///
  /// - Parameters:
  ///   - graph: the graph to run.
  ///   - inputs: a tensor an input, by name.
  ///   - threadCount: how many threads an operator may use.
  ///   - weight: the tensor of the checkpoint of a name.
  /// - Throws: `GraphError` where inputs do not fit, or elements are wrong; what `weight` throws.
  public init(
    _ graph: TypedGraph, _ inputs: [String: Tensor], threadCount: Int = 1,
    weight: (String) throws -> Tensor
  ) throws {
    var values: [(node: String, value: String)] = []
    var fingerprints: [UInt8] = []
    outputs = try graph.evaluate(
      inputs, EvaluationContext(team: Team(threadCount: threadCount)),
      observing: { node, outputs in
        for (name, output) in zip(node.outputs, outputs) {
          guard !name.isEmpty, let output else { continue }
          values.append((node.name, name))
          let digest = Digest(of: output.tensor().bytes.span)
          fingerprints += digest.bytes.prefix(ProbeRecord.fingerprintByteCount)
        }
      }, initializer: weight)
    self.values = values
    self.fingerprints = fingerprints
  }
}
