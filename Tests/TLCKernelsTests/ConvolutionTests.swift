import TLCCore
import TLCKernels
import Testing

/// Convolutions against their definition, bit for bit.
@Suite struct ConvolutionTests {
  private static func random(_ count: Int, seed: UInt64) throws -> Elements<Float> {
    var random = SplitMix64(seed: seed)
    let values = (0..<count).map { _ in Float(Double(random.next() >> 40) / 0x1p23 - 1) }
    let shape = try #require(Shape([count]))
    return TensorView(Tensor(values, shape: shape)).elements(of: Float.self)
  }

  /// Windows of 1 to 3 axes, of which some lie in padding altogether.
  private static func window(_ random: inout SplitMix64) -> Window {
    let rank = random.below(3) + 1
    return Window(
      (0..<rank).map { axis in
        let longest = axis == rank - 1 ? 70 : 6
        let input = random.below(longest) + 1
        let (kernel, dilation) = (random.below(4) + 1, random.below(4) + 1)
        let (stride, before, after) = (random.below(3) + 1, random.below(6), random.below(6))
        let room = max(0, input + before + after - (kernel - 1) * dilation - 1)
        return Window.Axis(
          input: input, output: room / stride + 1, kernel: kernel, stride: stride,
          dilation: dilation, before: before)
      })
  }

  @Test(
    "every window, instruction set and way to share the work out gives the same bits",
    arguments: UInt64(0)..<40)
  func windows(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let window = Self.window(&random)
    let (channels, filters) = (random.below(5), random.below(9) + 1)
    let x = try Self.random(3 + channels * window.inputCount, seed: seed)
    let depth = channels * window.kernelCount
    let weights = try Self.random(filters * depth, seed: seed + 1)
    // What a chain becomes by terms of padding, too.
    if weights.count > 3 {
      weights[0] = .infinity
      weights[1] = -.infinity
      weights[2] = -0.0
    }
    let bias = try Self.random(filters + 1, seed: seed + 2)
    for instructions in InstructionSet.available {
      for threadCount in [1, 2, 5] {
        let blocks = Kernels.ConvolutionBlocks(
          window, channelCount: channels, filterCount: filters, repetitions: 1,
          threadCount: threadCount)
        let out = try Self.random(filters * window.outputCount, seed: seed + 3)
        let scratch = try Self.random(blocks.scratchCount, seed: seed + 4)
        for block in 0..<blocks.count {
          Kernels.convolve(
            block: block, of: blocks, x, from: 3, weights: weights, from: 0, bias: bias, from: 1,
            into: out, at: 0, scratch: scratch, on: instructions)
        }
        for (place, got) in out.indices.map({ ($0, out[$0]) }) {
          let (filter, index) = (place / window.outputCount, place % window.outputCount)
          let chain = Convolution.element(index, window, channelCount: channels) {
            x[3 + $0 * window.inputCount + $1]
          } _: {
            weights[filter * depth + $0 * window.kernelCount + $1]
          }
          let expected = FloatFunctions.canonical(chain + bias[1 + filter])
          #expect(
            got.bitPattern == expected.bitPattern, "\(instructions), \(threadCount): \(place)")
        }
      }
    }
  }
}

extension SplitMix64 {
  /// A number from 0 to `bound` − 1.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
