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
  private enum Owner {
    case value(String)
    case node(Int)
  }

  init(_ program: Program, _ types: ConcreteTypes, threadCount: Int) {
    /// The value whose memory a value is.
    var owners: [String: String] = [:]
    var lives: [String: (owner: Owner, life: LifetimePlacement.Life)] = [:]
    var order: [String] = []
    var own: [(owner: Owner, life: LifetimePlacement.Life)] = []
    func isKnown(_ name: String) -> Bool {
      program.fixed[name] != nil || types.constants[name] != nil
    }
    func begin(_ name: String, at place: Int) {
      guard let type = types.types[name], !isKnown(name) else { return }
      let byteCount = type.shape.count * type.dtype.byteCount
      lives[name] = (.value(name), .init(place...place, byteCount: byteCount))
      order.append(name)
    }
    func use(_ name: String, at place: Int) {
      let owner = owners[name] ?? name
      guard let first = lives[owner]?.life.moments.lowerBound else { return }
      lives[owner]?.life.moments = first...place
    }

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
          own.append((.node(place), .init(place...place, byteCount: byteCount)))
        }
      }
    }
    for name in program.outputs { use(name, at: program.nodes.count) }
    let all = order.compactMap { lives[$0] } + own
    let packing = LifetimePlacement(all.map { $0.life })
    byteCount = packing.byteCount
    for (offset, (owner, life)) in zip(packing.offsets, all) {
      switch owner {
      case .value(let name): offsets[name] = offset
      case .node(let place): scratch[place] = offset..<offset + life.byteCount
      }
    }
    for (name, owner) in owners { offsets[name] = offsets[owner] }
  }
}
