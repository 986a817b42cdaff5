import TLCCompress
import TLCCore
import TLCFormat
import TLCImport
import TLCSystem

/// What a recipe means for each tensor of a checkpoint.
struct CompressionPlan: Sendable {
  /// What is done with one tensor.
  private struct Step: Sendable {
    var rule: Int?
    var pruner: (any Pruner)?
    var quantizer: (any Quantizer)?
    var isPrunedGlobally = false
    var isPruned: Bool { isPrunedGlobally || pruner != nil }
    /// Whether the mean of what the outputs lose goes into their bias.
    var correctsBias = false
    var patterns: [MaskPattern] = []
  }

  private var steps: [Step] = []
  /// The tensors whose step the recipe leaves to be allocated.
  private(set) var allocatedTensors: [Int] = []
  /// By place of a bias, that of the matrix whose loss it makes good.
  private var corrected: [Int: Int] = [:]
  /// Matrices that were encoded before their turn, since their bias comes before them.
  private var encoded: [Int: Outcome] = [:]
  /// By place of a matrix, what its bias is to be more.
  private var shifts: [Int: [Double]] = [:]
  /// For each rule that prunes globally, the share to drop, and then the thresholds.
  private var selections: [Int: MagnitudeSelection] = [:]
  /// What calibration found; `nil` where there was none.
  private let calibration: Calibration?
  /// Whether tensors are from files; those of a model that is trained here are not.
  private let hasSources: Bool

