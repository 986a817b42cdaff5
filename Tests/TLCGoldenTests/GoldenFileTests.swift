import TLCFormat
import TLCSystem
import TLCTestSupport
import Testing

/// Every file of `fixtures/`, which `fixtures/generate.py` wrote from the pages alone, against what
/// `MANIFEST.json` expects of it.
@Suite struct GoldenFileTests {
  static let checkpoints = Fixtures.entries.filter { $0.path.hasSuffix(".tlcq") }
  static let valid = checkpoints.filter { $0.expect == .valid && $0.tensors != nil }
  static let invalid = checkpoints.filter { $0.expect != .valid && !$0.isFoundByProbes }

  @Test func `there are enough of them`() {
    #expect(Self.valid.count >= 20)
    #expect(Self.invalid.count >= 60)
  }

  @Test(arguments: valid.map { $0.path })
  func `decodes to the values that it was made of`(path: String) throws {
    let entry = try #require(Self.valid.first { $0.path == path })
    let checkpoint = try Checkpoint(path: Fixtures.path(path))
    for (name, expected) in entry.tensors ?? [:] {
      let index = try #require(checkpoint.index(named: name), "\(name) in \(path)")
      guard let digest = expected.sha256 else {
        let error = #expect(throws: CheckpointError.self) {
          try checkpoint.file(ofTensorAt: index).tensor(checkpoint.tensors[index])
        }
        #expect(error.map { Self.matches($0, expected.refused) } == true, "\(name) in \(path)")
        continue
      }
      let record = checkpoint.tensors[index]
      #expect(record.dtype.rawValue == expected.dtype)
      #expect(record.shape.dimensions == expected.shape)
      let tensor = try checkpoint.file(ofTensorAt: index).tensor(record, checkingContent: true)
      #expect(Digest(of: tensor.bytes.span).hex == digest, "\(name) in \(path)")
    }
  }

  @Test(arguments: invalid.map { $0.path })
  func `is refused for its reason, at its offset, in its tensor`(path: String) throws {
    let entry = try #require(Self.invalid.first { $0.path == path })
    let found = Self.firstError(path)
    let shown = found.map { "\($0)" } ?? "nothing wrong"
    #expect(
      found.map { Self.matches($0, entry.expect) } == true,
      "\(path): expected \(entry.expect), found \(shown)")
  }

  /// Whether an error is the expected one: its reason, its offset and its tensor.
  private static func matches(
    _ error: CheckpointError, _ expected: Fixtures.Entry.Expectation?
  ) -> Bool {
    guard case .invalid(let reason, let offset, let tensor, _)? = expected,
      case .format(_, let error) = error
    else { return false }
    return error.reason.name == reason && error.offset == offset && error.tensor == tensor
  }

  /// The first error of opening a file and verifying all of it.
  private static func firstError(_ path: String) -> CheckpointError? {
    do throws(CheckpointError) {
      let checkpoint = try Checkpoint(path: Fixtures.path(path))
      for file in checkpoint.files { try file.verifyDigests() }
      for index in checkpoint.tensors.indices {
        _ = try checkpoint.file(ofTensorAt: index).tensor(
          checkpoint.tensors[index], checkingContent: true)
      }
      for file in [checkpoint.main] {
        for asset in file.assets { _ = try file.bytes(of: asset) }
      }
      return nil
    } catch {
      return error
    }
  }
}
