import TLCCompress
import TLCCore
import TLCFormat
import TLCImport
import TLCSystem

/// What a recipe means for each tensor of a checkpoint.
struct CompressionPlan {
  /// What is done with one tensor.
  private struct Step {
    var rule: Int?
    var pruner: (any Pruner)?
    var quantizer: (any Quantizer)?
    var isPrunedGlobally = false
    var patterns: [MaskPattern] = []
  }

  private var steps: [Step] = []
  /// For each rule that prunes globally, the share to drop, and then the thresholds.
  private var selections: [Int: MagnitudeSelection] = [:]

  /// - Throws: ``ConversionError`` where a method or a parameter is wrong, naming the first tensor
  ///   that it is for.
  init(
    _ checkpoint: ImportedCheckpoint, recipe: Recipe, quantizers: QuantizerRegistry,
    pruners: PrunerRegistry
  ) throws(ConversionError) {
    for tensor in checkpoint.tensors {
      do throws(CompressionError) {
        steps.append(try step(for: tensor, recipe, quantizers, pruners))
      } catch {
        throw .compression(tensor: tensor.name, error)
      }
    }
  }

  private mutating func step(
    for tensor: ImportedTensor, _ recipe: Recipe, _ quantizers: QuantizerRegistry,
    _ pruners: PrunerRegistry
  ) throws(CompressionError) -> Step {
    var step = Step()
    guard tensor.dtype.isFloatingPoint,
      let index = recipe.rule(
        forTensorNamed: tensor.name, dtype: tensor.dtype, shape: tensor.shape)
    else { return step }
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
      if scope == .text("global"), let magnitude = pruner as? MagnitudePruner {
        selections[index] = MagnitudeSelection(sparsity: magnitude.sparsity)
        step.isPrunedGlobally = true
      } else {
        step.pruner = pruner
      }
      step.patterns = Self.patterns(of: pruner, rank: tensor.shape.rank)
    }
    if let quantize = rule.quantize {
      var parameters = resolvingAxes(quantize.parameters, tensor)
      if parameters["group"] != nil, parameters["axis"] == nil {
        parameters["axis"] = .integer(tensor.inputAxis)
      }
      step.quantizer = try quantizers.quantizer(named: quantize.method, parameters: parameters)
    }
    return step
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
  private static func patterns(of pruner: any Pruner, rank: Int) -> [MaskPattern] {
    switch pruner {
    case let pruner as NOfMPruner where rank > 0:
      [.nOfM(n: pruner.n, m: pruner.m, axis: pruner.axis < 0 ? pruner.axis + rank : pruner.axis)]
    case let pruner as BlockPruner where rank >= 2:
      [
        .block(
          Array(repeating: 1, count: rank - 2) + [pruner.rows, pruner.columns])
      ]
    default: []
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

  /// Prunes, quantizes and encodes a tensor; called for each in order.
  mutating func encode(
    _ tensor: ImportedTensor, at index: Int, _ parallelism: Parallelism, notes: inout [String]
  ) throws -> EncodedTensor {
    let encoder = TensorEncoder(patterns: steps[index].patterns, parallelism: parallelism)
    let origin = TensorSource(
      file: tensor.file, name: tensor.source, transforms: tensor.transforms)
    let (values, certified) = try compress(tensor, at: index, encoder, notes: &notes)
    return encoder.encode(values, name: tensor.name, certified: certified, origin: origin)
  }

  /// The values that a tensor is to have; the source's are in memory no longer than this.
  private mutating func compress(
    _ tensor: ImportedTensor, at index: Int, _ encoder: TensorEncoder, notes: inout [String]
  ) throws -> (any TensorValues, TensorEncoder.Certified) {
    let step = steps[index]
    let source = try tensor.load(encoder.parallelism)
    do throws(CompressionError) {
      var pruned = source
      if step.isPrunedGlobally, let rule = step.rule {
        if let mask = try selections[rule]?.mask(for: source) {
          pruned = source.pruned(keeping: mask)
        }
      } else if let pruner = step.pruner {
        pruned = source.pruned(
          keeping: try pruner.mask(for: source, parallelism: encoder.parallelism))
      }
      let values =
        try step.quantizer?.quantize(pruned, parallelism: encoder.parallelism) ?? pruned
      return (values, encoder.certify(values, source: source))
    } catch {
      switch error {
      case .nonFinite, .codeRange:
        notes.append("tensor \"\(tensor.name)\" is kept as it is: \(error)")
        return (source, encoder.certify(source, source: source))
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
