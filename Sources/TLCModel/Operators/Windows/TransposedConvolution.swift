internal import TLCCore
internal import TLCKernels

/// A transposed convolution in a run: for each kernel position the products of filters and input
/// channels, which are then added to where they belong.
struct TransposedConvolution {
  /// Windows on the output, one an input element.
  let window: Window
  let imageCount: Int
  let groupCount: Int
  /// Input channels of a group.
  let channelCount: Int
  /// Output channels of a group.
  let filterCount: Int
  let workerCount: Int

  /// The filters whose products are in memory at a time.
  private var blockLength: Int {
    let products = max(1, window.kernelCount * window.outputCount)
    let share = max(1, filterCount * groupCount * imageCount / workerCount)
    return max(1, min(filterCount, (1 << 18) / products, share))
  }
  private var blockCount: Int { (filterCount + blockLength - 1) / blockLength }

  private var packedCount: Int {
    PackedMatrix.elementCount(depth: channelCount, columnCount: window.outputCount)
  }
  /// The elements of memory that a worker needs.
  var partCount: Int { packedCount + blockLength * window.kernelCount * window.outputCount }

  /// Sets `out` to weights `[group, filter, position, channel]` of those of `[group, channel, filter,
  /// position]`.
  func turn(_ weights: Elements<Float>, into out: Elements<Float>) {
    let rows = filterCount * window.kernelCount
    for group in 0..<groupCount {
      let start = group * channelCount * rows
      for row in 0..<rows {
        for channel in 0..<channelCount {
          out[start + row * channelCount + channel] = weights[start + channel * rows + row]
        }
      }
    }
  }

  /// - Parameter memory: ``partCount`` elements a worker.
  func compute(
    _ x: Elements<Float>, weights: Elements<Float>, bias: Elements<Float>?,
    into out: Elements<Float>, in memory: Elements<Float>, team: Team
  ) {
    let (count, groups) = (imageCount * groupCount * blockCount, groupCount)
    team.share(workerCount) { part in
      for worker in part {
        let own = memory[worker * partCount..<(worker + 1) * partCount]
        var packed: (group: Int, matrix: PackedMatrix)?
        for item in count * worker / workerCount..<count * (worker + 1) / workerCount {
          let group = item / blockCount
          if packed?.group != group {
            let matrix = PackedMatrix(
              x, from: group * channelCount * window.outputCount,
              rowStride: window.outputCount, columnStride: 1, depth: channelCount,
              columnCount: window.outputCount, in: own[0..<packedCount])
            packed = (group, matrix)
          }
          guard let matrix = packed?.matrix else { continue }
          let first = item % blockCount * blockLength
          compute(
            first..<min(filterCount, first + blockLength), ofGroup: group % groups, matrix,
            weights, bias, into: out, at: group * filterCount * window.inputCount,
            own[packedCount..<partCount])
        }
      }
    }
  }

  private func compute(
    _ filters: Range<Int>, ofGroup group: Int, _ matrix: PackedMatrix, _ weights: Elements<Float>,
    _ bias: Elements<Float>?, into out: Elements<Float>, at start: Int,
    _ products: Elements<Float>
  ) {
    let (kernel, columns, plane) = (window.kernelCount, window.outputCount, window.inputCount)
    matrix.multiply(
      weights, from: (group * filterCount + filters.lowerBound) * kernel * channelCount,
      into: products, rowCount: filters.count * kernel, team: .alone)
    for (place, filter) in filters.enumerated() {
      let image = out[start + filter * plane..<start + (filter + 1) * plane]
      image.fill(0)
      for position in 0..<kernel {
        add(products, at: (place * kernel + position) * columns, position, to: image)
      }
      let value = bias?[group * filterCount + filter]
      Lines.map(plane, image, from: 0, into: image, at: 0) {
        FloatFunctions.canonical(value == nil ? $0 : $0 + (value ?? 0))
      }
    }
  }

  /// Adds the products of a kernel position to where its windows have it.
  private func add(
    _ products: Elements<Float>, at start: Int, _ position: Int, to image: Elements<Float>
  ) {
    let (depth, height, width) = (window.depth, window.height, window.width)
    let column = position % width.kernel
    let row = position / width.kernel % height.kernel
    let slice = position / width.kernel / height.kernel
    for i in 0..<depth.output {
      let z = depth.place(i, slice)
      guard (0..<depth.input).contains(z) else { continue }
      for j in 0..<height.output {
        let y = height.place(j, row)
        guard (0..<height.input).contains(y) else { continue }
        let line = (z * height.input + y) * width.input
        let source = start + (i * height.output + j) * width.output
        for k in 0..<width.output {
          let x = width.place(k, column)
          if (0..<width.input).contains(x) { image[line + x] += products[source + k] }
        }
      }
    }
  }
}
