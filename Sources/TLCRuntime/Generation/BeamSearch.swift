import TLCCore
import TLCKernels
public import TLCModel

/// Looks for the likeliest texts that a model may write: `formats/training.md` §Writing a translation.
public struct BeamSearch: Sendable {
  /// A text that was written.
  public struct Hypothesis: Equatable, Sendable {
    /// Its tokens, without those around it.
    public var tokens: [Int]
    /// The logarithm of its probability, over the number of its tokens to the power of the penalty.
    public var score: Double
  }

  /// The token before a text.
  public var start: Int
  /// The token behind a text.
  public var end: Int
  /// How many texts are gone on with; with one, the likeliest token is taken each time.
  public var width: Int
  /// The most tokens of a text, with that behind it.
  public var greatestTokenCount: Int
  /// The power: 0 for none, more for longer texts.
  public var lengthPenalty: Double

  /// A search.
  ///
  /// - Precondition: the width and the number of tokens are above 0.
  public init(
    start: Int, end: Int, width: Int = 1, greatestTokenCount: Int, lengthPenalty: Double = 1
  ) {
    precondition(
      width > 0 && greatestTokenCount > 0, "\(width) texts, \(greatestTokenCount) tokens")
    self.start = start
    self.end = end
    self.width = width
    self.greatestTokenCount = greatestTokenCount
    self.lengthPenalty = lengthPenalty
  }

  /// Writes a text for each row of a state.
  ///
  /// - Parameters:
  ///   - decoder: what reads and writes.
  ///   - state: of texts that were read, of which nothing is written yet.
  public func run(
    _ decoder: IncrementalDecoder, _ state: IncrementalDecoder.State
  ) throws(GraphError) -> [Hypothesis] {
    var state = state
    var beams = (0..<state.rowCount).map { _ in Beam() }
    var rows = Array(beams.indices)
    var open = Array(beams.indices)
    while !open.isEmpty {
      state = state.rows(rows)
      let last = open.flatMap { beams[$0].live.map { $0.tokens.last ?? start } }
      let logits = try decoder.write(last, &state)
      guard logits.dtype == .f32, let count = logits.shape.dimensions.last, count > 0,
        logits.shape.count == last.count * count
      else {
        throw .value(DecoderSplit.logits, "it is \(logits.dtype) \(logits.shape), no scores")
      }
      rows = []
      var first = 0
      logits.withElements(of: Float.self) { scores in
        for place in open {
          let live = beams[place].live.count
          let parents = advance(
            &beams[place], scores.extracting(first * count..<(first + live) * count))
          rows += parents.map { first + $0 }
          first += live
        }
      }
      open = open.filter { !beams[$0].live.isEmpty }
    }
    return beams.map { $0.finished.first ?? Hypothesis(tokens: [], score: -.infinity) }
  }

  /// The texts of one row of the source.
  private struct Beam {
    /// Those that go on, the likeliest first, with the logarithms of their probabilities.
    var live = [Hypothesis(tokens: [], score: 0)]
    /// Those that have ended, the best first.
    var finished: [Hypothesis] = []
  }

  private struct Candidate {
    var parent: Int
    var token: Int
    var score: Double
  }

  /// Goes on by a token.
  ///
  /// - Parameter scores: a row for each text that goes on.
  /// - Returns: for each of those that go on then, which one it was.
  private func advance(_ beam: inout Beam, _ scores: Span<Float>) -> [Int] {
    let count = scores.count / beam.live.count
    var candidates: [Candidate] = []
    for (parent, text) in beam.live.enumerated() {
      let row = scores.extracting(parent * count..<(parent + 1) * count)
      let logarithm = Self.logarithmOfSum(row)
      candidates += Self.greatest(min(count, 2 * width), of: row).map { token in
        Candidate(
          parent: parent, token: token, score: text.score + Double(row[token]) - logarithm)
      }
    }
    // Of equal ones, those of the likelier text first, and then those of the lesser token.
    let order = candidates.indices.sorted {
      let (a, b) = (Self.key(candidates[$0].score), Self.key(candidates[$1].score))
      return a != b ? a > b : $0 < $1
    }
    var live: [(text: Hypothesis, parent: Int)] = []
    for (rank, place) in order.prefix(2 * width).enumerated() where live.count < width {
      let candidate = candidates[place]
      let tokens = beam.live[candidate.parent].tokens
      if candidate.token == end {
        guard rank < width else { continue }
        finish(&beam, tokens, candidate.score, length: tokens.count + 1)
      } else {
        let text = Hypothesis(tokens: tokens + [candidate.token], score: candidate.score)
        live.append((text, candidate.parent))
      }
    }
    if let text = live.first?.text, text.tokens.count >= greatestTokenCount {
      for (text, _) in live { finish(&beam, text.tokens, text.score, length: text.tokens.count) }
      live = []
    } else if let best = order.first.map({ candidates[$0].score }),
      isDone(beam, best, length: beam.live[0].tokens.count + 1)
    {
      live = []
    }
    beam.live = live.map { $0.text }
    return live.map { $0.parent }
  }

  private func finish(_ beam: inout Beam, _ tokens: [Int], _ sum: Double, length: Int) {
    let score = sum / power(length)
    let place = beam.finished.firstIndex { Self.key($0.score) < Self.key(score) }
    beam.finished.insert(.init(tokens: tokens, score: score), at: place ?? beam.finished.count)
    if beam.finished.count > width { beam.finished.removeLast() }
  }

  private func power(_ length: Int) -> Double {
    lengthPenalty == 1
      ? Double(length) : DoubleFunctions.exp(lengthPenalty * DoubleFunctions.log(Double(length)))
  }

  /// Whether it is over: as many texts as are gone on with have ended, and the likeliest of this step,
  /// ended or not, is not better than any of them.
  private func isDone(_ beam: Beam, _ best: Double, length: Int) -> Bool {
    guard beam.finished.count >= width, let worst = beam.finished.last else { return false }
    return width == 1 || Self.key(best / power(length)) <= Self.key(worst.score)
  }

  /// Where a NaN stands in an order.
  private static func key(_ score: Double) -> Double { score.isNaN ? -.infinity : score }

  /// The logarithm of the sum of exponentials, terms added in order.
  private static func logarithmOfSum(_ row: Span<Float>) -> Double {
    var most = -Float.infinity
    for i in row.indices where row[i] > most { most = row[i] }
    var sum = 0.0
    for i in row.indices { sum += DoubleFunctions.exp(Double(row[i]) - Double(most)) }
    return Double(most) + DoubleFunctions.log(sum)
  }

  /// Where the greatest elements are, the greatest first; of equal ones the first one first. A NaN is
  /// below all that come before it.
  private static func greatest(_ count: Int, of row: Span<Float>) -> [Int] {
    var places: [Int] = []
    for i in row.indices {
      let x = row[i].isNaN ? -.infinity : row[i]
      if places.count == count, !(x > row[places[count - 1]]) { continue }
      var (low, high) = (0, places.count)
      while low < high {
        let middle = (low + high) / 2
        if x > row[places[middle]] { high = middle } else { low = middle + 1 }
      }
      places.insert(i, at: low)
      if places.count > count { places.removeLast() }
    }
    return places
  }
}
