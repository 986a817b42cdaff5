import TLCCore
import TLCKernels
import TLCModel

/// Where values live while a run goes on: memory of one that is used no more serves another.
struct MemoryLayoutPlan {
  /// The first byte of each value in the run's memory.
  private(set) var offsets: [String: Int] = [:]
  /// The bytes that nodes have for themselves, by place.
  private(set) var scratch: [Int: Range<Int>] = [:]
  private(set) var byteCount = 0
  /// Places of nodes that have nothing to do: what they give is known, or is what they are given.
  private(set) var skipped: Set<Int> = []

  /// Operators whose output is their input with another shape.
  private static let views: Set<String> = [
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity",
  ]

  /// What has memory for a time: a value, or a node for itself.
  private struct Life {
    enum Owner {
      case value(String)
      case node(Int)
    }
    var owner: Owner
    var first: Int
    var last: Int
    var byteCount: Int
  }

  init(_ program: Program, _ types: ConcreteTypes, threadCount: Int) {
    /// The value whose memory a value is.
    var owners: [String: String] = [:]
    var lives: [String: Life] = [:]
    var order: [String] = []
    var own: [Life] = []
    func isKnown(_ name: String) -> Bool {
      program.fixed[name] != nil || types.constants[name] != nil
    }
    func begin(_ name: String, at place: Int) {
      guard let type = types.types[name], !isKnown(name) else { return }
      lives[name] = Life(
        owner: .value(name), first: place, last: place,
        byteCount: type.shape.count * type.dtype.byteCount)
      order.append(name)
    }
    func use(_ name: String, at place: Int) { lives[owners[name] ?? name]?.last = place }

    for input in program.inputs { begin(input.name, at: -1) }
    for (place, node) in program.nodes.enumerated() {
      if node.outputs.allSatisfy({ $0.isEmpty || isKnown($0) }) {
        skipped.insert(place)
        continue
      }
      for name in node.inputs where !name.isEmpty { use(name, at: place) }
      if node.domain.isEmpty, Self.views.contains(node.operation), let source = node.inputs.first,
        !isKnown(source)
      {
        owners[node.outputs[0]] = owners[source] ?? source
        skipped.insert(place)
      } else {
        for name in node.outputs where !name.isEmpty { begin(name, at: place) }
        let byteCount = program.operators[place].scratchByteCount(
          node.inputs.map { types.types[$0] }, node.outputs.map { types.types[$0] },
          threadCount: threadCount)
        if byteCount > 0 {
          own.append(
            Life(owner: .node(place), first: place, last: place, byteCount: byteCount))
        }
      }
    }
    for name in program.outputs { use(name, at: program.nodes.count) }
    place(order.compactMap { lives[$0] } + own)
    for (name, owner) in owners { offsets[name] = offsets[owner] }
  }

  /// Gives each the first gap that is free for all its life, the largest first.
  private mutating func place(_ lives: [Life]) {
    var placed: [(life: Life, range: Range<Int>)] = []
    let bySize = lives.enumerated().sorted {
      ($1.element.byteCount, $0.offset) < ($0.element.byteCount, $1.offset)
    }
    for (_, life) in bySize {
      let alignment = Storage.alignment
      let size = max(alignment, (life.byteCount + alignment - 1) / alignment * alignment)
      let busy = placed.filter { $0.life.first <= life.last && life.first <= $0.life.last }
        .map { $0.range }.sorted { $0.lowerBound < $1.lowerBound }
      var offset = 0
      for range in busy {
        if range.lowerBound - offset >= size { break }
        offset = max(offset, range.upperBound)
      }
      placed.append((life, offset..<offset + size))
      switch life.owner {
      case .value(let name): offsets[name] = offset
      case .node(let place): scratch[place] = offset..<offset + life.byteCount
      }
      byteCount = max(byteCount, offset + size)
    }
  }
}
