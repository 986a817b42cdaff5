// Train a small encoder to predict masked tokens, and write it to a file that runs.
//
// Learns from `text.txt`, whose paragraphs empty lines divide, and writes `encoder.tlcq`.
import TLC

let corpus = try TextCorpus(paths: ["text.txt"], heldOut: 0.1)
let tokenizer = try TrainedTokenizer(
  .byteLevelBPE, texts: corpus.training, vocabularyCount: 280)
let shape = EncoderShape(
  vocabularyCount: tokenizer.tokens.count, width: 32, depth: 2, sequenceCount: 16)
let model = try TrainedModel(shape, tokenizer: tokenizer, seed: 1)
let task = try model.task(of: corpus)
let settings = TrainingSettings(
  stepCount: 30, batchCount: 8, rate: LearningRate(peak: 3e-3, warmupCount: 3), threadCount: 2)
let trained = try ModelTraining(model, task: task, settings: settings).run { progress in
  if progress.step.number % 10 == 0 { print("step", progress.step.number, progress.step.loss) }
}
let measured = try trained.measure(task, threadCount: 2)
print("perplexity \(measured.perplexity) of \(measured.labelCount) labels")
try trained.write(to: "encoder.tlcq", overwriting: true, seed: 1)
