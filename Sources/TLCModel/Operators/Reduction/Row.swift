public import TLCCore
internal import TLCKernels

/// Elements that lie one after the other, and are taken together.
public struct Row<Number: TensorElement> {
  let elements: Elements<Number>
  let start: Int
  /// The number of elements.
  public let count: Int

  /// - Precondition: `index` is in `0..<count`.
  subscript(index: Int) -> Number { elements[start + index] }
}

extension Row where Number: FloatingNumber {
  /// The sum of a term an element: `formats/graph.md` §Numbers.
  @inline(__always)
  func sum(_ term: (Number) -> Number = { $0 }) -> Number {
    Lines.sum(count, elements, from: start, term)
  }

  /// IEEE 754's maximum; −∞ of no elements.
  var greatest: Number { fold(-.infinity, Greatest.apply) }

  /// IEEE 754's minimum; ∞ of no elements.
  var least: Number { fold(.infinity, Least.apply) }
}

extension Row {
  /// What `step` makes of the elements in order.
  @inline(__always)
  func fold<Result>(_ initial: Result, _ step: (Result, Number) -> Result) -> Result {
    var result = initial
    for i in 0..<count { result = step(result, self[i]) }
    return result
  }
}

/// Functions of a number of either width.
enum Transcendental {
  static func exp<Number: FloatingNumber>(_ x: Number) -> Number {
    Number.self == Double.self
      ? Number(DoubleFunctions.exp(x.double)) : Number(FloatFunctions.exp(x.float))
  }

  static func log<Number: FloatingNumber>(_ x: Number) -> Number {
    Number.self == Double.self
      ? Number(DoubleFunctions.log(x.double)) : Number(FloatFunctions.log(x.float))
  }
}
