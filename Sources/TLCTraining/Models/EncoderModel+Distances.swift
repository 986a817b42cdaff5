import TLCCore
import TLCKernels
import TLCModel

/// What a head takes off scores, for each place between two tokens.
struct DistanceCosts: Equatable {
  /// Of tokens behind the one that asks.
  var behind: Float
  /// Of tokens before it.
  var before: Float

  /// What a head that looks the other way takes off besides.
  private static let away: Float = 4

  /// The costs of heads: pairs of heads have 1 at first, then less, down to nearly 1/16; the first of
  /// a pair looks at what stands before a token, the second at what stands behind it, and a head that
  /// is alone at both.
  static func heads(_ count: Int) -> [DistanceCosts] {
    let pairs = (count + 1) / 2
    return (0..<count).map { head in
      let cost = Float(DoubleFunctions.exp2(-4 * Double(head / 2) / Double(pairs)))
      let isAlone = head == count - 1 && count % 2 == 1
      return DistanceCosts(
        behind: head % 2 == 1 || isAlone ? cost : cost + away,
        before: head % 2 == 0 ? cost : cost + away)
    }
  }
}

extension ModelBuilder {
  /// Takes off scores what distances cost.
  ///
  /// - Parameters:
  ///   - scores: what is added to scores, [batch, 1, 1, sequence].
  ///   - positions: the places of tokens, [batch, sequence].
  mutating func addDistances(_ scores: Value, _ positions: Value) throws(GraphError) -> Value {
    let costs = DistanceCosts.heads(shape.headCount)
    let heads = Shape([1, costs.count, 1, 1]) ?? .scalar
    let name = "distances"
    let places = try add("Cast", [positions], ["to": .int(1)], name: "\(name).places")
    let keys = try add("Unsqueeze", [places, try builder.constant([1, 2])], name: "\(name).keys")
    let queries = try add(
      "Unsqueeze", [places, try builder.constant([1, 3])], name: "\(name).queries")
    let behind = try add(
      "Relu", [try add("Sub", [keys, queries], name: "\(name).forwards")], name: "\(name).behind")
    let before = try add(
      "Relu", [try add("Sub", [queries, keys], name: "\(name).backwards")], name: "\(name).before")
    var sum = scores
    for (distances, factors, side) in [
      (behind, costs.map { -$0.behind }, "behind"), (before, costs.map { -$0.before }, "before"),
    ] {
      let factor = try builder.constant(Tensor(factors, shape: heads))
      let biases = try add("Mul", [distances, factor], name: "\(name).\(side).biases")
      sum = try add("Add", [biases, sum], name: "\(name).\(side).scores")
    }
    return sum
  }
}
