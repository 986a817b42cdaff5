import Foundation
import TLCTestSupport
import Testing

struct TrainingCommandTests {
  /// Paragraphs of a few words over and over, which a seed puts in order.
  static func text(_ paragraphCount: Int) -> [UInt8] {
    var arbitrary = Arbitrary(seed: 11)
    let words = ["the", "small", "model", "fits", "a", "pocket", "and", "runs", "quickly", "here"]
    let paragraphs = (0..<paragraphCount).map { _ in
      (0..<30).map { _ in words[arbitrary.int(in: 0...9)] }.joined(separator: " ")
    }
    return Array(paragraphs.joined(separator: "\n\n").utf8)
  }

  static func arguments(_ scratch: Scratch, output: String) throws -> [String] {
    let text = try scratch.write(text(60), to: "text.txt")
    return [
      "train", text, "--output", scratch.path(output), "--vocabulary", "300", "--width", "16",
      "--depth", "1", "--heads", "2", "--sequence", "16", "--batch", "4", "--steps", "24",
      "--rate", "0.003", "--threads", "1",
    ]
  }

  @Test(arguments: ["learned", "alibi"])
  func `a model is trained, verified, run, fine-tuned and measured`(_ positions: String) throws {
    let scratch = try Scratch()
    let trained = try Tool.run(
      "tlc", try Self.arguments(scratch, output: "model.tlcq") + ["--positions", positions])
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(trained.output.contains("held out: loss "))
    let model = scratch.path("model.tlcq")
    let verified = try Tool.run("tlc", "verify", model)
    #expect(verified.status == 0 && verified.output.contains("probes     ok"))
    let filled = try Tool.run("tlc", "run", model, "--text", "the small <mask> fits")
    #expect(filled.status == 0, "\(filled.errors)")
    let lines = (0..<40).map { $0 % 2 == 0 ? "good the small model" : "bad a pocket runs" }
    let data = try scratch.write(Array(lines.joined(separator: "\n").utf8), to: "labels.txt")
    let tuned = try Tool.run(
      "tlc", "finetune", model, data, "--validation", data, "--output", scratch.path("tuned.tlcq"),
      "--epochs", "12", "--batch", "8", "--rate", "0.01", "--dropout", "0")
    #expect(tuned.status == 0, "\(tuned.errors)")
    let measured = try Tool.run("tlc", "evaluate", scratch.path("tuned.tlcq"), data)
    #expect(measured.output.contains("accuracy 100.0% of 40 labels"), "\(measured.output)")
    let answer = try Tool.run("tlc", "run", scratch.path("tuned.tlcq"), "--text", "a pocket runs")
    #expect(answer.output.hasPrefix("bad "), "\(answer.output)")
  }

  @Test func `training that is killed at any time goes on from its state bit for bit`() throws {
    let scratch = try Scratch()
    let whole = try Tool.run("tlc", try Self.arguments(scratch, output: "whole.tlcq"))
    #expect(whole.status == 0, "\(whole.errors)")
    let state = scratch.path("state.tlcq")
    let arguments =
      try Self.arguments(scratch, output: "killed.tlcq")
      + ["--state", state, "--every", "3", "--resume", "--quiet"]
    var (killed, round) = (0, 0)
    while !FileManager.default.fileExists(atPath: scratch.path("killed.tlcq")), round < 200 {
      round += 1
      let process = Tool.process("tlc", arguments)
      process.standardError = FileHandle.nullDevice
      try process.run()
      // Later each time, so that each gets a little further, and stops somewhere else.
      let deadline = Date(timeIntervalSinceNow: 0.3 * pow(1.5, Double(round)))
      while process.isRunning, Date.now < deadline { usleep(2_000) }
      if process.isRunning {
        kill(process.processIdentifier, SIGKILL)
        killed += 1
      }
      process.waitUntilExit()
      if FileManager.default.fileExists(atPath: state) {
        #expect(try Tool.run("tlc", "verify", state).status == 0)
      }
    }
    #expect(killed > 0, "it ended before it could be killed")
    let files = try ["whole.tlcq", "killed.tlcq"].map {
      try Data(contentsOf: scratch.root.appending(path: $0))
    }
    #expect(files[0] == files[1])
  }

