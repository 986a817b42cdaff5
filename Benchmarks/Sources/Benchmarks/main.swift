import TLC

// Serves measurements to `Benchmarks/run`, which takes turns between this process and its peers:
// reads a line of words, does what it says once, and answers with a line: seconds, and what else
// there is to tell.
let measurements: [any Measurement.Type] = [
  ConvertMeasurement.self, DecodeMeasurement.self, EncodeMeasurement.self, CopyMeasurement.self,
  ReadMeasurement.self,
]
while let line = readLine() {
  let words = line.split(separator: " ").map { String($0) }
  guard let name = words.first, let measurement = measurements.first(where: { $0.name == name })
  else {
    print("error: no measurement is named \(words.first ?? "")")
    continue
  }
  do {
    let outcome = try measurement.run(Array(words.dropFirst()))
    print(([outcome.seconds] + outcome.others).map { "\($0)" }.joined(separator: " "))
  } catch {
    print("error: \(error)")
  }
  flushOutput()
}
