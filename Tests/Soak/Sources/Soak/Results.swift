import Synchronization

/// What threads came to, in the order in which they were done.
final class Results<Value: Sendable>: Sendable {
  private let values = Mutex<[Result<Value, any Error>]>([])

  var all: [Result<Value, any Error>] { values.withLock { $0 } }

  func add(_ value: sending Result<Value, any Error>) {
    values.withLock { $0.append(value) }
  }
}
