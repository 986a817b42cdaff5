import Foundation
import TLCTestSupport
import Testing

/// Three of four letters, and their capitals from the end: what a small model learns in seconds.
struct TranslationCommandTests {
  static func pairs(_ count: Int) -> [(source: String, target: String)] {
    var arbitrary = Arbitrary(seed: 7)
    let letters = ["a", "b", "c", "d"]
    return (0..<count).map { _ in
      let text = (0..<3).map { _ in letters[arbitrary.int(in: 0...3)] }
      return (text.joined(), text.reversed().joined().uppercased())
    }
  }

  static func write(_ scratch: Scratch, count: Int = 1000) throws -> (
    source: String, target: String
  ) {
    let pairs = pairs(count)
    return (
      try scratch.write(Array(pairs.map { $0.source + "\n" }.joined().utf8), to: "source.txt"),
      try scratch.write(Array(pairs.map { $0.target + "\n" }.joined().utf8), to: "target.txt")
    )
  }

  static func arguments(_ scratch: Scratch, steps: Int, output: String) throws -> [String] {
    let files = try write(scratch)
    return [
      "train", "--task", "translation", "--source", files.source, "--target", files.target,
      "--output", scratch.path(output), "--vocabulary", "261", "--width", "32", "--depth", "1",
      "--heads", "1", "--inner", "64", "--sequence", "8", "--batch-tokens", "256", "--steps",
      "\(steps)", "--rate", "0.005", "--dropout", "0", "--label-smoothing", "0",
    ]
  }

  @Test func `a model learns to translate, and is verified, run and measured`() throws {
    let scratch = try Scratch()
    let trained = try Tool.run(
      "tlc", try Self.arguments(scratch, steps: 600, output: "model.tlcq"))
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(trained.output.contains("950 pairs of texts to learn from, in 30 batches of up to 256"))
    let model = scratch.path("model.tlcq")
    let verified = try Tool.run("tlc", "verify", model)
    #expect(verified.status == 0 && verified.output.contains("probes     ok"))
    let given = try Tool.run("tlc", "run", model, "--text", "abc", "--text", "ddb", "--beam", "2")
    #expect(given.output == "CBA\nBDD\n", "\(given.output) \(given.errors)")
    let lines = try Tool.run("tlc", "run", model, "--json", input: Array("abc\nddb\n".utf8))
    let texts = lines.output.split(separator: "\n")
    #expect(texts.count == 2 && texts[1].contains("\"text\":\"BDD\""), "\(lines.output)")
    for option in [["--top", "2"], ["--pair", "b"], ["--question", "b"]] {
      let refused = try Tool.run("tlc", ["run", model, "--text", "abc"] + option)
      let sentence = "\(option[0]): \(model) is for translation, and has no use for it"
      #expect(refused.status == 64 && refused.errors.contains(sentence), "\(refused.errors)")
    }
    let short = try Tool.run("tlc", "run", model, "--text", "abc", "--max-length", "2")
    #expect(short.output == "CB\n", "\(short.output) \(short.errors)")

    let table = Self.pairs(40).map { "\($0.source) \($0.source)\t\($0.target) \($0.target)\n" }
    let held = try scratch.write(
      Array(Self.pairs(40).map { "\($0.source)\t\($0.target)\n" }.joined().utf8), to: "held.tsv")
    let measured = try Tool.run("tlc", "evaluate", model, held, "--beam", "1", "--json")
    #expect(measured.status == 0, "\(measured.errors)")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(measured.output.utf8)) as? [String: Any])
    let precisions = try #require(json["precisions"] as? [Double])
    // Texts of one word have no runs of more.
    #expect(precisions[0] > 95 && precisions[1...] == [0, 0, 0], "\(precisions)")
    #expect(json["bleu"] as? Double == 0 && json["labels"] as? Int == 160)
    #expect(try #require(json["accuracy"] as? Double) > 0.95)
    let long = try scratch.write(Array(table.joined().utf8), to: "long.tsv")
    let refused = try Tool.run("tlc", "evaluate", model, long)
    #expect(
      refused.errors.contains(
        "long.tsv, line 1: a text is 9 tokens with the two around it, and the model takes 8"))
    let tuned = try Tool.run(
      "tlc", "finetune", model, held, "--validation", held, "--text-column", "a", "--label-column",
      "b", "--output", scratch.path("tuned.tlcq"))
    #expect(tuned.status == 1, "\(tuned.output)")

