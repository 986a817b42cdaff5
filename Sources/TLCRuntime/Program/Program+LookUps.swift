import TLCCore
import TLCKernels
import TLCModel
import TLCSystem

extension Program {
  /// Makes `Gather` of rows of a weight that is stored as codes look them up in the codes, of which a
  /// run takes few.
  mutating func fuseLookUps(_ parallelism: Parallelism, _ weights: WeightSource) throws {
    var tables: [String: CodeTable?] = [:]
    for place in nodes.indices {
      guard let gather = operators[place] as? Gather, let weight = pending[nodes[place].inputs[0]],
        weight.type.dtype == .f32
      else { continue }
      if tables[weight.tensor] == nil {
        tables[weight.tensor] = .some(try weights.codes(weight.tensor).flatMap { CodeTable($0) })
      }
      guard case .some(.some(let table)) = tables[weight.tensor],
        let lookUp = gather.lookingUp(in: table, shape: weight.type.shape)
      else { continue }
      let node = Node(
        "CodeLookUp", domain: "tlc", name: nodes[place].name, inputs: [nodes[place].inputs[1]],
        outputs: nodes[place].outputs)
      replace(place, with: node, lookUp)
    }
  }
}
