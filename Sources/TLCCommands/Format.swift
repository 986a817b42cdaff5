import TLC

/// Numbers as people read them.
typealias Format = NumberText

extension NumberText {
  /// " in int8", and nothing of the usual way to compute.
  static func way(_ compute: String) -> String {
    compute == Compute.f32.rawValue ? "" : " in \(compute)"
  }
}
