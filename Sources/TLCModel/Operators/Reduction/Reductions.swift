internal import TLCCore

/// Σ𝑥.
public struct ReduceSum: Reduction {
  public static let name = "ReduceSum"
  public static let domainOfTypes = ReductionTypes.numbers
  public let axes: ReductionAxes
  public init(_ axes: ReductionAxes) { self.axes = axes }

  public static func reduce<Number: FloatingNumber>(_ row: Row<Number>) -> Number {
    row.sum()
  }

  public static func reduce<Number: IntegerNumber>(_ row: Row<Number>) -> Number {
    row.fold(0) { $0 &+ $1 }
  }
}

/// Σ𝑥 / 𝑛.
public struct ReduceMean: Reduction {
  public static let name = "ReduceMean"
  public static let domainOfTypes = ReductionTypes.numbers
  public let axes: ReductionAxes
  public init(_ axes: ReductionAxes) { self.axes = axes }

  public static func reduce<Number: FloatingNumber>(_ row: Row<Number>) -> Number {
    row.sum() / Number(row.count)
  }

  public static func reduce<Number: IntegerNumber>(_ row: Row<Number>) -> Number {
    // In order; towards zero, and 0 of no elements.
    let sum = Int128(ReduceSum.reduce(row))
    return Number(truncatingIfNeeded: sum / Int128(max(1, row.count)))
  }
}

/// The greatest element.
public struct ReduceMax: Reduction {
  public static let name = "ReduceMax"
  public static let domainOfTypes = ReductionTypes.numbersAndBool
  public let axes: ReductionAxes
  public init(_ axes: ReductionAxes) { self.axes = axes }

  public static func reduce<Number: FloatingNumber>(_ row: Row<Number>) -> Number {
    row.greatest
  }

  public static func reduce<Number: IntegerNumber>(_ row: Row<Number>) -> Number {
    row.fold(.min) { max($0, $1) }
  }
}

/// The least element.
public struct ReduceMin: Reduction {
  public static let name = "ReduceMin"
  public static let domainOfTypes = ReductionTypes.numbersAndBool
  public let axes: ReductionAxes
  public init(_ axes: ReductionAxes) { self.axes = axes }

  public static func reduce<Number: FloatingNumber>(_ row: Row<Number>) -> Number {
    row.least
  }

  public static func reduce<Number: IntegerNumber>(_ row: Row<Number>) -> Number {
    row.fold(.max) { min($0, $1) }
  }
}

/// The product, in order.
public struct ReduceProd: Reduction {
  public static let name = "ReduceProd"
  public static let domainOfTypes = ReductionTypes.numbers
  public let axes: ReductionAxes
  public init(_ axes: ReductionAxes) { self.axes = axes }

  public static func reduce<Number: FloatingNumber>(_ row: Row<Number>) -> Number {
    row.fold(1) { $0 * $1 }
  }

  public static func reduce<Number: IntegerNumber>(_ row: Row<Number>) -> Number {
    row.fold(1) { $0 &* $1 }
  }
}

/// Σ|𝑥|.
public struct ReduceL1: Reduction {
  public static let name = "ReduceL1"
  public static let domainOfTypes = ReductionTypes.numbers
  public let axes: ReductionAxes
  public init(_ axes: ReductionAxes) { self.axes = axes }

  public static func reduce<Number: FloatingNumber>(_ row: Row<Number>) -> Number {
    row.sum { $0.magnitude }
  }

  public static func reduce<Number: IntegerNumber>(_ row: Row<Number>) -> Number {
    row.fold(0) { $0 &+ Abs.apply($1) }
  }
}

/// Σ𝑥².
public struct ReduceSumSquare: Reduction {
  public static let name = "ReduceSumSquare"
  public static let domainOfTypes = ReductionTypes.numbers
  public let axes: ReductionAxes
  public init(_ axes: ReductionAxes) { self.axes = axes }

  public static func reduce<Number: FloatingNumber>(_ row: Row<Number>) -> Number {
    row.sum { $0 * $0 }
  }

  public static func reduce<Number: IntegerNumber>(_ row: Row<Number>) -> Number {
    row.fold(0) { $0 &+ $1 &* $1 }
  }
}

/// √Σ𝑥².
public struct ReduceL2: Reduction {
  public static let name = "ReduceL2"
  public static let domainOfTypes = ReductionTypes.floats
  public let axes: ReductionAxes
  public init(_ axes: ReductionAxes) { self.axes = axes }

  public static func reduce<Number: FloatingNumber>(_ row: Row<Number>) -> Number {
    row.sum { $0 * $0 }.squareRoot()
  }

  public static func reduce<Number: IntegerNumber>(_ row: Row<Number>) -> Number {
    preconditionFailure("\(name) of integers")
  }
}

/// ln Σ𝑥.
public struct ReduceLogSum: Reduction {
  public static let name = "ReduceLogSum"
  public static let domainOfTypes = ReductionTypes.floats
  public let axes: ReductionAxes
  public init(_ axes: ReductionAxes) { self.axes = axes }

  public static func reduce<Number: FloatingNumber>(_ row: Row<Number>) -> Number {
    Transcendental.log(row.sum())
  }

  public static func reduce<Number: IntegerNumber>(_ row: Row<Number>) -> Number {
    preconditionFailure("\(name) of integers")
  }
}

/// ln Σ𝑒ˣ, as 𝑚 + ln Σexp(𝑥 − 𝑚) with 𝑚 the greatest element.
public struct ReduceLogSumExp: Reduction {
  public static let name = "ReduceLogSumExp"
  public static let domainOfTypes = ReductionTypes.floats
  public let axes: ReductionAxes
  public init(_ axes: ReductionAxes) { self.axes = axes }

  public static func reduce<Number: FloatingNumber>(_ row: Row<Number>) -> Number {
    let most = row.greatest
    guard most.isFinite else { return most }
    return most + Transcendental.log(row.sum { Transcendental.exp($0 - most) })
  }

  public static func reduce<Number: IntegerNumber>(_ row: Row<Number>) -> Number {
    preconditionFailure("\(name) of integers")
  }
}
