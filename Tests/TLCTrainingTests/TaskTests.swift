import TLCCore
import TLCTraining
import Testing

struct TaskTests {
  static func integers(_ batch: TrainingBatch, _ name: String) throws -> [Int64] {
    try #require(batch.inputs[name]).elements(of: Int64.self)
  }

  @Test func `15% of the tokens are to be predicted, most of them masked`() throws {
    let task = try MaskedTokenTask(
      training: TrainerTests.tokens, measuring: TrainerTests.tokens, sequenceCount: 42,
      vocabularyCount: 20, special: .init(start: 0, padding: 1, end: 2, mask: 4))
    #expect(task.predictedCount == 6)
    #expect(task.exampleCount == 50)
    let batch = task.batch(from: 0, count: 50, seed: 1)
    let ids = try Self.integers(batch, "input_ids")
    let (places, labels) = (
      try Self.integers(batch, "places"), try Self.integers(batch, "labels")
    )
    #expect(batch.labelCount == 300 && labels.count == 300)
    var (masked, kept) = (0, 0)
    for (place, label) in zip(places, labels) {
      #expect((5..<16).contains(label))
      #expect(![0, 41].contains(place % 42), "the two around a text are not predicted")
      masked += ids[Int(place)] == 4 ? 1 : 0
      kept += ids[Int(place)] == label ? 1 : 0
    }
    #expect((215...265).contains(masked) && (12...60).contains(kept), "\(masked), \(kept)")
    let untouched = ids.indices.filter { !places.contains(Int64($0)) && (1..<41).contains($0 % 42) }
    #expect(untouched.allSatisfy { (5..<16).contains(ids[$0]) })
  }

  @Test func `orders of epochs and of seeds have nothing of each other`() throws {
    let count = 5000
    let task = try ClassificationTask(
      training: (0..<count).map { .init(ids: [Int32($0)], label: 0) },
      measuring: [.init(ids: [0], label: 0)], classCount: 1, sequenceCount: 1, paddingID: 0)
    func order(seed: UInt64, epoch: Int) throws -> [Int64] {
      try Self.integers(task.batch(from: epoch * count, count: count, seed: seed), "input_ids")
    }
    let orders = try [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1)].map {
      try order(seed: $0.0, epoch: $0.1)
    }
    for (place, first) in orders.enumerated() {
      #expect(first.sorted() == (0..<Int64(count)).map { $0 })
      for second in orders[(place + 1)...] {
        var places = [Int](repeating: 0, count: count)
        for (place, example) in second.enumerated() { places[Int(example)] = place }
        let near = first.indices.count { abs(places[Int(first[$0])] - $0) <= 32 }
        // 65 of 5000 places are as near, so that 65 are expected, with a deviation of 8.
        #expect(near < 130, "\(near)")
      }
    }
  }

  @Test func `an epoch has every example once, and masks others the next time`() throws {
    let task = try TrainerTests.task()
    let count = task.exampleCount
    func texts(_ place: Int) throws -> [[Int64]] {
      let batch = task.batch(from: place, count: count, seed: 2)
      var ids = try Self.integers(batch, "input_ids")
      let labels = try Self.integers(batch, "labels")
      for (place, label) in zip(try Self.integers(batch, "places"), labels) where label >= 0 {
        ids[Int(place)] = label
      }
      return (0..<count).map { Array(ids[$0 * 16..<($0 + 1) * 16]) }
    }
    let (first, second) = (try texts(0), try texts(count))
    #expect(first != second)
    func sorted(_ texts: [[Int64]]) -> [[Int64]] {
      texts.sorted { $0.lexicographicallyPrecedes($1) }
    }
    #expect(sorted(first) == sorted(second))
    let places = try [0, count].map {
      try Self.integers(task.batch(from: $0, count: count, seed: 2), "places")
    }
    #expect(places[0] != places[1])
  }

  @Test func `a batch does not depend on those before it`() throws {
    let task = try TrainerTests.task()
    let together = try Self.integers(task.batch(from: 140, count: 10, seed: 9), "input_ids")
    let apart = try [140, 145].flatMap {
      try Self.integers(task.batch(from: $0, count: 5, seed: 9), "input_ids")
    }
    #expect(together == apart)
  }

  @Test func `what is measured with is the same every time`() throws {
    let task = try TrainerTests.task()
    let batches = [task.measuringBatches(of: 8), task.measuringBatches(of: 8)]
    #expect(batches[0].map { $0.inputs } == batches[1].map { $0.inputs })
    let ids = try batches[0].flatMap { try Self.integers($0, "input_ids") }
    let others = try task.measuringBatches(of: 5).flatMap { try Self.integers($0, "input_ids") }
    #expect(ids == others && ids.count == 21 * 16)
  }

  @Test func `data that do not serve are refused`() throws {
    func task(_ training: [Int32], _ length: Int = 16) throws {
      _ = try MaskedTokenTask(
        training: training, measuring: [7], sequenceCount: length, vocabularyCount: 20,
        special: .init(start: 0, padding: 1, end: 2, mask: 4))
    }
    #expect(
      throws: TrainingError.data(
        "there are 0 tokens to learn from, fewer than the 14 of one text")
    ) { try task([]) }
    #expect(
      throws: TrainingError.data(
        "there are 1 tokens to measure with, fewer than the 14 of one text")
    ) { try task([Int32](repeating: 7, count: 14)) }
    #expect(throws: TrainingError.data("token 20 is not below the 20 of the vocabulary")) {
      try task([Int32](repeating: 20, count: 14))
    }
    #expect(throws: TrainingError.settings("texts of 7 tokens are shorter than 8")) {
      try task([], 7)
    }
    func classes(_ ids: [Int32], _ label: Int) throws {
      _ = try ClassificationTask(
        training: [.init(ids: ids, label: label)], measuring: [.init(ids: [1], label: 0)],
        classCount: 2, sequenceCount: 3, paddingID: 1)
    }
    #expect(
      throws: TrainingError.data("example 1 to learn from has 4 tokens, not 1 to 3")
    ) { try classes([1, 2, 3, 4], 0) }
    #expect(throws: TrainingError.data("example 1 to learn from is of class 2, of 2")) {
      try classes([1], 2)
    }
  }

  @Test func `short texts are filled up, and the mask says where`() throws {
    let task = try ClassificationTask(
      training: [.init(ids: [5, 6], label: 1)], measuring: [.init(ids: [5, 6, 7], label: 0)],
      classCount: 2, sequenceCount: 20, paddingID: 1)
    let batch = task.measuringBatches(of: 4)[0]
    #expect(try Self.integers(batch, "input_ids") == [5, 6, 7] + [Int64](repeating: 1, count: 13))
    #expect(
      try Self.integers(batch, "attention_mask") == [1, 1, 1] + [Int64](repeating: 0, count: 13))
    #expect(batch.tokenCount == 3 && batch.sequenceCount == 16)
  }
}
