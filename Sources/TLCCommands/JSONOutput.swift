import Foundation

/// Prints what `--json` prints: one object, keys sorted, infinities as strings.
func printJSON(_ value: some Encodable) throws {
  try printJSON(value, formatting: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
}

/// Prints an object of JSON in one line.
func printJSONLine(_ value: some Encodable) throws {
  try printJSON(value, formatting: [.sortedKeys, .withoutEscapingSlashes])
}

private func printJSON(
  _ value: some Encodable, formatting: JSONEncoder.OutputFormatting
) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = formatting
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