  @Test func `a model is pruned and rounded, and stored as it was measured`() throws {
    let scratch = try Scratch()
    let trained = try Tool.run(
      "tlc", try Self.arguments(scratch, output: "model.tlcq") + ["--quiet"])
    #expect(trained.status == 0)
    let small = scratch.path("small.tlcq")
    let recovered = try Tool.run(
      "tlc", "recover", scratch.path("model.tlcq"), scratch.path("text.txt"), "--output", small,
      "--sparsity", "0.3", "--bits", "4", "--measure-every", "5", "--batch", "4")
    #expect(recovered.status == 0, "\(recovered.errors)")
    let lines = recovered.output.split(separator: "\n")
    #expect(lines.count == 5)
    for (line, start) in zip(lines, ["15.0% zero: ", "30.0% zero: ", "30.0% zero, 4 bits: "]) {
      #expect(line.hasPrefix(start), "\(line)")
    }
    #expect(try Tool.run("tlc", "verify", small).status == 0)
    let held = try Tool.run(
      "tlc", "evaluate", small, scratch.path("text.txt"), "--held-out", "0.05")
    let accuracy = try #require(lines[2].split(separator: ") ").last?.prefix { $0 != "%" })
    #expect(held.output.contains("accuracy \(accuracy)%"), "\(held.output) \(lines[2])")
  }

  @Test func `a trained file is a source of conversion, with its graph and its tokenizer`() throws {
    let scratch = try Scratch()
    let arguments = try Self.arguments(scratch, output: "model.tlcq")
    #expect(try Tool.run("tlc", arguments + ["--quiet"]).status == 0)
    let (model, small) = (scratch.path("model.tlcq"), scratch.path("small.tlcq"))
    let converted = try Tool.run(
      "tlc", "convert", model, small, "--calibrate", scratch.path("text.txt"), "--step", "0.2")
    // No line that it was calibrated with is in the file.
    let stored = try Data(contentsOf: URL(filePath: small))
    for line in String(decoding: Self.text(60), as: UTF8.self).split(separator: "\n") {
      #expect(stored.range(of: Data(line.prefix(40).utf8)) == nil)
    }
    #expect(converted.status == 0, "\(converted.errors)")
    #expect(converted.output.contains("tlcq, ") && converted.output.contains(" 0 unaccounted"))
    let verified = try Tool.run("tlc", "verify", small, "--against", model)
    #expect(verified.status == 0 && verified.output.contains("probes     ok"), "\(verified)")
    let text = scratch.path("text.txt")
    let losses = try [model, small].map { path in
      let outcome = try Tool.run("tlc", "evaluate", path, text, "--json")
      let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
      return try #require((object as? [String: Any])?["loss"] as? Double)
    }
    #expect(abs(losses[1] - losses[0]) < 0.05 && losses[0] != losses[1], "\(losses)")
  }

