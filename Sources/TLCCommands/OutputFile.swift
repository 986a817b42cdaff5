import TLC

/// Refuses an output that would take the place of what is read, by whatever name and link.
///
/// - Parameters:
///   - output: what is to be written; `nil` for nothing.
///   - inputs: what is read.
/// - Throws: `ConversionError.outputIsSource`.
func requireOutput(_ output: String?, isNoneOf inputs: [String]) throws {
  guard let output, let old = try? FileIdentity(path: output) else { return }
  for input in inputs where (try? FileIdentity(path: input)) == old {
    throw ConversionError.outputIsSource(path: output)
  }
}
