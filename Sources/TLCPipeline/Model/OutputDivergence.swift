import Foundation
public import TLCCore
public import TLCFormat

/// How far an output of a model is from another's, row by row of the last axis.
public struct OutputDivergence: Sendable {
  /// The output's name.
  public var name: String
  /// The distance of its elements.
  public var certificate: Certificate
  /// The mean over rows of Σ𝑝·log(𝑝/𝑞), in nats, with 𝑝 of the first model: the rows where they are
  /// distributions, else their softmax. `nil` where a row has fewer than two numbers.
  public var divergence: Double?
  /// The share of rows whose greatest element is at the same place; `nil` where a row has fewer than
  /// two numbers.
  public var topOne: Double?

  /// Measures an output.
  ///
  /// - Precondition: both are of one type and shape.
  public init(name: String, source: Tensor, decoded: Tensor) {
    self.name = name
    certificate = Certificate(source: source, decoded: decoded)
    let length = source.shape.dimensions.last ?? 1
    guard length >= 2, source.shape.count > 0, source.dtype.isFloatingPoint else { return }
    let (first, second) = (source.numbers, decoded.numbers)
    let rows = first.count / length
    var (sum, equal) = (0.0, 0)
    for row in 0..<rows {
      let range = row * length..<(row + 1) * length
      let (p, q) = (first[range], second[range])
      sum += Self.divergence(Self.distribution(p), Self.distribution(q))
      if Self.greatest(p) == Self.greatest(q) { equal += 1 }
    }
    divergence = sum / Double(rows)
    topOne = Double(equal) / Double(rows)
  }

  /// The row itself, where it is a distribution, else its softmax.
  private static func distribution(_ row: ArraySlice<Double>) -> [Double] {
    let sum = row.reduce(0, +)
    if row.allSatisfy({ $0 >= 0 }), abs(sum - 1) < 1e-3 { return row.map { $0 / sum } }
    let greatest = row.max() ?? 0
    let powers = row.map { exp($0 - greatest) }
    let total = powers.reduce(0, +)
    return powers.map { $0 / total }
  }

  private static func divergence(_ p: [Double], _ q: [Double]) -> Double {
    zip(p, q).reduce(0) { sum, pair in
      pair.0 > 0 ? sum + pair.0 * log(pair.0 / max(pair.1, 1e-300)) : sum
    }
  }

  /// The place of the first of the greatest elements in a row.
  private static func greatest(_ row: ArraySlice<Double>) -> Int {
    var best = row.startIndex
    for place in row.indices where row[place] > row[best] { best = place }
    return best - row.startIndex
  }
}

extension Tensor {
  /// The elements as `Double`.
  var numbers: [Double] {
    func numbers<Element: TensorElement>(_: Element.Type) -> [Double] {
      elements(of: Element.self).map { $0.double }
    }
    return numbers(dtype.elementType)
  }
}