    let small = scratch.path("small.tlcq")
    let recovered = try Tool.run(
      "tlc", "recover", model, held, "--validation", held, "--output", small, "--sparsity", "0.2",
      "--bits", "8", "--measure-every", "5", "--batch", "8")
    #expect(recovered.status == 0, "\(recovered.errors)")
    #expect(recovered.output.contains("20.0% zero, 8 bits: accuracy "), "\(recovered.output)")
    #expect(try Tool.run("tlc", "run", small, "--text", "abc").output == "CBA\n")
  }

  @Test func `training that is killed goes on from its state bit for bit`() throws {
    let scratch = try Scratch()
    let small = ["--width", "8", "--inner", "8", "--threads", "1"]
    let whole = try Tool.run(
      "tlc", try Self.arguments(scratch, steps: 24, output: "whole.tlcq") + small)
    #expect(whole.status == 0, "\(whole.errors)")
    let state = scratch.path("state.tlcq")
    let arguments =
      try Self.arguments(scratch, steps: 24, output: "killed.tlcq")
      + small + ["--state", state, "--every", "12", "--resume", "--quiet"]
    let process = Tool.process("tlc", arguments)
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning, !FileManager.default.fileExists(atPath: state) { usleep(1_000) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal, "it ended before it could be killed")
    let other = try Tool.run("tlc", arguments + ["--batch-tokens", "200"])
    #expect(other.status == 1 && other.errors.contains("is of another training: data "))
    let resumed = try Tool.run("tlc", arguments)
    #expect(resumed.status == 0, "\(resumed.errors)")
    let files = try ["whole.tlcq", "killed.tlcq"].map {
      try Data(contentsOf: scratch.root.appending(path: $0))
    }
    #expect(files[0] == files[1])
  }

  @Test func `what cannot be trained is refused before it is`() throws {
    let scratch = try Scratch()
    let files = try Self.write(scratch, count: 20)
    let one = try scratch.write(Array("abc\n".utf8), to: "one.txt")
    let gap = try scratch.write(Array("abc\n\n".utf8), to: "gap.txt")
    let two = try scratch.write(Array("abc\nabc\n".utf8), to: "two.txt")
    let table = try scratch.write(Array("abc\tCBA\nabc\n".utf8), to: "table.tsv")
    let output = scratch.path("model.tlcq")
    let pair = ["--source", files.source, "--target", files.target, "--vocabulary", "261"]
    for (arguments, sentence) in [
      (["--source", two, "--target", one], "two.txt has 2 lines and \(one) 1: a line of the one"),
      (["--source", two, "--target", gap], "gap.txt, line 2: it is empty"),
      ([table], "table.tsv, line 2: it has 0 tabs"),
      (pair + ["--validation", table], "table.tsv, line 2: it has 0 tabs"),
      (
        pair + ["--sequence", "4"],
        "source.txt, line 1: a text is 5 tokens with the two around it, and the model takes 4"
      ),
      (pair + ["--batch-tokens", "4"], "takes 8 tokens, above the 4 of a batch"),
      (
        pair + ["--vocabulary", "5000"],
        "a vocabulary of 5000 tokens is more than the texts support"
      ),
      (pair + ["--decoder-depth", "0"], "model: the decoder's depth is 0, not 1 to 4096"),
    ] {
      let outcome = try Tool.run(
        "tlc", ["train", "--task", "translation", "--output", output] + arguments)
      #expect(outcome.status == 1 && outcome.errors.contains(sentence), "\(outcome.errors)")
    }
    for (arguments, sentence) in [
      (["--source", two], "--source and --target go together"),
      ([table, "--source", two, "--target", two], "takes --source and --target, or one file"),
      ([], "takes --source and --target, or one file"),
      ([table, "--tokenizer", "wordpiece"], "loses case and spaces"),
      (
        [table, "--validation", table, "--validation-source", two, "--validation-target", two],
        "--validation and --validation-source exclude each other"
      ),
      ([table, "--task", "masked", "--batch-tokens", "9"], "need --task translation"),
    ] {
      let outcome = try Tool.run(
        "tlc", ["train", "--task", "translation", "--output", output] + arguments)
      #expect(outcome.status != 0 && outcome.errors.contains(sentence), "\(outcome.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}
