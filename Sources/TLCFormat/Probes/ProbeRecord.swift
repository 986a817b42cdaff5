public import TLCCore
public import TLCSystem

/// A recorded run of the graph: `formats/tlcq.md` §4.5.
public struct ProbeRecord: Sendable {
  /// Where the inputs come from.
  public enum Origin: String, CaseIterable, Sendable {
    /// Drawn at random.
    case drawn
    /// Given by the user.
    case samples
  }

  /// The name, type and shape of an input or output.
  public struct Value: Hashable, Sendable {
    /// The name in the graph.
    public let name: String
    /// The type of the elements.
    public let dtype: DType
    /// The dimensions.
    public let shape: Shape

    /// Creates a value's description.
    public init(name: String, dtype: DType, shape: Shape) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
    }
  }

  /// What the run was given.
  public struct Input: Sendable {
    /// Its name, type and shape.
    public let value: Value
    let elements: Elements

    enum Elements: Sendable {
      case drawn(ProbeDraw)
      case stored(PlaneReference?)
    }
  }

  /// What the run gave.
  public struct Output: Sendable {
    /// Its name, type and shape.
    public let value: Value
    /// How far it is from what the graph gives with the source's tensors.
    public let certificate: Certificate
    /// The SHA-256 of its elements.
    public let digest: Digest
    /// The greatest absolute difference that another order of sums explains.
    public let tolerance: Double
    /// Whether its elements are in the file.
    public let isStored: Bool
    /// Whether the elements that the source gives are in the file.
    public let hasSource: Bool
    let plane: PlaneReference?
    let sourcePlane: PlaneReference?
  }

  /// The name of the way to compute: `f32`.
  public let compute: String
  /// Where the inputs come from.
  public let origin: Origin
  /// The number of outputs of all nodes.
  public let fingerprintCount: Int
  /// In the graph's order.
  public let inputs: [Input]
  /// In the graph's order.
  public let outputs: [Output]
  /// Where the record starts in the file, for messages.
  public let offset: Int
  let fingerprints: PlaneReference?

  /// The bytes of a fingerprint: the first ones of a SHA-256.
  public static let fingerprintByteCount = 16
  /// The most probes that a file may have.
  static let greatestCount = 64
}

extension ProbeRecord {
  init(parsing value: JSONValue, planes: inout PlaneTable) throws(FormatError) {
    let object = try JSONObject(value, key: "probes")
    offset = object.offset
    compute = try object.string("compute")
    fingerprintCount = try object.integer("fingerprintCount", in: 0...1 << 48)
    fingerprints = try planes.take(
      "fingerprints", of: object, role: "fingerprints",
      count: fingerprintCount * Self.fingerprintByteCount, width: 8)
    var inputs: [Input] = []
    for value in try object.array("inputs") {
      inputs.append(try Input(parsing: value, planes: &planes))
    }
    self.inputs = inputs
    origin = try object.choice("origin", Origin.allCases.map { ($0.rawValue, $0) })
    var outputs: [Output] = []
    for value in try object.array("outputs") {
      outputs.append(try Output(parsing: value, planes: &planes))
    }
    self.outputs = outputs
  }
}

extension ProbeRecord.Value {
  fileprivate init(parsing object: JSONObject) throws(FormatError) {
    name = try object.name("name")
    dtype = try object.choice("dtype", DType.allCases.map { ($0.rawValue, $0) })
    shape = try object.shape("shape")
  }

  /// The bytes of the elements.
  public var byteCount: Int { shape.count * dtype.byteCount }
}

extension ProbeRecord.Input {
  fileprivate init(parsing value: JSONValue, planes: inout PlaneTable) throws(FormatError) {
    let object = try JSONObject(value, key: "inputs")
    self.value = try ProbeRecord.Value(parsing: object)
    if object.optional("draw") != nil {
      elements = .drawn(
        try ProbeDraw(parsing: try object.object("draw"), of: self.value.dtype))
    } else {
      elements = .stored(
        try planes.take(
          "plane", of: object, role: "probe", count: self.value.byteCount, width: 8))
    }
  }
}

extension ProbeRecord.Output {
  fileprivate init(parsing value: JSONValue, planes: inout PlaneTable) throws(FormatError) {
    let object = try JSONObject(value, key: "outputs")
    self.value = try ProbeRecord.Value(parsing: object)
    certificate = try Certificate(parsing: try object.object("certificate"))
    digest = try object.digest("digest")
    isStored = object.optional("plane") != nil
    hasSource = object.optional("source") != nil
    plane =
      isStored
      ? try planes.take("plane", of: object, role: "probe", count: self.value.byteCount, width: 8)
      : nil
    sourcePlane =
      hasSource
      ? try planes.take("source", of: object, role: "probe", count: self.value.byteCount, width: 8)
      : nil
    tolerance = Double(bitPattern: try object.bits("tolerance", byteCount: 8))
  }
}