  @Test func `a state of another training is refused`() throws {
    let scratch = try Scratch()
    let arguments =
      try Self.arguments(scratch, output: "model.tlcq")
      + ["--state", scratch.path("state.tlcq"), "--resume", "--quiet", "--force"]
    #expect(try Tool.run("tlc", arguments).status == 0)
    let other = try Tool.run("tlc", arguments + ["--seed", "1"])
    #expect(
      other.status == 1 && other.errors.hasSuffix("is of another training: seed 0, not 1\n"),
      "\(other.errors)")
    let held = try Tool.run("tlc", arguments + ["--held-out", "0.2"])
    #expect(
      held.status == 1 && held.errors.contains("is of another training: first batch "),
      "\(held.errors)")
  }

  @Test func `a state of another model to finetune is refused`() throws {
    let scratch = try Scratch()
    let labels = try scratch.write(
      Array((0..<40).map { "\($0 % 2) some words \($0)\n" }.joined().utf8), to: "labels.txt")
    let models = try ["0", "1"].map { seed in
      let arguments = try Self.arguments(scratch, output: "model\(seed).tlcq")
      #expect(try Tool.run("tlc", arguments + ["--seed", seed, "--quiet"]).status == 0)
      return scratch.path("model\(seed).tlcq")
    }
    func finetune(_ model: String) throws -> Tool.Outcome {
      try Tool.run(
        "tlc", "finetune", model, labels, "--validation", labels, "--epochs", "1", "-o",
        scratch.path("tuned.tlcq"), "--state", scratch.path("state.tlcq"), "--resume", "--force",
        "--quiet")
    }
    let first = try finetune(models[0])
    #expect(first.status == 0, "\(first.errors)")
    let other = try finetune(models[1])
    #expect(
      other.status == 1 && other.errors.contains("is of another training: first weights "),
      "\(other.errors)")
  }

  @Test func `nothing that is read, and no other file, is lost to an output or a state`() throws {
    let scratch = try Scratch()
    let (output, state) = (scratch.path("model.tlcq"), scratch.path("state.tlcq"))
    let arguments = try Self.arguments(scratch, output: "model.tlcq")
    let text = arguments[1]
    #expect(try Tool.run("tlc", arguments + ["--state", state, "--quiet"]).status == 0)
    let files = { try [text, output, state].map { try Data(contentsOf: URL(filePath: $0)) } }
    let before = try files()
    for (more, status, sentence) in [
      (["--force", "--state", text], 1, "\(text): the output would replace a source"),
      (["--force", "--output", text], 1, "\(text): the output would replace a source"),
      (["--force", "--output", state, "--state", state, "--resume"], 64, "are the same file"),
      (["--output", scratch.path("new.tlcq"), "--state", state], 1, "--resume goes on with it"),
      (["--output", scratch.path("new.tlcq"), "--force", "--state", output], 1, "is no state"),
      ([], 3, "File exists; --force replaces it"),
    ] {
      let refused = try Tool.run("tlc", arguments.replacingOutput(with: more) + ["--quiet"])
      #expect(
        refused.status == Int32(status) && refused.errors.contains(sentence), "\(refused.errors)")
    }
    let tuned = try Tool.run(
      "tlc", "finetune", output, text, "--validation", text, "--output", output, "--force")
    #expect(tuned.errors.contains("the output would replace a source"), "\(tuned.errors)")
    #expect(try files() == before)
    #expect(try scratch.names() == ["model.tlcq", "state.tlcq", "text.txt"])
  }

  @Test func `what a killed training left beside its state goes when it goes on`() throws {
    let scratch = try Scratch()
    let arguments =
      try Self.arguments(scratch, output: "model.tlcq")
      + ["--state", scratch.path("state.tlcq"), "--quiet"]
    #expect(try Tool.run("tlc", arguments).status == 0)
    // No process has a number this large; this one's is that of one that runs.
    for name in [
      "state.tlcq.99999999-3.partial", "state.tlcq.\(getpid())-3.partial", "state.tlcq.partial",
    ] {
      _ = try scratch.write([1], to: name)
    }
    #expect(try Tool.run("tlc", arguments + ["--resume", "--force"]).status == 0)
    #expect(
      try scratch.names() == [
        "model.tlcq", "state.tlcq", "state.tlcq.\(getpid())-3.partial", "state.tlcq.partial",
        "text.txt",
      ])
  }

  @Test func `a quick study runs on made-up texts, and is not run twice`() throws {
    let scratch = try Scratch()
    let folder = scratch.path("study")
    let first = try Tool.run("tlc", "study", "--quick", "--output", folder, "--jobs", "2")
    #expect(first.status == 0 && first.output.hasSuffix(": 50 jobs done\n"), "\(first)")
    let second = try Tool.run("tlc", "study", "--quick", "--output", folder, "--jobs", "2")
    #expect(second.status == 0 && second.output.hasSuffix(": 0 jobs done\n"), "\(second)")
    let lines = try String(contentsOfFile: "\(folder)/results.jsonl", encoding: .utf8)
      .split(separator: "\n")
    #expect(lines.count == 51)
    for line in lines {
      _ = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test func `a seed that a study lacks is refused with those that it has`() throws {
    let scratch = try Scratch()
    let study = try scratch.write(
      Array(
        """
        tlc-study: 1
        corpus: {texts: [text.txt]}
        shapes: [{depth: 1, width: 32}]
        seeds: [3, 5]
        training: {budgets: [1]}
        """.utf8), to: "study.yaml")
    let refused = try Tool.run("tlc", "study", study, "--dry-run", "--seed", "3", "--seed", "4")
    #expect(refused.status == 64)
    #expect(
      refused.errors.hasPrefix(
        "Error: --seed 4 is none of the study's seeds, which are 3, 5\n"), "\(refused.errors)")
    let missing = try Tool.run("tlc", "study", study, "--dry-run")
    #expect(missing.status == 3 && missing.errors.contains("text.txt"), "\(missing)")
    _ = try scratch.write(Self.text(8), to: "text.txt")
    let jobs = try Tool.run("tlc", "study", study, "--dry-run", "--seed", "5")
    #expect(jobs.status == 0 && jobs.output.contains("train-d1-w32-s5"), "\(jobs)")
    #expect(!jobs.output.contains("-s3") && jobs.output.contains("benchmark-d1-w32"))
  }

  @Test func `what cannot be trained is refused before it is`() throws {
    let scratch = try Scratch()
    let text = try scratch.write(Self.text(8), to: "text.txt")
    let empty = try scratch.write(Array(" \n\n".utf8), to: "empty.txt")
    let output = scratch.path("model.tlcq")
    for (arguments, sentence) in [
      (["train", empty], "data: \(empty) is empty: it has no text to learn from"),
      (
        ["train", text, "--vocabulary", "5000"],
        "tokenizer: a vocabulary of 5000 tokens is more than the texts support"
      ),
      (
        ["train", text, "--width", "30", "--heads", "4"],
        "model: 4 heads do not divide a width of 30"
      ),
      (["train", text, "--steps", "0"], "settings: there are 0 steps"),
      (
        ["train", text, "--vocabulary", "270", "--sequence", "4000"],
        "tokens to learn from, fewer than the 3998 of one text"
      ),
    ] {
      let outcome = try Tool.run("tlc", arguments + ["--output", output])
      #expect(outcome.status == 1 && outcome.errors.contains(sentence), "\(outcome.errors)")
    }
    #expect(try scratch.names() == ["empty.txt", "text.txt"])
  }

  @Test func `options that do not go together are refused with a sentence`() throws {
    for (options, sentence) in [
      (["--positions", "alibi"], "a model that translates has learned positions"),
      (["--tokenizer", "wordpiece"], "loses case and spaces, which translations need"),
    ] {
      let arguments = ["train", "--task", "translation", "none.tsv", "--output", "none.tlcq"]
      let outcome = try Tool.run("tlc", arguments + options)
      #expect(outcome.status == 64 && outcome.errors.contains(sentence), "\(outcome.errors)")
    }
  }

  @Test func `a column that is missing is named, and those that there are`() throws {
    let scratch = try Scratch()
    let trained = try Tool.run(
      "tlc", try Self.arguments(scratch, output: "model.tlcq") + ["--quiet"])
    #expect(trained.status == 0)
    let data = try scratch.write(Array("text\tclass\none\t1\n".utf8), to: "data.tsv")
    let outcome = try Tool.run(
      "tlc", "finetune", scratch.path("model.tlcq"), data, "--validation", data, "--output",
      scratch.path("tuned.tlcq"), "--text-column", "text", "--label-column", "label")
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.contains(
        "has no column \"label\"; its first line names \"text\", \"class\""))
  }
}

extension [String] {
  /// The arguments with others behind them, whose `--output` stands in the place of theirs.
  fileprivate func replacingOutput(with more: [String]) -> [String] {
    guard more.contains("--output"), let place = firstIndex(of: "--output") else {
      return self + more
    }
    return self[..<place] + self[(place + 2)...] + more
  }
}
