import TLCCore
import TLCKernels

/// Weights that stay zero.
public final class MaskConstraint: WeightConstraint {
  /// The parameters that are pruned.
  public let pruned: [ParameterStore.Parameter]
  private let weights: PrunableWeights
  /// 1 for a weight that stays, at its place among all.
  private var isKept: [Bool]

  /// A constraint that drops nothing yet.
  public init(_ weights: PrunableWeights, of store: ParameterStore) {
    self.weights = weights
    pruned = weights.parameters(of: store)
    isKept = [Bool](repeating: true, count: store.values.count)
  }

  /// How many weights may be pruned at all.
  public var count: Int { pruned.reduce(0) { $0 + $1.shape.count } }

  /// How many of them are.
  public var droppedCount: Int {
    pruned.reduce(0) { $0 + $1.range.count { !isKept[$0] } }
  }

  /// Drops the weights of the least magnitude until so large a share of all is dropped, those that
  /// are dropped already among them; of equal magnitudes the first one first.
  ///
  /// - Precondition: `share` is from 0 to 1.
  public func drop(share: Double, of store: ParameterStore) {
    precondition((0...1).contains(share), "a share of \(share)")
    switch weights.scope {
    case .global: drop(share, of: pruned.flatMap { Array($0.range) }, store)
    case .tensor: for parameter in pruned { drop(share, of: Array(parameter.range), store) }
    }
    hold(store)
  }

  private func drop(_ share: Double, of places: [Int], _ store: ParameterStore) {
    let target = Int((Double(places.count) * share).rounded())
    let kept = places.filter { isKept[$0] }
    let wanted = target - (places.count - kept.count)
    guard wanted > 0 else { return }
    let order = kept.sorted {
      (abs(store.values[$0]), $0) < (abs(store.values[$1]), $1)
    }
    for place in order.prefix(wanted) { isKept[place] = false }
  }

  private func hold(_ store: ParameterStore) {
    for parameter in pruned {
      for place in parameter.range where !isKept[place] { store.values[place] = 0 }
    }
  }

  public func didStep(_ parameters: ParameterStore, number: Int) throws(TrainingError) {
    hold(parameters)
    for parameter in pruned {
      for place in parameter.range where !isKept[place] && parameters.values[place] != 0 {
        throw .state("step \(number): a weight of \"\(parameter.name)\" that is pruned is not 0")
      }
    }
  }
}
