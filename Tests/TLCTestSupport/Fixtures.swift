public import Foundation

/// The files of `fixtures/`.
public enum Fixtures {
  /// The folder itself.
  public static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "fixtures")

  /// The path of `fixtures/PATH`.
  public static func path(_ path: String) -> String { root.appending(path: path).path }

  /// The bytes of `fixtures/PATH`.
  public static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: root.appending(path: path)))
  }

  /// What `MANIFEST.json` says of a file.
  public struct Entry: Decodable, Sendable {
    public enum Expectation: Decodable, Sendable, Equatable {
      case valid
      case invalid(reason: String, offset: Int, tensor: String?, stage: String)

      private enum Keys: String, CodingKey {
        case reason, offset, tensor, stage
      }

      public init(from decoder: any Decoder) throws {
        if (try? decoder.singleValueContainer().decode(String.self)) == "valid" {
          self = .valid
          return
        }
        let values = try decoder.container(keyedBy: Keys.self)
        self = .invalid(
          reason: try values.decode(String.self, forKey: .reason),
          offset: try values.decode(Int.self, forKey: .offset),
          tensor: try values.decodeIfPresent(String.self, forKey: .tensor),
          stage: try values.decode(String.self, forKey: .stage))
      }
    }

    public struct Decoded: Decodable, Sendable {
      public var dtype: String?
      public var shape: [Int]?
      public var sha256: String?
      /// For a tensor that is refused, with what.
      public var refused: Expectation?
    }

    public var path: String
    public var expect: Expectation
    public var tensors: [String: Decoded]?

    /// Whether only a reader that uses the graph finds what is wrong.
    public var isFoundByProbes: Bool {
      if case .invalid(_, _, _, "probes") = expect { true } else { false }
    }
  }

  /// Every entry of `MANIFEST.json`.
  public static let entries: [Entry] = {
    let data = try? Data(contentsOf: root.appending(path: "MANIFEST.json"))
    return data.flatMap { try? JSONDecoder().decode([Entry].self, from: $0) } ?? []
  }()
}
