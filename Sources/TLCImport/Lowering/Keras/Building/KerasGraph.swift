internal import TLCCore
internal import TLCModel

extension Graph {
  /// Removes the nodes, constants and initializers that no output needs.
  mutating func removeUnused() {
    var needed = Set(outputs)
    var kept: [Node] = []
    for node in nodes.reversed() where node.outputs.contains(where: { needed.contains($0) }) {
      needed.formUnion(node.inputs)
      kept.append(node)
    }
    nodes = kept.reversed()
    constants.removeAll { !needed.contains($0.name) }
    initializers.removeAll { !needed.contains($0.value) }
  }

  /// Gives the outputs these names, where they are free: a node's output gets the name itself, and
  /// what is no node's, or is an output already, an `Identity`.
  mutating func nameOutputs(_ names: [String]) {
    var taken = Set(inputs.map { $0.name } + constants.map { $0.name })
    taken.formUnion(initializers.map { $0.value })
    var nodeNames = Set(nodes.map { $0.name })
    let given = Set(nodes.flatMap { $0.outputs })
    /// The names under which values are outputs.
    var named: [String: String] = [:]
    var copies: [Node] = []
    for (place, wanted) in names.enumerated() {
      let value = outputs[place]
      if value == wanted, named[value] == nil {
        named[value] = value
        continue
      }
      var name = wanted
      var number = 2
      while taken.contains(name) || given.contains(name) {
        name = "\(wanted)_\(number)"
        number += 1
      }
      taken.insert(name)
      if given.contains(value), named[value] == nil {
        named[value] = name
      } else {
        var node = name
        while !nodeNames.insert(node).inserted { node += "_copy" }
        copies.append(
          Node("Identity", name: node, inputs: [named[value] ?? value], outputs: [name]))
      }
      outputs[place] = name
    }
    for place in nodes.indices {
      nodes[place].inputs = nodes[place].inputs.map { named[$0] ?? $0 }
      nodes[place].outputs = nodes[place].outputs.map { named[$0] ?? $0 }
    }
    nodes += copies
  }
}
