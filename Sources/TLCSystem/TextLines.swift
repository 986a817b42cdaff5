internal import Glibc

/// The lines of a text in UTF-8 that comes in through a descriptor: a pipe, a terminal or a file.
///
/// A line ends with "\n" or "\r\n", which are not part of it; the last one may lack them.
public struct TextLines {
  /// A line that is not UTF-8.
  public struct Malformed: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the text is called.
    public let name: String
    /// The line, from 1.
    public let line: Int

    public var description: String { "\(name): line \(line) is not UTF-8" }
  }

  private let descriptor: Int32
  private let name: String
  private var buffer: [UInt8] = []
  private var position = 0
  private var lineCount = 0

  private static let blockByteCount = 1 << 16

  /// The lines that the process is given.
  public static var standardInput: TextLines {
    TextLines(descriptor: STDIN_FILENO, name: "stdin")
  }

  /// The lines that are left to read.
  ///
  /// - Parameters:
  ///   - descriptor: one that is open for reading, and stays so.
  ///   - name: what errors call the text.
  public init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// Reads the next line; `nil` where there is none.
  ///
  /// - Throws: ``Malformed``, and ``IOError`` where the system fails.
  public mutating func next() throws -> String? {
    var line: [UInt8] = []
    while true {
      if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
        line += buffer[position..<end]
        position = end + 1
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        break
      }
      line += buffer[position...]
      buffer = try block()
      position = 0
      if buffer.isEmpty {
        if line.isEmpty { return nil }
        break
      }
    }
    lineCount += 1
    guard let text = String(validating: line, as: UTF8.self) else {
      throw Malformed(name: name, line: lineCount)
    }
    return text
  }

  /// What can be read now, a byte at least; nothing at the end.
  private func block() throws(IOError) -> [UInt8] {
    while true {
      var code: Int32 = 0
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.blockByteCount) { room, count in
        // SAFETY: `room` has as many bytes, and those that `read` counts are set.
        let got = unsafe read(descriptor, room.baseAddress, room.count)
        code = got < 0 ? errno : 0
        count = max(0, got)
      }
      if code == 0 { return bytes }
      guard code == EINTR else { throw IOError(operation: "read", path: name, code: code) }
    }
  }
}
