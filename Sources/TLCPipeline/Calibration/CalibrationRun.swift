import TLCCompress
import TLCCore
import TLCKernels
import TLCModel
import TLCRuntime
import TLCSystem

/// Runs of a graph on samples, one after the other, and the sums of what its factors were multiplied
/// by. Bits depend neither on the number of threads nor on the instruction set.
struct CalibrationRun {
  private let typed: TypedGraph
  private let plan: CalibrationPlan
  private let session: Session
  private let outputs: [String]
  private let team: Team
  private var sums: [ProductInputs: InputSums] = [:]
  private var lookUps: [String: [Int]]
  private var sampleCount = 0
  private var tokenCount: Int?

  /// - Parameters:
  ///   - typed: the graph.
  ///   - target: the tensor that a name stands for, which is how it is named here.
  ///   - wanted: whether a tensor is looked at.
  ///   - threadCount: how many threads a run may use.
  ///   - weight: the tensor of the source of a name.
  /// - Throws: `GraphError`; what `weight` throws.
  init(
    _ typed: TypedGraph, threadCount: Int, target: (String) -> String = { $0 },
    wanted: (String) -> Bool,
    weight: @escaping @Sendable (String) throws -> Tensor
  ) throws {
    let plan = CalibrationPlan(typed, target: target, wanted: wanted)
    let given = Set(
      typed.graph.inputs.map { $0.name } + typed.graph.initializers.map { $0.value }
        + typed.constants.keys)
    var graph = plan.graph
    graph.outputs = plan.values.filter { !given.contains($0) }
    var types: [String: ValueType] = [:]
    var lengths: [String: Int] = [:]
    var rows: [String: [Int]] = [:]
    for initializer in graph.initializers {
      types[initializer.tensor] = typed.types[initializer.value]
      lengths[target(initializer.tensor)] =
        typed.types[initializer.value]?.shape?.dimensions.first
    }
    for (tensor, _) in plan.lookUps {
      rows[tensor] = Array(repeating: 0, count: lengths[tensor] ?? 0)
    }
    self.typed = typed
    self.plan = plan
    outputs = graph.outputs
    lookUps = rows
    team = Team(threadCount: threadCount)
    session = try Session(
      try TypedGraph(graph) { types[$0] }, threadCount: threadCount, weight: weight)
  }

  /// The inputs of a run, in order.
  var inputs: [Graph.Input] { typed.graph.inputs }

  /// Runs one sample, and adds what it gives.
  ///
  /// - Throws: `GraphError` where the sample does not fit; ``CalibrationError`` where a value is not
  ///   finite.
  mutating func add(_ sample: [String: Tensor]) throws {
    let results = try session.run(sample)
    let values = Dictionary(zip(outputs, results)) { first, _ in first }
    func value(_ name: String) -> TensorView? {
      (sample[name] ?? values[name] ?? typed.constants[name]).map { TensorView($0) }
    }
    let mask = TokenMask(sample)
    var seen: Set<ProductInputs> = []
    for use in plan.uses where seen.insert(use.inputs).inserted {
      let rows = use.inputs.rows(of: typed, width: use.width, mask: mask, value)
      guard sums[use.inputs, default: InputSums(width: use.width)].add(rows, team: team) else {
        throw CalibrationError.nonFinite(sample: sampleCount, tensor: use.tensor)
      }
    }
    for (tensor, indices) in plan.lookUps {
      guard let indices = value(indices)?.tensor() else { continue }
      count(indices, mask, in: &lookUps[tensor, default: []])
    }
    sampleCount += 1
    if let ids = sample["input_ids"] {
      tokenCount = (tokenCount ?? 0) + (mask?.kept.count { $0 } ?? ids.shape.count)
    }
  }

  private func count(_ indices: Tensor, _ mask: TokenMask?, in counts: inout [Int]) {
    let hasRowAToken = mask.map { indices.shape.count == $0.kept.count } ?? false
    for (place, number) in indices.numbers.enumerated() {
      guard !hasRowAToken || mask?.kept[place] != false else { continue }
      let row = number < 0 ? Int(number) + counts.count : Int(number)
      if counts.indices.contains(row) { counts[row] += 1 }
    }
  }

  /// What was found so far.
  func calibration() -> Calibration {
    struct Key: Hashable {
      var inputs: ProductInputs
      var order: [Int]
    }
    var made: [Key: InputMoments] = [:]
    var tensors: [String: TensorCalibration] = [:]
    for use in plan.uses {
      guard let found = sums[use.inputs] else { continue }
      let key = Key(inputs: use.inputs, order: use.use.order)
      let moments = made[key] ?? found.moments(use.use.order)
      made[key] = moments
      if let other = tensors[use.tensor]?.inputs {
        guard other.axes == use.use.axes, other.moments.width == moments.width else { continue }
        tensors[use.tensor]?.inputs = (other.axes, other.moments.adding(moments))
      } else {
        tensors[use.tensor, default: TensorCalibration()].inputs = (use.use.axes, moments)
      }
    }
    for (matrix, bias) in plan.biases { tensors[matrix]?.bias = bias }
    for (tensor, counts) in lookUps {
      tensors[tensor, default: TensorCalibration()].lookUps = counts
    }
    return Calibration(
      sampleCount: sampleCount, tokenCount: tokenCount, tensors: tensors,
      leftOut: plan.leftOut.sorted { $0.key.precedesInUTF8($1.key) }.map { ($0.key, $0.value) })
  }
}

extension TokenMask {
  /// The mask of a sample of one row of tokens; `nil` where it has none.
  init?(_ sample: [String: Tensor]) {
    guard let mask = sample["attention_mask"], mask.shape.rank == 2, mask.shape.dimensions[0] == 1,
      !mask.dtype.isFloatingPoint
    else { return nil }
    kept = mask.numbers.map { $0 != 0 }
  }
}
