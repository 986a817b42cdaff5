import TLCCore
import TLCKernels

/// Normally distributed numbers (Box and Muller, 1958), the same everywhere for a seed and a name.
struct NormalNumbers {
  private var random: SplitMix64
  private var other: Double?

  init(seed: UInt64, name: String) {
    // FNV-1a tells names apart.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    random = SplitMix64(seed: seed &* 0xD129_0D3A_7C0F_5B27 ^ hash)
  }

  mutating func next() -> Double {
    if let number = other {
      other = nil
      return number
    }
    // A point in the unit circle, by the method of Marsaglia, which needs no sine.
    while true {
      let x = unit()
      let y = unit()
      let square = x * x + y * y
      guard square > 0, square < 1 else { continue }
      let factor = (-2 * DoubleFunctions.log(square) / square).squareRoot()
      other = y * factor
      return x * factor
    }
  }

  /// From −1 to below 1.
  private mutating func unit() -> Double {
    Double(random.next() >> 11) / 4_503_599_627_370_496 - 1
  }
}
