internal import TLCCore

/// A call of a layer in a model, in an order in which each uses only what was called before it.
struct KerasStep: Sendable {
  /// The place of the layer in its model.
  var layer: Int
  /// Which call of the layer it is.
  var call: Int
  var record: KerasCallRecord

  /// Puts calls in order.
  ///
  /// - Parameter known: the calls of inputs, which need nothing.
  /// - Returns: `nil` where calls wait for each other, or for one that is not there.
  static func inOrder(
    _ steps: [KerasStep], names: [String], known: Set<String>
  ) -> [KerasStep]? {
    struct Place: Hashable {
      var layer: String
      var call: Int
    }
    var waiting = [Int](repeating: 0, count: steps.count)
    var users: [Place: [Int]] = [:]
    var ready: [Int] = []
    for (index, step) in steps.enumerated() {
      let needs = Set(
        step.record.references.filter { !known.contains($0.layer) }
          .map { Place(layer: $0.layer, call: $0.call) })
      waiting[index] = needs.count
      for need in needs { users[need, default: []].append(index) }
      if needs.isEmpty { ready.append(index) }
    }
    var next = 0
    while next < ready.count {
      let step = steps[ready[next]]
      next += 1
      for user in users[Place(layer: names[step.layer], call: step.call)] ?? [] {
        waiting[user] -= 1
        if waiting[user] == 0 { ready.append(user) }
      }
    }
    return ready.count == steps.count ? ready.map { steps[$0] } : nil
  }
}
