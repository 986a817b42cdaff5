import Foundation
import TLCTestSupport
import Testing

/// What the system does to a conversion. Where a fault cannot be made, its test is skipped by name.
@Suite struct FaultTests {
  static let model = Fixtures.path("models/digits/digits.h5")
  static let canMount =
    getuid() == 0 && (try? run("mount", "--version"))?.status == 0
    && canMountTmpfs()
  static let canDropPrivileges = getuid() == 0 && (try? run("setpriv", "--version"))?.status == 0

  /// Runs a program of the system.
  private static func run(_ arguments: String...) throws -> Tool.Outcome {
    try Tool.run("/usr/bin/env", arguments)
  }

  private static func canMountTmpfs() -> Bool {
    guard let scratch = try? Scratch(),
      (try? run("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", scratch.root.path))?.status == 0
    else { return false }
    return (try? run("umount", scratch.root.path))?.status == 0
  }

  @Test(.enabled(if: canMount, "needs root and mount"))
  func `leaves nothing on a full disk, and says that it is full`() throws {
    let scratch = try Scratch()
    #expect(
      try Self.run("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", scratch.root.path).status == 0)
    defer { _ = try? Self.run("umount", scratch.root.path) }
    let result = try Tool.run("tlc-convert", Self.model, scratch.path("out.tlcq"))
    #expect(result.status == 3)
    #expect(result.errors.hasSuffix(": No space left on device\n"), "\(result.errors)")
    #expect(try scratch.names() == [])
  }

  @Test(.enabled(if: canDropPrivileges, "needs root and setpriv"))
  func `names a folder that cannot be written, and an input that cannot be read`() throws {
    let scratch = try Scratch()
    let model = try scratch.write(
      [UInt8](try Data(contentsOf: URL(filePath: Self.model))), to: "m.h5")
    let tool = try scratch.write(
      [UInt8](try Data(contentsOf: URL(filePath: Tool.path("tlc-convert")))), to: "tlc-convert")
    #expect(try Self.run("chmod", "755", scratch.root.path, tool).status == 0)
    let out = scratch.path("out.tlcq")
    func convert() throws -> Tool.Outcome {
      try Self.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tool, model, out)
    }
    let unwritable = try convert()
    #expect(unwritable.status == 3)
    #expect(
      unwritable.errors == "error: \(out): cannot create a file beside: Permission denied\n")
    #expect(try Self.run("chmod", "600", model).status == 0)
    let unreadable = try convert()
    #expect(unreadable.status == 3)
    #expect(unreadable.errors == "error: \(model): cannot open: Permission denied\n")
  }

  /// Output that is lost is an error, whatever the command found; a full stderr only silences it.
  @Test(
    arguments: [
      "dump \"$1\" --manifest", "dump \"$1\"", "inspect \"$1\"", "diff \"$1\" \"$2\"",
      "verify \"$1\"",
    ])
  func `says that what it prints has no place`(_ command: String) throws {
    let files = ["graph-and-probes", "scalars"].map { Fixtures.path("valid/\($0).tlcq") }
    func run(_ redirection: String) throws -> Tool.Outcome {
      try Tool.run(
        "/bin/sh", ["-c", "exec \"$0\" \(command) \(redirection)", Tool.path("tlc")] + files)
    }
    let status = try run("").status
    #expect(status == (command.hasPrefix("diff") ? 1 : 0))
    let lost = try run(">/dev/full")
    #expect(lost.status == 3)
    #expect(lost.errors == "error: standard output: cannot write: No space left on device\n")
    #expect(try run("2>/dev/full").status == status)
  }

  @Test(.enabled(if: canMount, "needs root and mount"))
  func `a full disk is one for the library of HDF5 too`() throws {
    let scratch = try Scratch()
    #expect(
      try Self.run("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", scratch.root.path).status == 0
    )
    defer { _ = try? Self.run("umount", scratch.root.path) }
    let out = scratch.path("out.h5")
    let result = try Tool.run("tlc", "export", Fixtures.path("valid/block-tails.tlcq"), out)
    #expect(result.status == 3)
    #expect(result.errors == "error: \(out): cannot write: No space left on device\n")
    #expect(try scratch.names() == [])
  }

  @Test func `no file takes the place of a stream that is closed`() throws {
    let scratch = try Scratch()
    let out = scratch.path("out.tlcq")
    let result = try Tool.run(
      "/bin/sh",
      ["-c", "exec \"$0\" \"$1\" \"$2\" <&- >&- 2>&-", Tool.path("tlc-convert"), Self.model, out])
    #expect(result.status == 0)
    #expect(try Tool.run("tlc", "verify", out).status == 0)
  }

  @Test func `no output takes the place of what is read`() throws {
    let scratch = try Scratch()
    let bytes = try Data(contentsOf: URL(filePath: Fixtures.path("valid/signed.tlcq")))
    let path = try scratch.write([UInt8](bytes), to: "model.tlcq")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("link.npz"), withDestinationPath: path)
    for output in [path, scratch.path("link.npz")] {
      let result = try Tool.run("tlc", "export", path, output, "--format", "npz", "--force")
      #expect(result.status == 1 && result.errors.contains("would replace a source"), "\(result)")
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
  }
}
