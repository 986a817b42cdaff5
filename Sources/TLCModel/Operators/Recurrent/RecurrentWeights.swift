internal import TLCCore
internal import TLCKernels

/// The weights of a recurrence, packed for products.
struct RecurrentWeights: Sendable {
  /// A matrix a direction: `[inputSize, gateSize]`.
  let input: [PackedMatrix]
  /// The matrices that the hidden state is multiplied by, for each direction.
  let hidden: [[PackedMatrix]]
  /// `[directionCount, 2 · gateSize]`: of the inputs' products and of the hidden state's.
  let biases: Elements<Float>?
  /// `[directionCount, 3 · hiddenSize]`.
  let peepholes: Elements<Float>?

  /// - Parameters:
  ///   - memory: ``RecurrentSizes/packedCount`` elements for each direction.
  init(
    _ sizes: RecurrentSizes, input matrix: Elements<Float>, hidden recurrent: Elements<Float>,
    biases: Elements<Float>?, peepholes: Elements<Float>?, in memory: Elements<Float>
  ) {
    var used = 0
    func pack(
      _ matrix: Elements<Float>, from start: Int, depth: Int, columnCount: Int
    ) -> PackedMatrix {
      let count = PackedMatrix.elementCount(depth: depth, columnCount: columnCount)
      defer { used += count }
      return PackedMatrix(
        matrix, from: start, rowStride: 1, columnStride: depth, depth: depth,
        columnCount: columnCount, in: memory[used..<used + count])
    }
    var (inputs, hiddens): ([PackedMatrix], [[PackedMatrix]]) = ([], [])
    for direction in 0..<sizes.directionCount {
      inputs.append(
        pack(
          matrix, from: direction * sizes.gateSize * sizes.inputSize, depth: sizes.inputSize,
          columnCount: sizes.gateSize))
      var row = direction * sizes.gateSize
      hiddens.append(
        sizes.hiddenColumns.map { columns in
          defer { row += columns }
          return pack(
            recurrent, from: row * sizes.hiddenSize, depth: sizes.hiddenSize,
            columnCount: columns)
        })
    }
    (input, hidden) = (inputs, hiddens)
    (self.biases, self.peepholes) = (biases, peepholes)
  }
}
