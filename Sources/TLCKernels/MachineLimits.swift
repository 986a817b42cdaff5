internal import CTLCKernels

/// What this machine can do at most, measured when it is asked for.
public struct MachineLimits: Sendable {
  /// Operations of fused multiply-adds of `f32` a second, two for each number.
  public let operationsPerSecond: Double
  /// Bytes read from memory beyond the caches a second.
  public let bytesPerSecond: Double

  /// Measures with all threads of a team at once: the best of several tries, a quarter of a second in
  /// all.
  public init(team: Team, on instructions: InstructionSet = .best) {
    let tries = 5
    let rounds = 400_000
    var operations = 0.0
    for _ in 0..<tries {
      let (seconds, count) = Self.time(team) { _ in
        var result: Float = 0
        // SAFETY: the result is a number that lives as long as the call.
        return unsafe tlc_spend_fma_f32(instructions.isa, rounds, &result)
      }
      operations = max(operations, 2 * Double(count) / seconds)
    }
    operationsPerSecond = operations
    let length = 16 << 20
    let memory = Elements<Float>(
      Storage(byteCount: 4 * length * team.threadCount), byteOffset: 0,
      count: length * team.threadCount)
    var bytes = 0.0
    for _ in 0..<tries {
      let (seconds, count) = Self.time(team) { thread in
        var result: Float = 0
        memory.require(thread * length..<(thread + 1) * length)
        // SAFETY: the elements exist, and the length is a multiple of 128.
        unsafe tlc_spend_read_f32(
          instructions.isa, length, memory.memory + thread * length, &result)
        return 4 * length
      }
      bytes = max(bytes, Double(count) / seconds)
    }
    bytesPerSecond = bytes
  }

  /// The seconds that all threads take to do something at once, and the sum of what they return.
  private static func time(
    _ team: Team, _ body: @escaping @Sendable (_ thread: Int) -> Int
  ) -> (seconds: Double, count: Int) {
    let counts = Elements<Int64>(
      Storage(byteCount: 8 * team.threadCount), byteOffset: 0, count: team.threadCount)
    let start = ContinuousClock.now
    team.share(team.threadCount) { threads in
      for thread in threads { counts[thread] = Int64(body(thread)) }
    }
    let elapsed = (ContinuousClock.now - start).components
    let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    return (seconds, (0..<counts.count).reduce(0) { $0 + Int(counts[$1]) })
  }
}
