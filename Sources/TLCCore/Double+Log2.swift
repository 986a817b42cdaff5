extension Double {
  /// The logarithm to base 2, to within 10⁻¹¹ of its value, by additions and products alone.
  ///
  /// The same bits on every machine, which a mathematical library does not promise: what a writer
  /// decides by it is decided everywhere alike.
  ///
  /// - Precondition: the number is positive and finite.
  public var portableLog2: Double {
    precondition(self > 0 && isFinite, "log2 of \(self)")
    let root = 1.4142135623730951
    let t = (significand - root) / (significand + root)
    let square = t * t
    var series = 1.0 / 13
    for odd in stride(from: 11, through: 1, by: -2) { series = series * square + 1 / Double(odd) }
    return Double(exponent) + 0.5 + 2 / 0.6931471805599453 * t * series
  }
}
