import Foundation
import TLCImport
import TLCModel

/// The table of `fixtures/models/recorded/README.md` §Measured: a row an output, printed as it is measured;
/// `scripts/real-models` puts the rows in order.
enum RecordedTable {
  /// Prints a row.
  ///
  /// - Parameter error: the greatest difference from what is recorded, as a part of the greatest
  ///   magnitude there.
  static func add(
    _ checkpoint: ImportedCheckpoint, _ graph: TypedGraph, package: String, model: String,
    error: Double
  ) {
    let parameters = checkpoint.tensors.map { $0.shape.count }.reduce(0, +)
    let cells = [
      package, "`\(model)`", String(graph.graph.nodes.count), String(checkpoint.tensors.count),
      String(parameters), String(format: "%.1e", error),
    ]
    print("| " + cells.joined(separator: " | ") + " |")
  }
}
