import TLCCore
import TLCModel
import TLCTraining
import Testing

struct TranslationTaskTests {
  typealias Pair = TranslationTask.Pair

  /// Texts of three of four tokens, and four others for them from the end.
  static func reversals(_ count: Int, seed: UInt64) -> [Pair] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      let text = (0..<3).map { _ in Int32.random(in: 5..<9, using: &random) }
      return Pair(source: [0] + text + [2], target: [0] + text.reversed().map { $0 + 4 } + [2])
    }
  }

  static func task(_ pairs: [Pair], tokenCount: Int? = nil) throws -> TranslationTask {
    try TranslationTask(
      training: pairs, measuring: Array(pairs.prefix(50)), sequenceCount: 30, paddingID: 1,
      greatestTokenCount: tokenCount)
  }

  static func integers(_ batch: TrainingBatch, _ name: String) throws -> [[Int64]] {
    let tensor = try #require(batch.inputs[name])
    let all = tensor.elements(of: Int64.self)
    let length = tensor.shape.dimensions[1]
    return stride(from: 0, to: all.count, by: length).map { Array(all[$0..<$0 + length]) }
  }

  /// The texts of a batch, without what fills them up.
  static func sources(_ batch: TrainingBatch) throws -> [[Int64]] {
    try zip(integers(batch, "input_ids"), integers(batch, "attention_mask")).map { ids, mask in
      zip(ids, mask).filter { $1 == 1 }.map { $0.0 }
    }
  }

  private static func sorted(_ texts: [[Int64]]) -> [[Int64]] {
    texts.sorted { $0.lexicographicallyPrecedes($1) }
  }

  @Test func `each side is filled up, and labels follow what is read`() throws {
    let task = try Self.task([
      Pair(source: [0, 5, 2], target: [0, 6, 7, 2]),
      Pair(source: [0, 5, 5, 5, 5, 5, 5, 5, 2], target: [0, 2]),
    ])
    let batch = task.measuringBatches(of: 2)[0]
    let padding = { (id: Int64, count: Int) in [Int64](repeating: id, count: count) }
    #expect(
      try Self.integers(batch, "input_ids") == [
        [0, 5, 2] + padding(1, 13), [0, 5, 5, 5, 5, 5, 5, 5, 2] + padding(1, 7),
      ])
    #expect(
      try Self.integers(batch, "attention_mask") == [
        padding(1, 3) + padding(0, 13), padding(1, 9) + padding(0, 7),
      ])
    #expect(
      try Self.integers(batch, "decoder_input_ids") == [
        [0, 6, 7] + padding(1, 5), [0] + padding(1, 7),
      ])
    #expect(
      try Self.integers(batch, "labels") == [
        [6, 7, 2] + padding(-100, 5), [2] + padding(-100, 7),
      ])
    #expect(batch.labelCount == 4 && batch.tokenCount == 16 && batch.sequenceCount == 16)
  }

  /// With lengths of 1 to 25, which are many that differ when filled up.
  static func varied() -> [Pair] {
    var random = SplitMix64(seed: 4)
    return (0..<203).map { number in
      let lengths = (0..<2).map { _ in Int.random(in: 0...25, using: &random) }
      return Pair(
        source: [Int32(100 + number)] + [Int32](repeating: 7, count: lengths[0]),
        target: [0] + [Int32](repeating: 8, count: lengths[1]) + [2])
    }
  }

  @Test(arguments: [nil, 64, 200])
  func `an epoch has every pair once, in another order than the one before`(
    _ tokenCount: Int?
  ) throws {
    let pairs = Self.varied()
    let task = try Self.task(pairs, tokenCount: tokenCount)
    #expect(task.pairCount == 203)
    let count = task.exampleCount
    let epochs = try (0..<2).map { epoch in
      try (0..<count).flatMap {
        try Self.sources(task.batch(from: epoch * count + $0, count: 1, seed: 3))
      }
    }
    let all = Self.sorted(pairs.map { $0.source.map { Int64($0) } })
    #expect(Self.sorted(epochs[0]) == all && Self.sorted(epochs[1]) == all)
    #expect(epochs[0] != epochs[1])
    let measured = try task.measuringBatches(of: 3).flatMap { try Self.sources($0) }
    #expect(
      Self.sorted(measured) == Self.sorted(pairs.prefix(50).map { $0.source.map { Int64($0) } }))
  }

  @Test func `buckets have as many tokens as they may, and pairs of one length change places`()
    throws
  {
    let task = try Self.task(Self.varied(), tokenCount: 128)
    let epochs = try (0..<2).map { epoch in
      try (0..<task.exampleCount).map { place in
        let batch = task.batch(from: epoch * task.exampleCount + place, count: 1, seed: 3)
        let rows = try Self.integers(batch, "input_ids").count
        #expect(rows * batch.sequenceCount <= 128)
        return Self.sorted(try Self.sources(batch))
      }.sorted { $0.lexicographicallyPrecedes($1) { $0.lexicographicallyPrecedes($1) } }
    }
    // 203 pairs of up to 30 tokens: four a bucket at least, but for the last of a length.
    #expect(task.exampleCount < 203 / 4 + 2)
    #expect(epochs[0] != epochs[1], "the same pairs are together in each epoch")
  }

  @Test(arguments: [nil, 64]) func `a batch does not depend on those before it`(
    _ tokenCount: Int?
  ) throws {
    let task = try Self.task(Self.varied(), tokenCount: tokenCount)
    let together = try Self.sources(task.batch(from: 60, count: 4, seed: 9))
    let apart = try [60, 62].flatMap {
      try Self.sources(task.batch(from: $0, count: 2, seed: 9))
    }
    #expect(together == apart)
    #expect(try Self.sources(task.batch(from: 60, count: 4, seed: 8)) != together)
  }

  @Test func `pairs that do not serve are refused`() throws {
    func task(_ source: Int, _ target: Int, tokenCount: Int? = nil) throws {
      _ = try Self.task(
        [
          Pair(
            source: [Int32](repeating: 5, count: source),
            target: [Int32](repeating: 5, count: target))
        ], tokenCount: tokenCount)
    }
    try task(30, 31)
    for (source, target) in [(31, 4), (0, 4), (4, 32)] {
      #expect(
        throws: TrainingError.data(
          "pair 1 to learn from has \(source) tokens and \(target - 1) to write, not 1 to 30")
      ) { try task(source, target) }
    }
    #expect(
      throws: TrainingError.data("pair 1 to learn from takes 24 tokens, above the 20 of a batch")
    ) { try task(18, 4, tokenCount: 20) }
    #expect(throws: TrainingError.data("there are no pairs to learn from")) {
      _ = try Self.task([])
    }
  }

  @Test func `texts are turned around`() throws {
    let model = try EncoderModel(
      EncoderShape(
        vocabularyCount: 13, width: 32, depth: 1, headCount: 1, innerWidth: 64, sequenceCount: 8),
      head: .decoder(depth: 1))
    let task = try TranslationTask(
      training: Self.reversals(2000, seed: 1), measuring: Self.reversals(100, seed: 2),
      sequenceCount: 8, paddingID: 1, greatestTokenCount: 128)
    var settings = TrainerTests.settings(250)
    (settings.batchCount, settings.dropout, settings.rate.peak) = (1, 0, 0.005)
    let store = ParameterStore(model.initialTensors(seed: 3))
    let graph = try model.graph(for: .training(dropout: 0, labelSmoothing: 0))
    let trainer = try Trainer(graph, store, task: task, settings: settings)
    while !trainer.isDone { _ = try trainer.step() }
    let measured = try Measurement(
      try model.graph(for: .measuring), store, task: task, batchCount: 1, threadCount: 2)
    #expect(measured.accuracy > 0.98, "\(measured)")
  }
}
