import TLCCore

/// Which weights are pruned, and how their magnitudes are compared.
public struct PrunableWeights: Equatable, Sendable {
  /// What is compared with what.
  public enum Scope: String, CaseIterable, Sendable {
    /// All weights with each other, as "the 15% of the smallest magnitude" reads.
    case global
    /// Those of a matrix with each other, so that each loses the same share.
    case tensor
  }

  /// What is compared with what.
  public var scope: Scope
  /// Whether tables of tokens and positions are pruned too.
  public var includesTables: Bool

  /// Matrices of layers, all compared with each other, where nothing else is said.
  public init(scope: Scope = .global, includesTables: Bool = false) {
    self.scope = scope
    self.includesTables = includesTables
  }

  /// Parts of the names of tables of tokens and positions.
  public static let tables = ["_embeddings.", ".embed_positions.", ".shared."]

  /// The parameters, in order.
  public func parameters(of store: ParameterStore) -> [ParameterStore.Parameter] {
    store.parameters.filter { parameter in
      parameter.shape.rank == 2
        && (includesTables || !Self.tables.contains { parameter.name.contains($0) })
    }
  }
}
