import TLCCore

/// Finds the codes of a sequence of dependent quantization that are least far from it: the Viterbi
/// algorithm over the states.
struct TrellisSearch {
  private let states: TrellisStates
  /// For each state, the two that lead to it: where each comes from, and the place of the element's
  /// candidate that leads on, 2 · grid + parity.
  private let before: [(from: Int, candidate: Int)]
  private var costs: [Double]
  private var nextCosts: [Double]
  /// For each element, bit 𝑠 says by which of the two ways state 𝑠 is reached.
  private var ways: [UInt8] = []
  private var candidates: [SIMD4<Int32>] = []

  /// What a state costs that is not reached.
  private static let unreached = 1e300

  init(_ states: TrellisStates) {
    self.states = states
    var before: [[(from: Int, candidate: Int)]] = Array(repeating: [], count: states.count)
    for from in 0..<states.count {
      let state = UInt8(truncatingIfNeeded: from)
      for parity in 0..<2 {
        let next = Int(states.state(after: Int32(parity), in: state))
        before[next].append((from, 2 * Int(states.grid(of: state)) + parity))
      }
    }
    self.before = before.flatMap { $0 }
    costs = Array(repeating: 0, count: states.count)
    nextCosts = costs
  }

  /// Starts a sequence.
  mutating func start() {
    for state in costs.indices { costs[state] = state == 0 ? 0 : Self.unreached }
    ways.removeAll(keepingCapacity: true)
    candidates.removeAll(keepingCapacity: true)
  }

  /// Goes on by an element, in units of the step.
  ///
  /// - Parameter isZero: whether it must become 0.
  mutating func add(_ x: Double, isZero: Bool) {
    var codes = SIMD4<Int32>()
    var distances = SIMD4<Double>(repeating: 0)
    if isZero {
      distances = SIMD4(0, Self.unreached, 0, Self.unreached)
    } else {
      let levels = Self.nearest(x, &codes)
      let errors = SIMD4(repeating: x) - levels
      distances = errors * errors
    }
    var way: UInt8 = 0
    for state in 0..<states.count {
      let (first, second) = (before[2 * state], before[2 * state + 1])
      let one = costs[first.from] + distances[first.candidate]
      let other = costs[second.from] + distances[second.candidate]
      if other < one { way |= 1 << UInt8(truncatingIfNeeded: state) }
      nextCosts[state] = min(one, other)
    }
    swap(&costs, &nextCosts)
    ways.append(way)
    candidates.append(codes)
  }

  /// The levels nearest to an element of grid 0 with an even and an odd code, and of grid 1; and their
  /// codes.
  private static func nearest(_ x: Double, _ codes: inout SIMD4<Int32>) -> SIMD4<Double> {
    // Even codes of grid 0 are multiples of 4; odd ones lie halfway between.
    let even = (x / 4).rounded(.toNearestOrEven)
    let odd = ((x - 2) / 4).rounded(.toNearestOrEven)
    // Of grid 1, odd codes are ±1, ±5, ±9 …, even ones 0, ±3, ±7 …
    let (size, sign) = (abs(x), x < 0 ? -1.0 : 1.0)
    let one = max(0, ((size - 1) / 4).rounded(.toNearestOrEven))
    let three = size < 1.5 ? -1 : max(0, ((size - 3) / 4).rounded(.toNearestOrEven))
    codes = SIMD4(
      Int32(2 * even), Int32(2 * odd + 1), Int32(sign * (2 * three + 2)),
      Int32(sign * (2 * one + 1)))
    return SIMD4(
      4 * even, 4 * odd + 2, three < 0 ? 0 : sign * (4 * three + 3), sign * (4 * one + 1))
  }

  /// Calls `body` with the place, the code and the grid of each element, from the last to the first.
  func finish(_ body: (_ place: Int, _ code: Int32, _ grid: UInt8) -> Void) {
    var state = costs.indices.min { (costs[$0], $0) < (costs[$1], $1) } ?? 0
    for place in ways.indices.reversed() {
      let way = before[2 * state + Int(ways[place] >> UInt8(truncatingIfNeeded: state) & 1)]
      body(place, candidates[place][way.candidate], UInt8(truncatingIfNeeded: way.candidate / 2))
      state = way.from
    }
  }
}
