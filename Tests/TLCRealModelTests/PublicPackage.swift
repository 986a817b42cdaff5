import Foundation
import TLCTestSupport
import Testing

/// A public package that carries real models: a line of `fixtures/models/packages.txt`.
struct PublicPackage: Sendable, CustomTestStringConvertible {
  /// What its files are held to.
  enum Kind: String, Sendable {
    case trained, corpus, pickle
  }

  var name: String
  var version: String
  var kind: Kind

  var testDescription: String { "\(name) \(version)" }

  /// Every package of a kind, in the order of the list.
  static func all(_ kind: Kind) -> [PublicPackage] {
    let text = (try? Fixtures.bytes("models/packages.txt")).map {
      String(decoding: $0, as: UTF8.self)
    }
    return (text ?? "").split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
      let words = line.split(separator: " ", maxSplits: 3).map { String($0) }
      guard words.count == 4, let found = Kind(rawValue: words[2]), found == kind else {
        return nil
      }
      return PublicPackage(name: words[0], version: words[1], kind: kind)
    }
  }

  /// Those that have been fetched, where the build is fast enough for them.
  static func ready(_ kind: Kind) -> [PublicPackage] {
    isOptimized ? all(kind).filter { $0.isPresent } : []
  }

  /// Why tests of a kind do not run.
  static func note(_ kind: Kind) -> Comment {
    isOptimized
      ? "not fetched: \(names(all(kind).filter { !$0.isPresent })); scripts/fetch-models"
      : "too slow without optimization, with -c release: \(names(all(kind)))"
  }

  /// Whether the build is one for release; without optimization the models take minutes, not seconds.
  static var isOptimized: Bool {
    #if DEBUG
      false
    #else
      true
    #endif
  }

  static func names(_ packages: [PublicPackage]) -> String {
    packages.map { $0.testDescription }.joined(separator: ", ")
  }

  /// Where `scripts/fetch-models` unpacks it.
  private var folder: URL {
    Fixtures.root.deletingLastPathComponent().appending(path: ".models/\(name)-\(version)")
  }

  var isPresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

  /// The paths of its models, in order; none where it has not been fetched.
  var files: [String] {
    let endings: Set = ["h5", "hdf5", "keras", "safetensors", "npz"]
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (found?.compactMap { $0 as? URL } ?? [])
      .filter { endings.contains($0.pathExtension) }.map { $0.path }.sorted()
  }
}
