import Foundation
import TLCCore
import TLCKernels
import Testing

/// The functions of `formats/numbers.md`: their errors, and kernels against definitions.
@Suite struct FunctionTests {
  /// Arguments from all over: every exponent, both signs, and what is special.
  private static let arguments: [Float] = {
    var random = SplitMix64(seed: 1)
    var arguments: [Float] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .leastNormalMagnitude,
      .greatestFiniteMagnitude, 0.625, 4, -4, 88.72284, -103.97208, -104,
    ]
    for _ in 0..<200_003 {
      arguments.append(Float(bitPattern: UInt32(truncatingIfNeeded: random.next())))
    }
    for _ in 0..<200_000 {
      arguments.append(Float(Double(random.next() >> 40) / 0x1p24 * 20 - 10))
    }
    return arguments
  }()

  private static let functions: [Kernels.Function] = [
    .exp, .tanh, .erf, .gelu, .geluTanh, .log, .sigmoid, .softplus, .swish, .mish,
    .exponentialUnit(.elu(alpha: 1)), .exponentialUnit(.elu(alpha: 1.3)),
    .exponentialUnit(.elu(alpha: -.infinity)), .exponentialUnit(.celu(alpha: 0.3)),
    .exponentialUnit(.celu(alpha: .infinity)),
    .exponentialUnit(.selu(alpha: 0x1.ac5c36p+0, gamma: 0x1.0cfac4p+0)),
  ]

  @Test("kernels have the bits of their definitions", arguments: functions)
  func kernels(function: Kernels.Function) throws {
    let count = Self.arguments.count
    let shape = try #require(Shape([count]))
    let x = TensorView(Tensor(Self.arguments, shape: shape)).elements(of: Float.self)
    for instructions in InstructionSet.available {
      let y = TensorView(zeros: .f32, shape).elements(of: Float.self)
      // In two parts, neither of them a whole number of vectors.
      Kernels.apply(function, x, to: y, in: 0..<1_003, on: instructions)
      Kernels.apply(function, x, to: y, in: 1_003..<count, on: instructions)
      let wrong = (0..<count).first {
        y[$0].bitPattern != function.reference(x[$0]).bitPattern
      }
      #expect(wrong == nil, "\(instructions): \(Self.arguments[wrong ?? 0])")
    }
  }

  @Test("arithmetic has the bits of its definition", arguments: Kernels.Arithmetic.allCases)
  func arithmetic(_ arithmetic: Kernels.Arithmetic) throws {
    let count = 4_003
    let shape = try #require(Shape([count]))
    func elements(_ start: Int) -> Elements<Float> {
      let values = (0..<count).map { Self.arguments[(start + $0 * 7) % Self.arguments.count] }
      return TensorView(Tensor(values, shape: shape)).elements(of: Float.self)
    }
    let (x, y) = (elements(0), elements(3))
    for instructions in InstructionSet.available {
      for (xStep, yStep) in [(1, 1), (1, 0), (0, 1), (0, 0)] {
        let z = TensorView(zeros: .f32, shape).elements(of: Float.self)
        Kernels.combine(
          arithmetic, count - 2, x, from: 1, step: xStep, y, from: 2, step: yStep, into: z, at: 1,
          on: instructions)
        let wrong = (0..<count - 2).first {
          z[1 + $0].bitPattern
            != arithmetic.reference(x[1 + $0 * xStep], y[2 + $0 * yStep]).bitPattern
        }
        #expect(wrong == nil, "\(instructions), steps \(xStep) and \(yStep)")
        #expect(z[0] == 0 && z[count - 1] == 0)
      }
    }
  }

  @Test(
    "an exponent that repeats gives the bits of one a number",
    arguments: [0, -0.0, 1, 2, 3, -1, 0.5, -0.5, 1.7, -3, 4, 1e9, .infinity, -.infinity, .nan])
  func repeatedExponents(_ exponent: Float) throws {
    let count = 5_003
    let shape = try #require(Shape([count]))
    let x = TensorView(Tensor(Array(Self.arguments.prefix(count)), shape: shape))
      .elements(of: Float.self)
    let y = TensorView(Tensor([exponent], shape: try #require(Shape([1]))))
      .elements(of: Float.self)
    for instructions in InstructionSet.available {
      let z = TensorView(zeros: .f32, shape).elements(of: Float.self)
      Kernels.combine(
        .power, count, x, from: 0, step: 1, y, from: 0, step: 0, into: z, at: 0, on: instructions)
      let wrong = (0..<count).first {
        z[$0].bitPattern != FloatFunctions.pow(x[$0], exponent).bitPattern
      }
      #expect(wrong == nil, "\(instructions): \(x[wrong ?? 0])^\(exponent)")
    }
  }

  @Test("functions are as near as their pages say")
  func errors() {
    let cases: [(name: String, ulps: Double, (Float) -> Float, (Double) -> Double)] = [
      ("exp", 1.02, FloatFunctions.exp, Foundation.exp),
      ("expm1", 1.68, { FloatFunctions.expMinusOne(-abs($0)) }, { Foundation.expm1(-abs($0)) }),
      ("log", 0.81, FloatFunctions.log, Foundation.log),
      ("tanh", 1.34, FloatFunctions.tanh, Foundation.tanh),
      ("erf", 1.06, FloatFunctions.erf, Foundation.erf),
      ("sigmoid", 2.5, FloatFunctions.sigmoid, { 1 / (1 + Foundation.exp(-$0)) }),
      (
        "softplus", 2, FloatFunctions.softplus,
        { max($0, 0) + Foundation.log1p(Foundation.exp(-abs($0))) }
      ),
      (
        "mish", 3.8, { FloatFunctions.mish(max($0, -87)) },
        {
          let x = max($0, -87)
          return x * Foundation.tanh(max(x, 0) + Foundation.log1p(Foundation.exp(-abs(x))))
        }
      ),
    ]
    func unit(
      _ name: String, _ ulps: Double, _ unit: ExponentialUnit
    ) -> (name: String, ulps: Double, (Float) -> Float, (Double) -> Double) {
      let (divisor, alpha) = (Double(unit.divisor), Double(unit.alpha))
      return (
        name, ulps, unit.apply,
        { Double(unit.gamma) * ($0 < 0 ? alpha * Foundation.expm1($0 / divisor) : $0) }
      )
    }
    let units = [
      unit("elu", 3.9, .elu(alpha: 0.1)), unit("elu", 1.68, .elu(alpha: 1)),
      unit("selu", 4.9, .selu(alpha: 0x1.ac5c36p+0, gamma: 0x1.0cfac4p+0)),
      unit("celu", 4.9, .celu(alpha: 1.7)),
    ]
    for (name, ulps, function, exact) in cases + units {
      for x in Self.arguments {
        let (y, d) = (function(x), exact(Double(x)))
        let isNear =
          d.isNaN
          ? y.bitPattern == 0x7FC0_0000
          : abs(d) >= Double(Float.greatestFiniteMagnitude) || abs(d) <= 0x1p-126
            || abs(Double(y) - d) <= ulps * Double(Float(d).ulp)
        if !isNear { Issue.record("\(name)(\(x)) = \(y)") }
      }
    }
  }

  @Test("functions that vanish below 0 are as near as their pages say")
  func vanishing() {
    typealias Case = (name: String, ulps: Double, (Float) -> Float, (Double) -> Double)
    let cases: [Case] = [
      ("gelu", 1.5, FloatFunctions.gelu, { $0 * Foundation.erfc(-$0 / 2.0.squareRoot()) / 2 }),
      (
        "gelu, tanh", 2.1, FloatFunctions.geluTanh,
        {
          let u = (2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)
          return $0 / (1 + Foundation.exp(-2 * u))
        }
      ),
      ("swish", 2, FloatFunctions.swish, { $0 / (1 + Foundation.exp(-$0)) }),
    ]
    for (name, ulps, function, exact) in cases {
      for x in Self.arguments where abs(x) < 0x1p120 {
        let (y, d) = (Double(function(x)), exact(Double(x)))
        let error = x >= 0 ? max(0x1p-149, ulps * Double(Float(d).ulp)) : 5e-8
        if abs(y - d) > error { Issue.record("\(name)(\(x)) = \(y)") }
      }
    }
  }

  @Test("powers are as near as float32 can be, and follow IEEE 754 where they are special")
  func powers() {
    for (x, y) in zip(Self.arguments, Self.arguments.reversed()) {
      let exact = Foundation.pow(Double(x), Double(y))
      let got = FloatFunctions.pow(x, y)
      if exact.isNaN {
        #expect(got.isNaN, "\(x)^\(y)")
      } else if abs(exact) < 0x1p-126 || abs(exact) > 0x1.fffffep127 {
        #expect(
          abs(Double(got) - Double(Float(exact))) <= 0x1p-148 || got == Float(exact), "\(x)^\(y)")
      } else {
        #expect(abs(Double(got) - exact) <= 0.51 * Double(Float(exact).ulp), "\(x)^\(y) = \(got)")
      }
    }
  }
}
