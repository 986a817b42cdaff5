import Foundation
import TLCTestSupport
import Testing

/// The tools end to end, on a real model.
@Suite struct ConvertCommandTests {
  static let model = Fixtures.path("models/digits/digits.h5")

  @Test func `converts, verifies, inspects and exports a real model`() throws {
    let scratch = try Scratch()
    let file = scratch.path("digits.tlcq")
    let converted = try Tool.run("tlc-convert", Self.model, file)
    #expect(converted.status == 0, "\(converted.errors)")
    #expect(converted.output.contains("6 datasets mapped, 0 ignored, 0 unaccounted"))
    let verified = try Tool.run("tlc", "verify", file, "--against", Self.model)
    #expect(verified.status == 0, "\(verified.errors)")
    #expect(verified.output.contains("against    ok  6 certificates measured again, all equal"))
    let inspected = try Tool.run("tlc", "inspect", file)
    #expect(inspected.output.contains("hidden_1/kernel  [64, 64]  f32   int"))
    for format in ["safetensors", "h5", "npz"] {
      let back = scratch.path("back.\(format)")
      let exported = try Tool.run("tlc", "export", file, back)
      #expect(exported.status == 0, "\(exported.errors)")
      let again = scratch.path("again-\(format).tlcq")
      let reconverted = try Tool.run("tlc-convert", back, again, "--keep", ".*")
      #expect(reconverted.status == 0, "\(reconverted.errors)")
    }
    #expect(try scratch.names().allSatisfy { !$0.hasSuffix(".partial") })
  }

