import TLCCore
import TLCKernels
import TLCModel
import TLCTestSupport
import Testing

/// Attention and convolution of more than a block, against plain loops, bit for bit.
@Suite struct AttentionTests {
  @Test(
    "any heads, masks and number of threads give the bits of the definition",
    arguments: UInt64(0)..<12)
  func definition(seed: UInt64) throws {
    var random = Arbitrary(seed: seed)
    let (keyHeads, shared) = (random.int(in: 1...2), random.int(in: 1...2))
    let heads = keyHeads * shared
    let (queries, keys) = (random.int(in: 1...60), random.int(in: 1...20))
    let (size, valueSize) = (random.int(in: 1...9), random.int(in: 1...9))
    let (isCausal, hasMask) = (random.int(in: 0...1) == 1, random.int(in: 0...1) == 1)
    func tensor(_ lengths: Int...) throws -> Tensor {
      let shape = try #require(Shape(lengths))
      return Tensor(random.floats(shape.count), shape: shape)
    }
    let all = [
      try tensor(2, heads, queries, size), try tensor(2, keyHeads, keys, size),
      try tensor(2, keyHeads, keys, valueSize), try tensor(queries, keys),
    ]
    let (q, k, v, mask) = (
      all[0].elements(of: Float.self), all[1].elements(of: Float.self),
      all[2].elements(of: Float.self), all[3].elements(of: Float.self)
    )
    let root = (1 / Float(size).squareRoot()).squareRoot()
    var expected: [UInt32] = []
    for head in 0..<2 * heads {
      let keyHead = head / heads * keyHeads + head % heads / shared
      for query in 0..<queries {
        let scores = (0..<keys).map { key in
          var score = MatrixProduct.element(size) {
            q[(head * queries + query) * size + $0] * root
          } _: {
            k[(keyHead * keys + key) * size + $0] * root
          }
          if hasMask { score += mask[query * keys + key] }
          return isCausal && key > query ? score - .infinity : score
        }
        let weights = RowFunctions.softmax(scores)
        for i in 0..<valueSize {
          let sum = MatrixProduct.element(keys) {
            weights[$0]
          } _: {
            v[(keyHead * keys + $0) * valueSize + i]
          }
          expected.append(sum.bitPattern)
        }
      }
    }
    let inputs = hasMask ? all : Array(all[..<3])
    let test = OperatorCase(
      "Attention", inputs.map { ValueType($0.dtype, $0.shape) }, [:],
      ["is_causal": .int(isCausal ? 1 : 0)])
    let given = Dictionary(
      uniqueKeysWithValues: inputs.enumerated().map { ("\($0)", $1) })
    for threadCount in [1, 2, 5] {
      let y = try test.evaluate(given, threadCount: threadCount)[0]
      #expect(y.elements(of: Float.self).map { $0.bitPattern } == expected, "\(threadCount)")
    }
  }
}
