import TLCCompress

/// A fixed factor of products: its elements as a matrix of outputs and inputs.
struct Factor {
  /// The numbers of its elements, as ``FactorElements`` has them.
  var numbers: [Int64]
  /// How many outputs and inputs it has.
  var outputCount: Int
  var inputCount: Int
  /// How far apart neighbouring outputs, and neighbouring inputs, are.
  var outputStride: Int
  var inputStride: Int
  /// The place of its first element.
  var first = 0

  /// The number of an element.
  func number(_ output: Int, _ input: Int) -> Int64 {
    numbers[first + output * outputStride + input * inputStride]
  }
}

/// That a tensor, or some of its outputs, is multiplied by inputs.
struct FactorUse: Equatable {
  /// Where the tensor's inputs are.
  var axes: InputAxes
  /// For each of them, in the tensor's order, which of the factor's inputs it is.
  var order: [Int]
  /// Whether the factor's outputs are all of the tensor's, in its order.
  var isWhole: Bool

  /// What a factor is for each tensor that its outputs come from.
  ///
  /// - Returns: by name of tensor, in order of outputs; `nil` for one whose inputs are not all first or
  ///   all last axes, or that others are mixed with.
  static func uses(
    of factor: Factor, in elements: FactorElements
  ) -> [(tensor: String, use: FactorUse?)] {
    guard factor.inputCount > 0 else { return [] }
    var order: [String] = []
    var outputs: [String: (source: FactorElements.Source, outputs: [Int])] = [:]
    for output in 0..<factor.outputCount {
      guard let source = elements.source(of: factor.number(output, 0)) else { continue }
      if outputs[source.tensor] == nil {
        outputs[source.tensor] = (source, [])
        order.append(source.tensor)
      }
      outputs[source.tensor]?.outputs.append(output)
    }
    return order.map { tensor in
      guard let (source, outputs) = outputs[tensor] else { return (tensor, nil) }
      return (tensor, use(of: factor, outputs, source))
    }
  }

  private static func use(
    of factor: Factor, _ outputs: [Int], _ source: FactorElements.Source
  ) -> FactorUse? {
    let count = factor.inputCount
    guard source.count.isMultiple(of: count) else { return nil }
    let ways: [(axes: InputAxes, inputStride: Int, outputStride: Int)] = [
      (.trailing, 1, count), (.leading, source.count / count, 1),
    ]
    for way in ways {
      var order = [Int](repeating: -1, count: count)
      /// Of an element, its input and its output in the tensor.
      func place(_ output: Int, _ input: Int) -> (input: Int, output: Int)? {
        let place = Int(factor.number(output, input)) - source.first
        guard (0..<source.count).contains(place) else { return nil }
        return way.axes == .trailing
          ? (place % way.outputStride, place / way.outputStride)
          : (place / way.inputStride, place % way.inputStride)
      }
      for input in 0..<count {
        guard let place = place(outputs[0], input) else { return nil }
        order[place.input] = input
      }
      let fits = outputs.allSatisfy { output in
        guard let first = place(output, 0) else { return false }
        return (0..<count).allSatisfy { input in
          guard let place = place(output, input) else { return false }
          return place.output == first.output && order[place.input] == input
        }
      }
      if fits, !order.contains(-1) {
        let isWhole =
          outputs.count * count == source.count
          && outputs.enumerated().allSatisfy { place($0.element, 0)?.output == $0.offset }
        return FactorUse(axes: way.axes, order: order, isWhole: isWhole)
      }
    }
    return nil
  }
}
