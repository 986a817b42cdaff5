internal import Yams

/// What is wrong with text that is not YAML, without the text itself.
struct YAMLProblem: CustomStringConvertible {
  /// The line, from 1, if it is known.
  var line: Int?
  var description: String

  init(_ error: any Error) {
    let problem: String
    switch error as? YamlError {
    case .scanner(_, let what, let mark, _), .parser(_, let what, let mark, _),
      .composer(_, let what, let mark, _):
      (line, problem) = (mark.line, what)
    case .reader(let what, _, _, _): (line, problem) = (nil, what)
    case .duplicatedKeysInMapping(let keys, let context):
      line = context.mark.line
      problem = "the key \"\(keys.sorted().joined(separator: "\", \""))\" is there twice"
    default: (line, problem) = (nil, "it cannot be read")
    }
    description = "is not YAML: \(problem)"
  }
}
