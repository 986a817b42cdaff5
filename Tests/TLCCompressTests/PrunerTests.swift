import TLCCompress
import TLCCore
import TLCSystem
import TLCTestSupport
import Testing

@Suite struct PrunerTests {
  @Test(arguments: UInt64(0)..<48)
  func `drops exactly the least magnitudes, the first of equal ones first`(seed: UInt64) throws {
    var arbitrary = Arbitrary(seed: seed)
    let floats = arbitrary.floats(arbitrary.int(in: 1...300))
    let sparsity = Double(arbitrary.int(in: 0...20)) / 20
    let tensor = Tensor(floats, shape: try #require(Shape([floats.count])))
    let mask = try MagnitudePruner(sparsity: sparsity).mask(for: tensor, parallelism: .serial)
    let order = floats.indices.sorted {
      (floats[$0].magnitude, $0) < (floats[$1].magnitude, $1)
    }
    var expected = Bitmap(repeating: true, count: floats.count)
    for index in order.prefix(Int(sparsity * Double(floats.count))) { expected[index] = false }
    #expect(mask == expected)
    #expect(tensor.pruned(keeping: mask).pruned(keeping: mask) == tensor.pruned(keeping: mask))
  }

  @Test(arguments: UInt64(0)..<24)
  func `ranks several tensors as if they were one`(seed: UInt64) throws {
    var arbitrary = Arbitrary(seed: seed)
    let parts = (0..<3).map { _ in arbitrary.floats(arbitrary.int(in: 1...90)) }
    let tensors = try parts.map { Tensor($0, shape: try #require(Shape([$0.count]))) }
    let whole = Tensor(
      parts.flatMap { $0 }, shape: try #require(Shape([parts.reduce(0) { $0 + $1.count }])))
    var selection = MagnitudeSelection(sparsity: 0.6)
    while !selection.isComplete {
      for tensor in tensors { try selection.count(tensor) }
      selection.advance()
    }
    var bits: [Bool] = []
    for tensor in tensors {
      let mask = try selection.mask(for: tensor)
      bits += (0..<mask.count).map { mask[$0] }
    }
    let expected = try MagnitudePruner(sparsity: 0.6).mask(for: whole, parallelism: .serial)
    #expect(bits == (0..<expected.count).map { expected[$0] })
  }

  @Test func `keeps the greatest n of each m, and of a tail what there is`() throws {
    let tensor = Tensor(
      [1, 4, -3, 2, 5, 0] as [Float], shape: try #require(Shape([1, 6])))
    let mask = try NOfMPruner(n: 2, m: 4).mask(for: tensor, parallelism: .serial)
    #expect((0..<6).map { mask[$0] } == [false, true, true, false, true, true])
  }

  @Test func `drops whole blocks of least mean square`() throws {
    let tensor = Tensor(
      [1, 1, 9, 9, 1, 1, 9, 9, 5, 5, 2, 2] as [Float], shape: try #require(Shape([3, 4])))
    let mask = try BlockPruner(sparsity: 0.5, rows: 2, columns: 2)
      .mask(for: tensor, parallelism: .serial)
    let kept = (0..<12).map { mask[$0] }
    #expect(
      kept == [
        false, false, true, true, false, false, true, true, true, true, false, false,
      ])
  }
}
