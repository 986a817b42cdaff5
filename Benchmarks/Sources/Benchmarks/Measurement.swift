import Glibc
import TLC

/// Something that can be done once and timed.
protocol Measurement {
  static var name: String { get }
  /// Does it once.
  static func run(_ arguments: [String]) throws -> Outcome
}

struct Outcome {
  var seconds: Double
  /// Figures that do not depend on time: byte counts.
  var others: [Double] = []
}

/// A request that does not make sense.
struct RequestError: Error, CustomStringConvertible {
  var description: String
}

/// The seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let duration = try clock.measure(body)
  return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

func flushOutput() { fflush(nil) }

extension [String] {
  /// The argument at a place.
  func argument(_ index: Int) throws -> String {
    guard indices.contains(index) else {
      throw RequestError(description: "argument \(index + 1) is missing")
    }
    return self[index]
  }

  func number(_ index: Int) throws -> Int {
    guard let number = Int(try argument(index)) else {
      throw RequestError(description: "argument \(index + 1) is not a number")
    }
    return number
  }
}
