internal import TLCCore

/// The sums of a certificate, in 16 lanes: `formats/tlcq.md` §6.
///
/// Four lanes at a time go through a block, so that their sums stay in registers.
struct CertificateSums {
  /// The sums of four neighbouring lanes.
  struct Lanes {
    fileprivate(set) var source = SIMD4<Double>()
    fileprivate(set) var decoded = SIMD4<Double>()
    fileprivate(set) var product = SIMD4<Double>()
    fileprivate(set) var error = SIMD4<Double>()
    fileprivate var maximum = SIMD4<Double>()
    fileprivate var nonZeroCount = SIMD4<Double>()
  }

  private var lanes = [Lanes](repeating: Lanes(), count: 4)
  private(set) var infiniteCount = 0
  private(set) var nanCount = 0
  /// Decoded elements that are not zero and not summed.
  private var unsummedCount = 0

  private static let laneCount = 16
  private static let blockLength = 2_048

  init<Element: TensorElement>(_ sources: Span<Element>, _ decodeds: Span<Element>) {
    let whole = sources.count / Self.laneCount * Self.laneCount
    for start in stride(from: 0, to: whole, by: Self.blockLength) {
      let block = start..<min(start + Self.blockLength, whole)
      for quarter in lanes.indices {
        let sum = Self.sum(lanes[quarter], quarter, sources, decodeds, in: block)
        lanes[quarter] = sum ?? sumCounting(lanes[quarter], quarter, sources, decodeds, in: block)
      }
    }
    for i in whole..<sources.count {
      let quarter = (i - whole) / 4
      var s = SIMD4<Double>()
      var d = SIMD4<Double>()
      s[(i - whole) % 4] = sources[i].double
      d[(i - whole) % 4] = decodeds[i].double
      zeroNonFinite(&s, &d)
      lanes[quarter].add(s, d)
    }
  }

  /// Lane 0 after adding lane 𝑗 + ℎ to lane 𝑗 for ℎ = 8, 4, 2, 1.
  func total(_ sum: KeyPath<Lanes, SIMD4<Double>>) -> Double {
    let four =
      (lanes[0][keyPath: sum] + lanes[2][keyPath: sum])
      + (lanes[1][keyPath: sum] + lanes[3][keyPath: sum])
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  /// The greatest |𝑑 − 𝑠|.
  var maximum: Double { lanes.reduce(0) { max($0, $1.maximum.max()) } }

  /// Decoded elements that are not zero; less than 2⁵³ of them.
  var nonZeroCount: Int { lanes.reduce(unsummedCount) { $0 + Int($1.nonZeroCount.sum()) } }

  /// The sums with a block added, or `nil` where an element is not finite.
  private static func sum<Element: TensorElement>(
    _ lanes: Lanes, _ quarter: Int, _ sources: Span<Element>, _ decodeds: Span<Element>,
    in block: Range<Int>
  ) -> Lanes? {
    var lanes = lanes
    var check = SIMD4<Double>()
    for i in stride(from: block.lowerBound + 4 * quarter, to: block.upperBound, by: laneCount) {
      let s = Element.doubles(sources, at: i)
      let d = Element.doubles(decodeds, at: i)
      // 𝑥 − 𝑥 is 0 for a finite number, and NaN for any other.
      check += (s - s) + (d - d)
      lanes.add(s, d)
    }
    return check == SIMD4() ? lanes : nil
  }

  /// The sums with a block added, its pairs that are not both finite counted instead.
  private mutating func sumCounting<Element: TensorElement>(
    _ lanes: Lanes, _ quarter: Int, _ sources: Span<Element>, _ decodeds: Span<Element>,
    in block: Range<Int>
  ) -> Lanes {
    var lanes = lanes
    for i in stride(
      from: block.lowerBound + 4 * quarter, to: block.upperBound, by: Self.laneCount)
    {
      var s = Element.doubles(sources, at: i)
      var d = Element.doubles(decodeds, at: i)
      zeroNonFinite(&s, &d)
      lanes.add(s, d)
    }
    return lanes
  }

  private mutating func zeroNonFinite(_ s: inout SIMD4<Double>, _ d: inout SIMD4<Double>) {
    for lane in 0..<4 where !(s[lane].isFinite && d[lane].isFinite) {
      if s[lane].isNaN { nanCount += 1 }
      if s[lane].isInfinite { infiniteCount += 1 }
      if d[lane] != 0 { unsummedCount += 1 }
      s[lane] = 0
      d[lane] = 0
    }
  }
}

extension CertificateSums.Lanes {
  @inline(__always)
  fileprivate mutating func add(_ s: SIMD4<Double>, _ d: SIMD4<Double>) {
    let difference = d - s
    source += s * s
    decoded += d * d
    product += s * d
    error += difference * difference
    maximum.replace(with: difference, where: difference .> maximum)
    maximum.replace(with: -difference, where: -difference .> maximum)
    nonZeroCount += SIMD4(repeating: 1).replacing(with: 0, where: d .== 0)
  }
}
