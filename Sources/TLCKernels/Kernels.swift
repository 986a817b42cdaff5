internal import CTLCKernels
public import TLCCore

/// Fast kernels: the same bits as their references, for every instruction set.
public enum Kernels {
  /// A function of ``FloatFunctions``, element by element.
  public enum Function: Hashable, Sendable {
    /// ``FloatFunctions/exp(_:)``.
    case exp
    /// ``FloatFunctions/tanh(_:)``.
    case tanh
    /// ``FloatFunctions/erf(_:)``.
    case erf
    /// ``FloatFunctions/gelu(_:)``.
    case gelu
    /// ``FloatFunctions/geluTanh(_:)``.
    case geluTanh
    /// ``FloatFunctions/log(_:)``.
    case log
    /// ``FloatFunctions/sigmoid(_:)``.
    case sigmoid
    /// ``FloatFunctions/softplus(_:)``.
    case softplus
    /// ``FloatFunctions/swish(_:)``.
    case swish
    /// ``FloatFunctions/mish(_:)``.
    case mish
    /// ``ExponentialUnit/apply(_:)``.
    case exponentialUnit(ExponentialUnit)

    /// The definition.
    public func reference(_ x: Float) -> Float {
      switch self {
      case .exp: FloatFunctions.exp(x)
      case .tanh: FloatFunctions.tanh(x)
      case .erf: FloatFunctions.erf(x)
      case .gelu: FloatFunctions.gelu(x)
      case .geluTanh: FloatFunctions.geluTanh(x)
      case .log: FloatFunctions.log(x)
      case .sigmoid: FloatFunctions.sigmoid(x)
      case .softplus: FloatFunctions.softplus(x)
      case .swish: FloatFunctions.swish(x)
      case .mish: FloatFunctions.mish(x)
      case .exponentialUnit(let unit): unit.apply(x)
      }
    }
  }

  /// Sets elements of `y` to a function of those of `x`, which may be the same memory.
  ///
  /// - Precondition: both have the elements of `range`.
  public static func apply(
    _ function: Function, _ x: Elements<Float>, to y: Elements<Float>, in range: Range<Int>,
    on instructions: InstructionSet = .best
  ) {
    x.require(range)
    y.require(range)
    let isa = instructions.isa
    let count = range.count
    // SAFETY: both have the range.
    let source = unsafe UnsafePointer(x.memory + range.lowerBound)
    let target = unsafe y.memory + range.lowerBound
    switch function {
    case .exp: unsafe tlc_exp_f32(isa, count, source, target)
    case .tanh: unsafe tlc_tanh_f32(isa, count, source, target)
    case .erf: unsafe tlc_erf_f32(isa, count, source, target)
    case .gelu: unsafe tlc_gelu_f32(isa, count, source, target)
    case .geluTanh: unsafe tlc_gelu_tanh_f32(isa, count, source, target)
    case .log: unsafe tlc_log_f32(isa, count, source, target)
    case .sigmoid: unsafe tlc_sigmoid_f32(isa, count, source, target)
    case .softplus: unsafe tlc_softplus_f32(isa, count, source, target)
    case .swish: unsafe tlc_swish_f32(isa, count, source, target)
    case .mish: unsafe tlc_mish_f32(isa, count, source, target)
    case .exponentialUnit(let unit):
      unsafe tlc_exponential_unit_f32(
        isa, count, unit.divisor, unit.alpha, unit.gamma, source, target)
    }
  }
}

extension Elements {
  /// Requires that a range of elements exists.
  func require(_ range: Range<Int>) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "elements \(range) of \(count)")
  }
}
