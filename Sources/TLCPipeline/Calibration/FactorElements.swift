import TLCCore
import TLCKernels
import TLCModel

/// Which elements of the checkpoint's tensors the elements of a graph's values are, where nodes only
/// move them: found by moving their numbers in place of them.
struct FactorElements {
  /// Elements of tensors: all have a number of their own, and those of a tensor follow each other.
  struct Source: Sendable {
    var tensor: String
    var first: Int
    var count: Int
  }

  private let typed: TypedGraph
  private let givers: [String: Int]
  private let initializers: [String: String]
  /// In ascending order of the first number.
  private var sources: [Source] = []
  private var known: [String: [Int64]?] = [:]

  /// Operators that move the elements of their first input, or of all of them.
  private static let moving: Set<String> = [
    "Concat", "Flatten", "Identity", "Reshape", "Slice", "Split", "Squeeze", "Transpose",
    "Unsqueeze",
  ]
  /// What stands for an element that is in the graph itself.
  static let constant: Int64 = -1

  /// - Parameter target: the tensor that a name stands for.
  init(_ typed: TypedGraph, target: (String) -> String) {
    self.typed = typed
    var givers: [String: Int] = [:]
    for (place, node) in typed.graph.nodes.enumerated() {
      for name in node.outputs where !name.isEmpty { givers[name] = place }
    }
    self.givers = givers
    initializers = Dictionary(
      typed.graph.initializers.map { ($0.value, target($0.tensor)) },
      uniquingKeysWith: { a, _ in a })
  }

  /// The numbers of a value's elements, in row-major order; `nil` where it is more than moved tensors.
  mutating func numbers(of value: String) -> [Int64]? {
    if let known = known[value] { return known }
    let numbers = find(value)
    known[value] = .some(numbers)
    return numbers
  }

  private mutating func find(_ value: String) -> [Int64]? {
    guard let shape = typed.types[value]?.shape else { return nil }
    if let tensor = initializers[value] {
      if let source = sources.first(where: { $0.tensor == tensor }) {
        return (source.first..<source.first + source.count).map { Int64($0) }
      }
      let first = sources.last.map { $0.first + $0.count } ?? 0
      sources.append(Source(tensor: tensor, first: first, count: shape.count))
      return (first..<first + shape.count).map { Int64($0) }
    }
    if typed.constants[value] != nil {
      return Array(repeating: Self.constant, count: shape.count)
    }
    guard let place = givers[value] else { return nil }
    let node = typed.graph.nodes[place]
    guard node.domain.isEmpty, Self.moving.contains(node.operation) else { return nil }
    let movedCount = node.operation == "Concat" ? node.inputs.count : 1
    var inputs: [TensorView?] = []
    for (index, name) in node.inputs.enumerated() {
      if index < movedCount {
        guard let numbers = numbers(of: name), let shape = typed.types[name]?.shape else {
          return nil
        }
        inputs.append(TensorView(Tensor(numbers, shape: shape)))
      } else {
        inputs.append(typed.constants[name].map { TensorView($0) })
      }
    }
    let outputs = node.outputs.map { name in
      typed.types[name]?.shape.map { TensorView(zeros: .i64, $0) }
    }
    do throws(OperatorError) {
      try typed.operators[place].evaluate(inputs, into: outputs, EvaluationContext())
    } catch { return nil }
    for (name, output) in zip(node.outputs, outputs) where !name.isEmpty {
      known[name] = .some(output?.tensor().elements(of: Int64.self))
    }
    return known[value] ?? nil
  }

  /// The tensor that a value is made of, all of it, in whatever order, and none but it.
  mutating func whole(_ value: String) -> Source? {
    guard let numbers = numbers(of: value), let source = numbers.first.flatMap({ source(of: $0) }),
      numbers.count == source.count,
      numbers.allSatisfy({ (source.first..<source.first + source.count).contains(Int($0)) })
    else { return nil }
    // A vector's elements are in the tensor's order.
    guard typed.types[value]?.rank != 1 || zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    return source
  }

  /// The tensor that an element is of.
  func source(of number: Int64) -> Source? {
    var (low, high) = (0, sources.count)
    while low < high {
      let middle = (low + high) / 2
      if sources[middle].first + sources[middle].count <= number {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low < sources.count, number >= 0 else { return nil }
    return sources[low]
  }
}
