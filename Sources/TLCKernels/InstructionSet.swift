internal import CTLCKernels

/// What kernels may use of the processor. Results do not depend on it.
public enum InstructionSet: String, CaseIterable, Comparable, Sendable {
  /// Four lanes, as every processor has that this package runs on.
  case scalar
  /// x86-64 with AVX2 and FMA.
  case avx2
  /// x86-64-v4, which has AVX-512, with its instructions for sums of products of bytes (VNNI).
  case avx512

  /// The greatest that this processor has.
  public static let best: InstructionSet =
    allCases.last { $0.isa.rawValue <= tlc_isa_best().rawValue } ?? .scalar

  /// Those that this processor has.
  public static var available: [InstructionSet] { allCases.filter { $0 <= best } }

  var isa: tlc_isa {
    switch self {
    case .scalar: tlc_isa_scalar
    case .avx2: tlc_isa_avx2
    case .avx512: tlc_isa_avx512
    }
  }

  public static func < (first: InstructionSet, second: InstructionSet) -> Bool {
    first.isa.rawValue < second.isa.rawValue
  }
}
