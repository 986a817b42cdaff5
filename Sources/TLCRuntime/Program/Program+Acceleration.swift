import TLCModel

extension Program {
  /// Puts faster operators of the same bits in the place of references.
  mutating func accelerate() {
    for place in nodes.indices {
      guard let faster = Accelerators.standard.accelerated(operators[place]) else { continue }
      replace(place, with: nodes[place], faster)
    }
  }
}

/// Faster operators of the same bits, for references that have one.
struct Accelerators: Sendable {
  let all: [any AcceleratedOperator.Type]

  static let standard = Accelerators(all: [])

  func accelerated(_ operation: any Operator) -> (any Operator)? {
    for type in all { if let faster = type.init(accelerating: operation) { return faster } }
    return nil
  }
}

/// An operator that does what another does, with the same bits, and faster.
protocol AcceleratedOperator: Operator {
  /// `nil` where it does not stand in for the operator.
  init?(accelerating operation: any Operator)
}
