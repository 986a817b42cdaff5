public import TLCCore
internal import TLCSystem

/// A run of the graph that is to be written: `formats/tlcq.md` §4.5.
public struct Probe: Sendable {
  /// What the run was given.
  public struct Input: Sendable {
    var value: ProbeRecord.Value
    var elements: Elements

    enum Elements: Sendable {
      case drawn(ProbeDraw)
      case stored(Tensor)
    }

    /// An input that is drawn.
    ///
    /// - Precondition: the type takes the draw.
    public init(_ value: ProbeRecord.Value, drawn draw: ProbeDraw) {
      self.value = value
      elements = .drawn(draw)
    }

    /// An input whose elements go into the file.
    public init(name: String, _ tensor: Tensor) {
      value = ProbeRecord.Value(name: name, dtype: tensor.dtype, shape: tensor.shape)
      elements = .stored(tensor)
    }

    /// The elements.
    public var tensor: Tensor {
      switch elements {
      case .drawn(let draw): draw.tensor(value.dtype, value.shape)
      case .stored(let tensor): tensor
      }
    }

    /// The name in the graph.
    public var name: String { value.name }
  }

  /// What the run gave.
  public struct Output: Sendable {
    /// The name in the graph.
    public let name: String
    /// How far the file's output is from the source's.
    public let certificate: Certificate
    let tensor: Tensor
    let source: Tensor
    let tolerance: Double

    /// Creates an output.
    ///
    /// - Parameters:
    ///   - name: the name in the graph.
    ///   - tensor: what the graph gives with the file's tensors.
    ///   - source: what it gives with those of the source, of the same type and shape.
    ///   - tolerance: the greatest absolute difference that another order of sums explains.
    public init(name: String, tensor: Tensor, source: Tensor, tolerance: Double) {
      self.name = name
      self.tensor = tensor
      self.source = source
      self.tolerance = tolerance
      certificate = Certificate(source: source, decoded: tensor)
    }
  }

  /// The name of the way to compute.
  public var compute: String
  /// Where the inputs come from.
  public var origin: ProbeRecord.Origin
  /// For each output of each node, ``ProbeRecord/fingerprintByteCount`` bytes.
  public var fingerprints: [UInt8]
  /// In the graph's order.
  public var inputs: [Input]
  /// In the graph's order.
  public var outputs: [Output]

  /// Creates a probe.
  public init(
    compute: String, origin: ProbeRecord.Origin, fingerprints: [UInt8], inputs: [Input],
    outputs: [Output]
  ) {
    self.compute = compute
    self.origin = origin
    self.fingerprints = fingerprints
    self.inputs = inputs
    self.outputs = outputs
  }

  /// Elements of an output that have more bytes than this are not written, but their digest.
  static let greatestStoredByteCount = 1 << 16

  /// The record of the probe.
  ///
  /// - Parameter append: writes a plane of bytes of a role, and returns its index or `null`.
  func json(
    _ append: (_ bytes: [UInt8], _ role: String) throws(CheckpointError) -> JSONValue
  ) throws(CheckpointError) -> JSONValue {
    let prints = try append(fingerprints, "fingerprints")
    var inputObjects: [JSONValue] = []
    for input in inputs {
      var members = input.value.members
      switch input.elements {
      case .drawn(let draw): members.append(("draw", draw.json))
      case .stored(let tensor): members.append(("plane", try append(tensor.bytes, "probe")))
      }
      inputObjects.append(.object(members))
    }
    var outputObjects: [JSONValue] = []
    for output in outputs { outputObjects.append(try output.json(append)) }
    return .object([
      ("compute", .string(compute)),
      (
        "fingerprintCount",
        .integer(fingerprints.count / ProbeRecord.fingerprintByteCount)
      ), ("fingerprints", prints), ("inputs", .array(inputObjects)),
      ("origin", .string(origin.rawValue)), ("outputs", .array(outputObjects)),
    ])
  }
}

extension Probe.Output {
  fileprivate func json(
    _ append: (_ bytes: [UInt8], _ role: String) throws(CheckpointError) -> JSONValue
  ) throws(CheckpointError) -> JSONValue {
    let isStored = tensor.bytes.count <= Probe.greatestStoredByteCount
    let plane = isStored ? try append(tensor.bytes, "probe") : nil
    let other = isStored && source != tensor ? try append(source.bytes, "probe") : nil
    let value = ProbeRecord.Value(name: name, dtype: tensor.dtype, shape: tensor.shape)
    return .object(
      value.members + [
        ("certificate", certificate.json),
        ("digest", .string(Digest(of: tensor.bytes.span).hex)), ("plane", plane),
        ("source", other), ("tolerance", .bits(tolerance.bitPattern)),
      ])
  }
}

extension ProbeRecord.Value {
  fileprivate var members: [(key: String, value: JSONValue?)] {
    [
      ("dtype", .string(dtype.rawValue)), ("name", .string(name)),
      ("shape", .integers(shape.dimensions)),
    ]
  }
}