  @Test func `meets a goal by default, and stores 8 bits where there is nothing to measure`() throws
  {
    let scratch = try Scratch()
    let file = scratch.path("digits.tlcq")
    let converted = try Tool.run("tlc-convert", Self.model, file)
    #expect(converted.output.contains("steps allocated in "))
    #expect(converted.output.contains(" cosine 0.999"))
    #expect(converted.errors.isEmpty)
    let alone = try Tool.run("tlc-convert", Self.model, file, "--weights-only", "--force")
    let note = "note: matrices are stored in 8 bits: there is no graph to measure the outputs with"
    #expect(alone.errors.contains(note))
    let inspected = try Tool.run("tlc", "inspect", file)
    #expect(inspected.output.contains("hidden_1/kernel  [64, 64]  f32   int8 axis 1"))
    let asked = scratch.path("asked.tlcq")
    #expect(
      try Tool.run("tlc-convert", Self.model, asked, "--weights-only", "--quality", "0.999").status
        == 1)
    #expect(!FileManager.default.fileExists(atPath: asked))
  }

  @Test func `gives the same bytes for any number of threads`() throws {
    let scratch = try Scratch()
    for options in [[], ["--bits", "4", "--group", "32"], ["--step", "0.3"]] {
      var files: [Data] = []
      for threads in ["1", "2", "7"] {
        let path = scratch.path("\(threads).tlcq")
        let process = Tool.process(
          "tlc-convert", [Self.model, path, "--threads", threads, "--force", "--quiet"] + options)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        files.append(try Data(contentsOf: URL(filePath: path)))
      }
      #expect(files[0] == files[1] && files[1] == files[2], "\(options)")
    }
  }

  @Test func `does not overwrite without --force, and says so`() throws {
    let scratch = try Scratch()
    let file = try scratch.write([1, 2, 3], to: "out.tlcq")
    let refused = try Tool.run("tlc-convert", Self.model, file)
    #expect(refused.status == 3)
    #expect(refused.errors == "error: \(file): cannot write: File exists; --force replaces it\n")
    #expect(try Data(contentsOf: URL(filePath: file)) == Data([1, 2, 3]))
    #expect(try Tool.run("tlc-convert", Self.model, file, "--force").status == 0)
  }

  @Test func `refuses what is no checkpoint, naming what it knows`() throws {
    let scratch = try Scratch()
    let text = try scratch.write(Array("hello".utf8), to: "hello.txt")
    let result = try Tool.run("tlc-convert", text, scratch.path("out.tlcq"))
    #expect(result.status == 1)
    #expect(
      result.errors.hasPrefix("error: \(text): not a format that can be imported; these can: "))
    #expect(try scratch.names() == ["hello.txt"])
  }

  @Test func `ends with the status of the fault`() throws {
    let scratch = try Scratch()
    let out = scratch.path("out.tlcq")
    #expect(try Tool.run("tlc-convert", scratch.path("none.h5"), out).status == 3)
    #expect(try Tool.run("tlc-convert", Self.model, out, "--sparsity", "1.5").status == 64)
    #expect(try Tool.run("tlc-convert", Self.model, out).status == 0)
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: out)))
    bytes[200] ^= 1
    let damaged = try scratch.write(bytes, to: "damaged.tlcq")
    let verified = try Tool.run("tlc", "verify", damaged)
    #expect(verified.status == 2)
    #expect(verified.errors.contains("does not have the digest that the manifest states"))
  }

  @Test func `prunes by the method that is asked for, where it can`() throws {
    let scratch = try Scratch()
    let out = scratch.path("out.tlcq")
    let data = scratch.path("samples.json")
    let sample = "{\"pixels\": [[" + (0..<64).map { "\($0 % 7)" }.joined(separator: ", ") + "]]}"
    _ = try scratch.write(Array(sample.utf8), to: "samples.json")
    func convert(_ options: String...) throws -> Tool.Outcome {
      try Tool.run("tlc-convert", [Self.model, out, "--force"] + options)
    }
    #expect(try convert("--pruner", "wanda").status == 64)
    #expect(try convert("--pruner", "exact-obs", "--pattern", "2:4").status == 64)
    let refused = try convert("--pruner", "wanda", "--sparsity", "0.5")
    #expect(refused.status != 0 && refused.errors.contains("only where there is calibration"))
    for (options, method) in [
      (["--pruner", "wanda", "--sparsity", "0.5"], "method: wanda"),
      (["--pruner", "wanda", "--pattern", "2:4"], "method: n-of-m, m: 4"),
      (["--pruner", "sparse-gpt", "--pattern", "2:4"], "method: sparse-gpt, m: 4"),
      (["--pruner", "exact-obs", "--sparsity", "0.5"], "method: exact-obs"),
    ] {
      let done = try Tool.run(
        "tlc-convert", [Self.model, out, "--force", "--calibrate", data] + options)
      #expect(done.status == 0, "\(done.errors)")
      #expect(try Tool.run("tlc", "inspect", out, "--json").output.contains(method))
    }
  }

  @Test func `signs, and trusts only keys that are given`() throws {
    let scratch = try Scratch()
    let file = scratch.path("model.tlcq")
    #expect(try Tool.run("tlc-convert", Self.model, file).status == 0)
    for name in ["me", "other"] {
      #expect(try Tool.run("tlc", "keygen", scratch.path(name)).status == 0)
    }
    let mode = try FileManager.default.attributesOfItem(atPath: scratch.path("me.key"))
    #expect((mode[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    #expect(try Tool.run("tlc", "sign", file, "--key", scratch.path("me.key")).status == 0)
    let trusted = try Tool.run("tlc", "verify", file, "--trust", scratch.path("me.pub"))
    #expect(trusted.status == 0)
    #expect(trusted.output.contains("signature  ok  by "))
    #expect(try Tool.run("tlc", "verify", file, "--trust", scratch.path("other.pub")).status == 5)
    // Without a key a signature proves nothing, and is not passed over in silence.
    #expect(try Tool.run("tlc", "verify", file, "--signature", "\(file).sig").status == 64)
  }

  @Test func `writes shards and an index, and refuses a set with one missing`() throws {
    let scratch = try Scratch()
    let file = scratch.path("model.tlcq")
    #expect(
      try Tool.run("tlc-convert", Self.model, file, "--shard-size", "4kB").status == 0)
    let shards = try scratch.names().filter { $0.contains("-of-") }
    #expect(shards.count >= 2)
    #expect(try Tool.run("tlc", "verify", file).status == 0)
    try FileManager.default.removeItem(atPath: scratch.path(shards[0]))
    let verified = try Tool.run("tlc", "verify", file)
    #expect(verified.status == 2)
    #expect(verified.errors.contains("shard 1 of \(shards.count) cannot be read"))
  }

  @Test func `leaves the old file or none when it is killed`() throws {
    let scratch = try Scratch()
    let old = [UInt8](repeating: 7, count: 100)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<50 {
      let file = try scratch.write(old, to: "out.tlcq")
      let process = Tool.process("tlc-convert", [Self.model, file, "--force", "--quiet"])
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(UInt32.random(in: 0...60_000, using: &generator))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let found = [UInt8](try Data(contentsOf: URL(filePath: file)))
      if found != old { #expect(try Tool.run("tlc", "verify", file).status == 0) }
    }
  }
}
