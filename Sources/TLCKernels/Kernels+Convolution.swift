internal import CTLCKernels
public import TLCCore

extension Kernels {
  /// How a convolution goes through its windows: blocks of them are gathered into panels, which are
  /// the right factors of products with the weights.
  public struct ConvolutionBlocks: Sendable {
    /// Where windows are on the input.
    public let window: Window
    /// The input channels of a group.
    public let channelCount: Int
    /// The output channels of a group.
    public let filterCount: Int
    /// The panels that are gathered at a time.
    private let panelCount: Int

    /// The blocks of a convolution.
    ///
    /// - Parameters:
    ///   - window: where windows are on the input.
    ///   - channelCount: the input channels of a group.
    ///   - filterCount: the output channels of a group.
    ///   - repetitions: the number of groups times the number of inputs.
    ///   - threadCount: the threads that share the blocks out.
    /// - Precondition: there are windows, repetitions and threads.
    public init(
      _ window: Window, channelCount: Int, filterCount: Int, repetitions: Int, threadCount: Int
    ) {
      self.window = window
      self.channelCount = channelCount
      self.filterCount = filterCount
      let all = (window.outputCount + PackedMatrix.panelWidth - 1) / PackedMatrix.panelWidth
      // Some 256 KiB stay in the second cache; with at least four, weights are not read too often.
      let best = max(
        4, (1 << 16) / max(1, PackedMatrix.panelWidth * channelCount * window.kernelCount))
      let share = max(1, (all * repetitions + threadCount - 1) / threadCount)
      panelCount = min(best, all, share)
    }

    /// The length of the axis that is summed.
    public var depth: Int { channelCount * window.kernelCount }

    /// The windows of a block.
    fileprivate var blockLength: Int { panelCount * PackedMatrix.panelWidth }

    /// The number of blocks.
    public var count: Int { (window.outputCount + blockLength - 1) / blockLength }

    /// The elements of memory that a thread needs.
    public var scratchCount: Int { panelCount * PackedMatrix.panelWidth * depth }
  }

  /// One block of a convolution: ``Convolution/element(_:_:channelCount:_:_:)``, and then a bias.
  ///
  /// - Parameters:
  ///   - block: its number.
  ///   - blocks: the blocks of the convolution.
  ///   - x: `[channelCount, window.inputCount]`, from `xStart` on.
  ///   - xStart: the place of the first element of the group's channels in `x`.
  ///   - weights: `[filterCount, depth]`, from `weightStart` on.
  ///   - weightStart: the place of the first element of the group's filters in `weights`.
  ///   - bias: an element a filter, from `biasStart` on, or nothing to add.
  ///   - biasStart: the place of the first of the group's filters in `bias`.
  ///   - out: `[filterCount, window.outputCount]`, from `outStart` on.
  ///   - outStart: the place of the first element of the group's filters in `out`.
  ///   - scratch: the thread's own memory, ``ConvolutionBlocks/scratchCount`` elements or more of any
  ///     content.
  ///   - instructions: what is used of the processor; the bits do not depend on it.
  /// - Precondition: the elements exist.
  public static func convolve(
    block: Int, of blocks: ConvolutionBlocks, _ x: Elements<Float>, from xStart: Int,
    weights: Elements<Float>, from weightStart: Int, bias: Elements<Float>?,
    from biasStart: Int, into out: Elements<Float>, at outStart: Int, scratch: Elements<Float>,
    on instructions: InstructionSet = .best
  ) {
    let (window, depth, filters) = (blocks.window, blocks.depth, blocks.filterCount)
    let width = PackedMatrix.panelWidth
    let length = blocks.blockLength
    let first = block * length
    let count = min(length, window.outputCount - first)
    precondition(block >= 0 && count > 0, "block \(block) of \(blocks.count)")
    x.require(xStart..<xStart + blocks.channelCount * window.inputCount)
    weights.require(weightStart..<weightStart + filters * depth)
    out.require(outStart..<outStart + filters * window.outputCount)
    scratch.require(0..<blocks.scratchCount)
    var native = window.native
    let panels = (count + width - 1) / width
    for panel in 0..<panels {
      let start = first + panel * width
      // SAFETY: the windows are those of the block, which read within the channels; a panel has
      // `width` elements a term.
      unsafe tlc_gather_f32(
        x.memory + xStart, blocks.channelCount, &native, start, min(width, first + count - start),
        scratch.memory + panel * width * depth)
    }
    // SAFETY: checked; columns are windows of the block, rows are filters.
    unsafe tlc_gemm_f32(
      instructions.isa, 0, filters, 0, panels, count, depth, weights.memory + weightStart, depth,
      scratch.memory, nil, out.memory + outStart + first, window.outputCount)
    guard let bias else { return }
    for filter in 0..<filters {
      let value = bias[biasStart + filter]
      let place = outStart + filter * window.outputCount + first
      Lines.map(count, out, from: place, into: out, at: place) {
        FloatFunctions.canonical($0 + value)
      }
    }
  }
}
