internal import TLCCore

/// The weights that a layer has: its own, and those of layers in it.
struct KerasWeightTree: Sendable {
  /// A layer in a layer.
  struct Child: Sendable {
    /// Where Keras 3 stores it, from the path of its layer on.
    var path: String
    var tree: KerasWeightTree
  }

  /// What training changes, in the order of Keras.
  var trained: [String] = []
  /// What training does not change by gradients.
  var other: [String] = []
  /// In the order of Keras.
  var children: [Child] = []
  /// Whether training is switched off, which changes the order of a file.
  var isFrozen = false

  init(_ trained: [String] = [], other: [String] = [], children: [Child] = []) {
    self.trained = trained
    self.other = other
    self.children = children
  }

  /// A weight in the tree: the places of the layers on the way to it, and its name there.
  struct Slot: Hashable {
    var way: [Int]
    var role: String
  }

  /// The slots in the order in which Keras 1 and 2 list them: what is trained comes first.
  var slots: [Slot] { slots(trained: true, []) + slots(trained: false, []) }

  private func slots(trained wanted: Bool, _ way: [Int]) -> [Slot] {
    let roles: [String] =
      switch (wanted, isFrozen) {
      case (true, true): []
      case (true, false): trained
      case (false, true): trained + other
      case (false, false): other
      }
    return roles.map { Slot(way: way, role: $0) }
      + children.enumerated().flatMap { place, child in
        child.tree.slots(trained: wanted, way + [place])
      }
  }
}

/// The names of the tensors that a layer's weights are.
struct KerasWeights: Sendable {
  private(set) var names: [String: String] = [:]
  var children: [KerasWeights] = []

  private init(empty tree: KerasWeightTree) {
    children = tree.children.map { KerasWeights(empty: $0.tree) }
  }

  /// Takes weights from a list in the order of Keras 1 and 2; `nil` where it is not as long as
  /// needed.
  init?(_ tree: KerasWeightTree, listed names: [String]) {
    self.init(empty: tree)
    let slots = tree.slots
    guard slots.count == names.count else { return nil }
    for (slot, name) in zip(slots, names) { set(slot.way[...], slot.role, name) }
  }

  private mutating func set(_ way: ArraySlice<Int>, _ role: String, _ name: String) {
    guard let place = way.first else {
      names[role] = name
      return
    }
    children[place].set(way.dropFirst(), role, name)
  }

  /// Takes weights from where Keras 3 stores them.
  ///
  /// - Parameter layers: the names of weights by the path of a layer.
  init(_ tree: KerasWeightTree, at path: String, in layers: [String: [String]]) {
    let roles = tree.trained + tree.other
    let stored = layers[path] ?? []
    for (role, name) in zip(roles, stored) { names[role] = name }
    children = tree.children.map { child in
      let before = path.isEmpty ? "" : "\(path)/"
      // Attributes that a class keeps to itself begin with "_".
      let hidden = "\(before)_\(child.path)"
      return KerasWeights(
        child.tree, at: layers[hidden] == nil ? "\(before)\(child.path)" : hidden, in: layers)
    }
  }
}