  /// - Parameter steps: the relative steps of tensors whose step is to be allocated, by their place.
  /// - Throws: ``ConversionError`` where a method or a parameter is wrong, naming the first tensor
  ///   that it is for.
  init(
    _ checkpoint: ImportedCheckpoint, recipe: Recipe, quantizers: QuantizerRegistry,
    pruners: PrunerRegistry, calibration: Calibration? = nil, steps allocated: [Int: Double] = [:]
  ) throws(ConversionError) {
    self.calibration = calibration
    hasSources = !checkpoint.sources.isEmpty
    for (index, tensor) in checkpoint.tensors.enumerated() {
      do throws(CompressionError) {
        let allocated = allocated[index] ?? Allocator.usualStep
        let (step, isAllocated) = try step(for: tensor, recipe, quantizers, pruners, allocated)
        steps.append(step)
        if isAllocated { allocatedTensors.append(index) }
      } catch {
        throw .compression(tensor: tensor.name, error)
      }
    }
    let places = Dictionary(
      checkpoint.tensors.enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    for (matrix, step) in steps.enumerated() where step.correctsBias && !step.isPrunedGlobally {
      guard let name = calibration?.tensors[checkpoint.tensors[matrix].name]?.bias,
        let bias = places[name], steps[bias].quantizer == nil, steps[bias].pruner == nil,
        !steps[bias].isPrunedGlobally, checkpoint.tensors[bias].dtype == .f32
      else { continue }
      corrected[bias] = matrix
    }
  }

  private mutating func step(
    for tensor: ImportedTensor, _ recipe: Recipe, _ quantizers: QuantizerRegistry,
    _ pruners: PrunerRegistry, _ allocated: Double
  ) throws(CompressionError) -> (Step, isAllocated: Bool) {
    var step = Step()
    var isAllocated = false
    guard tensor.dtype.isFloatingPoint,
      let index = recipe.rule(
        forTensorNamed: tensor.name, dtype: tensor.dtype, shape: tensor.shape)
    else { return (step, false) }
    step.rule = index
    let rule = recipe.rules[index]
    if let prune = rule.prune {
      var parameters = resolvingAxes(prune.parameters, tensor)
      let scope = parameters.removeValue(forKey: "scope") ?? .text("tensor")
      guard
        scope == .text("tensor")
          || (scope == .text("global") && prune.method == MagnitudePruner.name)
      else {
        throw .parameter(
          method: prune.method, key: "scope", allowed: "tensor, or global for magnitude")
      }
      if prune.method == NOfMPruner.name, parameters["axis"] == nil {
        parameters["axis"] = .integer(tensor.inputAxis)
      }
      let pruner = try pruners.pruner(named: prune.method, parameters: parameters)
      if pruner.needsCalibration, calibration == nil || scope == .text("global") {
        throw .needsCalibration(method: prune.method)
      }
      if scope == .text("global"), let magnitude = pruner as? MagnitudePruner {
        selections[index] = MagnitudeSelection(sparsity: magnitude.sparsity)
        step.isPrunedGlobally = true
      } else {
        step.pruner = pruner
      }
      step.patterns = Self.patterns(of: pruner, tensor)
    }
    if let quantize = rule.quantize {
      var parameters = resolvingAxes(quantize.parameters, tensor)
      if parameters["group"] != nil, parameters["axis"] == nil {
        parameters["axis"] = .integer(tensor.inputAxis)
      }
      if parameters["step"] == .text(Recipe.allocatedStep) {
        parameters["step"] = .number(allocated)
        isAllocated = true
      }
      if parameters["feedback"] == .flag(true), calibration == nil {
        throw .parameter(
          method: quantize.method, key: "feedback", allowed: "false where nothing is calibrated")
      }
      step.correctsBias =
        parameters.removeValue(forKey: "correct-bias") == .flag(true) && calibration != nil
      step.quantizer = try quantizers.quantizer(named: quantize.method, parameters: parameters)
    }
    return (step, isAllocated)
  }

  /// `axis: output` and `axis: input` as this tensor's.
  private func resolvingAxes(
    _ parameters: [String: ParameterValue], _ tensor: ImportedTensor
  ) -> [String: ParameterValue] {
    var parameters = parameters
    switch parameters["axis"] {
    case .text("output"): parameters["axis"] = .integer(tensor.outputAxis ?? 0)
    case .text("input"): parameters["axis"] = .integer(tensor.inputAxis)
    default: break
    }
    return parameters
  }

  /// The patterns that a pruner's masks have, so that the encoder can try them.
  private static func patterns(
    of pruner: any Pruner, _ tensor: ImportedTensor
  ) -> [MaskPattern] {
    let rank = tensor.shape.rank
    func blocks(_ rows: Int, _ columns: Int) -> MaskPattern {
      .block(Array(repeating: 1, count: rank - 2) + [rows, columns])
    }
    switch pruner {
    case let pruner as NOfMPruner where rank > 0:
      return [
        .nOfM(n: pruner.n, m: pruner.m, axis: pruner.axis < 0 ? pruner.axis + rank : pruner.axis)
      ]
    case let pruner as BlockPruner where rank >= 2: return [blocks(pruner.rows, pruner.columns)]
    case let pruner as SparseGPTPruner where rank >= 2:
      switch pruner.pattern {
      case .share: return []
      case .nOfM(let n, let m): return [.nOfM(n: n, m: m, axis: tensor.inputAxis)]
      case .blocks(_, let rows, let columns): return [blocks(rows, columns)]
      }
    default: return []
    }
  }

  /// Finds the thresholds of the rules that prune globally: passes over their tensors.
  mutating func findGlobalThresholds(
    _ checkpoint: ImportedCheckpoint, parallelism: Parallelism,
    _ progress: (WorkProgress) throws -> Void
  ) throws {
    for rule in selections.keys.sorted() {
      guard var selection = selections[rule] else { continue }
      let indices = steps.indices.filter { steps[$0].rule == rule }
      let total = indices.reduce(0) { $0 + checkpoint.tensors[$1].byteCount }
      while !selection.isComplete {
        var done = 0
        for index in indices {
          try selection.count(try checkpoint.tensors[index].load(parallelism))
          done += checkpoint.tensors[index].byteCount
          try progress(
            WorkProgress(
              activity: "ranking magnitudes", doneByteCount: done, totalByteCount: total))
        }
        selection.advance()
      }
      selections[rule] = selection
    }
  }

  /// A tensor that is ready to be written, and what the user should know of it.
  struct Outcome: Sendable {
    var tensor: EncodedTensor
    var note: String?
    /// What the file decodes to, where that is asked for.
    var decoded: Tensor?
    /// The mean of what outputs lose.
    var shift: [Double]?
  }

  /// Small tensors are worked on together while their sources' bytes are no more than this.
  private static let batchByteCount = 8 << 20

  /// Neighbouring tensors that are worked on together: many small ones, or one large one.
  ///
  /// Where a global threshold keeps some of several equal magnitudes, tensors are told so in
  /// order, one by one.
  func batches(of checkpoint: ImportedCheckpoint) -> [Range<Int>] {
    var batches: [Range<Int>] = []
    var byteCount = 0
    for (index, tensor) in checkpoint.tensors.enumerated() {
      byteCount += tensor.byteCount
      if let last = batches.last, selections.isEmpty, byteCount <= Self.batchByteCount {
        batches[batches.count - 1] = last.lowerBound..<index + 1
      } else {
        batches.append(index..<index + 1)
        byteCount = tensor.byteCount
      }
    }
    return batches
  }

  /// Prunes, quantizes and encodes the tensors of a batch; called for each in order.
  ///
  /// - Parameter wanted: whether a tensor's decoded values are to be returned.
  mutating func encode(
    _ batch: Range<Int>, of checkpoint: ImportedCheckpoint, keepingDecoded wanted: (Int) -> Bool,
    _ parallelism: Parallelism
  ) throws -> [Outcome] {
    for bias in batch {
      guard let matrix = corrected[bias], shifts[matrix] == nil else { continue }
      let outcome = try encode(
        checkpoint.tensors[matrix], steps[matrix], globalMask: nil,
        keepingDecoded: wanted(matrix), parallelism)
      shifts[matrix] = outcome.shift ?? []
      encoded[matrix] = outcome
    }
    let kept = Set(batch.filter(wanted))
    var masks: [Int: Bitmap] = [:]
    for index in batch where steps[index].isPrunedGlobally {
      guard let rule = steps[index].rule else { continue }
      masks[index] = try selections[rule]?.mask(for: checkpoint.tensors[index].load(parallelism))
    }
    let inner = batch.count < parallelism.threads ? parallelism : .serial
    let outcomes = try parallelism.map(batch.count) { [self, masks] place in
      let index = batch.lowerBound + place
      if let ready = encoded[index] { return ready }
      return try encode(
        checkpoint.tensors[index], steps[index], globalMask: masks[index],
        adding: corrected[index].flatMap { shifts[$0] }, keepingDecoded: kept.contains(index),
        inner)
    }
    for (index, outcome) in zip(batch, outcomes) {
      encoded[index] = nil
      if let shift = outcome.shift { shifts[index] = shift }
    }
    return outcomes
  }

  private func encode(
    _ tensor: ImportedTensor, _ step: Step, globalMask: Bitmap?, adding shift: [Double]? = nil,
    keepingDecoded: Bool, _ parallelism: Parallelism
  ) throws -> Outcome {
    let encoder = TensorEncoder(patterns: step.patterns, parallelism: parallelism)
    let origin =
      hasSources
      ? TensorSource(file: tensor.file, name: tensor.source, transforms: tensor.transforms) : nil
    var made = try compress(tensor, step, globalMask: globalMask, encoder)
    if let shift, shift.count == tensor.shape.count {
      let source = try tensor.load(encoder.parallelism)
      let sum = Tensor(
        zip(source.elements(of: Float.self), shift).map { Float(Double($0) + $1) },
        shape: source.shape)
      made = Made(values: sum, certified: encoder.certify(sum, source: source))
    }
    return Outcome(
      tensor: encoder.encode(
        made.values, name: tensor.name, certified: made.certified, origin: origin),
      note: made.note, decoded: keepingDecoded ? made.values.decoded() : nil, shift: made.shift)
  }

  /// What compression makes of a tensor.
  private struct Made {
    var values: any TensorValues
    var certified: TensorEncoder.Certified
    var note: String?
    var shift: [Double]?
  }

  /// The values that a tensor is to have; the source's are in memory no longer than this.
  private func compress(
    _ tensor: ImportedTensor, _ step: Step, globalMask: Bitmap?, _ encoder: TensorEncoder
  ) throws -> Made {
    let source = try tensor.load(encoder.parallelism)
    var calibration = calibration?.tensors[tensor.name]
    do throws(CompressionError) {
      var pruned = source
      if let globalMask {
        pruned = source.pruned(keeping: globalMask)
      } else if let pruner = step.pruner {
        pruned = try pruner.prune(
          source, calibration: calibration, parallelism: encoder.parallelism)
      }
      if step.isPruned { calibration?.unpruned = source }
      let values =
        try step.quantizer?.quantize(
          pruned, calibration: calibration, parallelism: encoder.parallelism) ?? pruned
      if step.isPruned, let index = pruned.firstIndexOfLostZero(in: values.decoded()) {
        throw CompressionError.lostZero(index: index)
      }
      let shift =
        step.correctsBias
        ? calibration?.outputError(
          of: source, decoded: values.decoded(), parallelism: encoder.parallelism)?.mean : nil
      return Made(
        values: values, certified: encoder.certify(values, source: source), shift: shift)
    } catch {
      switch error {
      case .nonFinite, .codeRange:
        return Made(
          values: source, certified: encoder.certify(source, source: source),
          note: "tensor \"\(tensor.name)\" is kept as it is: \(error)"
        )
      default: throw ConversionError.compression(tensor: tensor.name, error)
      }
    }
  }
}

extension ImportedTensor {
  /// The axis that a layer's products are summed over; the last where nothing else is known.
  fileprivate var inputAxis: Int {
    guard let outputAxis, shape.rank >= 2 else { return max(0, shape.rank - 1) }
    return outputAxis == 0 ? 1 : outputAxis - 1
  }
}
