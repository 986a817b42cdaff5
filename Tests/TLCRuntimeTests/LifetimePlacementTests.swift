import TLCCore
import TLCKernels
import TLCModel
import TLCRuntime
import TLCTestSupport
import Testing

/// Where values live: none that are needed at once overlap, and no graph makes that slow to find.
@Suite struct LifetimePlacementTests {
  /// Requires that lives which meet have bytes of their own, by the end of the memory.
  private static func check(_ lives: [LifetimePlacement.Life], _ packing: LifetimePlacement) {
    /// Those that are alive, by their first byte.
    var alive: [Int: Range<Int>] = [:]
    let ends = lives.indices.sorted { lives[$0].moments.upperBound < lives[$1].moments.upperBound }
    var ended = 0
    var isSound = true
    var checked = 0
    for place in lives.indices.sorted(by: {
      lives[$0].moments.lowerBound < lives[$1].moments.lowerBound
    }) {
      while ended < ends.count,
        lives[ends[ended]].moments.upperBound < lives[place].moments.lowerBound
      {
        alive[packing.offsets[ends[ended]]] = nil
        ended += 1
      }
      let start = packing.offsets[place]
      let range = start..<start + max(1, lives[place].byteCount)
      isSound = isSound && start % Storage.alignment == 0 && range.upperBound <= packing.byteCount
      isSound = isSound && alive[start] == nil
      // All pairs where they are few, neighbours' starts where they are many.
      if alive.count < 64 { isSound = isSound && !alive.values.contains { $0.overlaps(range) } }
      alive[start] = range
      checked += 1
    }
    #expect(isSound && checked == lives.count)
  }

  @Test(arguments: [10, 1_000, 10_000])
  func `lives that meet do not overlap`(count: Int) {
    var random = Arbitrary(seed: UInt64(count))
    let lives = (0..<count).map { place in
      LifetimePlacement.Life(
        place...(place + random.int(in: 0...20)), byteCount: random.int(in: 0...5_000))
    }
    let packing = LifetimePlacement(lives)
    Self.check(lives, packing)
    #expect(packing.byteCount <= lives.map { $0.byteCount + 64 }.reduce(0, +))
  }

  @Test func `the largest take the first gap that is free`() {
    let lives = [(0, 1, 100), (1, 2, 300), (2, 3, 100), (3, 4, 64), (1, 1, 10)].map {
      LifetimePlacement.Life($0...$1, byteCount: $2)
    }
    let packing = LifetimePlacement(lives)
    #expect(packing.offsets == [320, 0, 320, 0, 448])
    #expect(packing.byteCount == 512)
  }

  @Test func `a hundred thousand that are all needed at once have bytes each`() {
    let lives = (0..<100_000).map { _ in LifetimePlacement.Life(0...9, byteCount: 64) }
    let packing = LifetimePlacement(lives)
    #expect(Set(packing.offsets).count == lives.count)
    #expect(packing.byteCount == 6_400_000)
  }

  @Test func `a chain of a hundred thousand takes little more than its largest`() {
    let lives = (0..<100_000).map {
      LifetimePlacement.Life($0...($0 + 1), byteCount: 64 * (1 + $0 % 5))
    }
    let packing = LifetimePlacement(lives)
    Self.check(lives, packing)
    #expect(packing.byteCount <= 4_096)
  }

  @Test func `a graph of 100,000 values runs`() throws {
    var builder = GraphBuilder()
    let type = ValueType(.f32, [Dimension(3)])
    let x = try builder.input("x", type)
    var nodes: [Node] = []
    var last = x.name
    for step in 0..<25_000 {
      let parts = ["a", "b", "c"].map { "\($0)\(step)" }
      nodes.append(
        Node(
          "Split", name: "split\(step)", inputs: [last], outputs: parts,
          attributes: ["num_outputs": .int(3)]))
      last = "x\(step)"
      nodes.append(
        Node(
          "Concat", name: "turn\(step)", inputs: [parts[1], parts[2], parts[0]],
          outputs: [last], attributes: ["axis": .int(0)]))
    }
    var graph = builder.graph
    graph.nodes = nodes
    graph.outputs = [last]
    let typed = try TypedGraph(graph) { _ in nil }
    #expect(typed.types.count == 100_001)
    let shape = try #require(Shape([3]))
    let session = try Session(typed, threadCount: 1) { name in
      throw GraphError.value(name, "it is not there")
    }
    let outputs = try session.run(["x": Tensor([1, 2, 3] as [Float], shape: shape)])
    #expect(outputs == [Tensor([2, 3, 1] as [Float], shape: shape)])
  }
}
