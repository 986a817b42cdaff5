public import Foundation

/// Runs the built executables.
public enum Tool {
  /// What a run printed, and how it ended.
  public struct Outcome: Sendable {
    public var status: Int32
    public var output: String
    public var errors: String
  }

  /// The path of an executable of this package.
  public static func path(_ name: String) -> String {
    // Beside the test bundle, or beside the test runner's own executable.
    let candidates = [
      Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent(),
      URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent(),
    ]
    if name.hasPrefix("/") { return name }
    return candidates.map { $0.appending(path: name).path }
      .first { FileManager.default.isExecutableFile(atPath: $0) } ?? name
  }

  /// A process that is ready to run, its output going to files that are read at the end.
  public static func process(_ name: String, _ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: path(name))
    process.arguments = arguments
    return process
  }

  /// Runs an executable of this package to its end.
  public static func run(
    _ name: String, _ arguments: String..., input: [UInt8]? = nil
  ) throws -> Outcome {
    try run(name, arguments, input: input)
  }

  /// Runs an executable, of this package or at a path, to its end.
  ///
  /// - Parameter input: what it reads from its standard input; `nil` to leave it that of the tests.
  public static func run(
    _ name: String, _ arguments: [String], input: [UInt8]? = nil
  ) throws -> Outcome {
    let process = process(name, arguments)
    let scratch = try Scratch()
    let files = ["output", "errors"].map { scratch.root.appending(path: $0) }
    for file in files { try Data().write(to: file) }
    if let input {
      let file = scratch.root.appending(path: "input")
      try Data(input).write(to: file)
      process.standardInput = try FileHandle(forReadingFrom: file)
    }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}
