import TLC

/// What a thread does: runs on the session of its way to compute that all threads share, and now and
/// then on one of its own, which it opens and closes.
struct Worker {
  let path: String
  let requests: [Request]
  let shared: [Compute: Session]
  var random: SplitMix64
  private(set) var runCount = 0
  private(set) var openCount = 0

  /// Of so many rounds, one has a session of its own.
  private static let roundsAnOpening: UInt64 = 8

  init(path: String, requests: [Request], shared: [Compute: Session], seed: UInt64) {
    self.path = path
    self.requests = requests
    self.shared = shared
    random = SplitMix64(seed: seed)
  }

  /// Works until a time has come.
  ///
  /// - Throws: `SoakError` where an outcome is another than it was; what opening a session throws.
  mutating func work(until end: ContinuousClock.Instant) throws {
    while ContinuousClock.now < end {
      let opens = random.next() % Self.roundsAnOpening == 0
      if opens { try openAndRun() } else { try run(on: shared, pick()) }
    }
  }

  private mutating func pick() -> Request {
    requests[Int(random.next() % UInt64(requests.count))]
  }

  private mutating func openAndRun() throws {
    let first = pick()
    let depth: VerificationDepth = random.next() % 4 == 0 ? .probes : .digests
    let session = try Session(
      opening: path, verifying: depth, compute: first.compute,
      threadCount: 1 + Int(random.next() % 3))
    openCount += 1
    let own = [first.compute: session]
    try run(on: own, first)
    for _ in 0..<3 {
      let next = pick()
      if next.compute == first.compute { try run(on: own, next) }
    }
  }

  private mutating func run(on sessions: [Compute: Session], _ request: Request) throws {
    guard let session = sessions[request.compute] else { return }
    runCount += 1
    let outcome = Outcome(session, request.inputs)
    guard outcome == request.expected else {
      let shapes = request.inputs.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.shape)" }
      let what = "a run in \(request.compute) of \(shapes.joined(separator: ", "))"
      throw SoakError("\(what) gave another outcome than it does alone")
    }
  }
}
