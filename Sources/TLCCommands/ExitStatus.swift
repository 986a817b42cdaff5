import ArgumentParser
import Foundation
import TLC

/// The exit statuses of the tools, as the manual lists them.
enum ExitStatus {
  /// The input, or what was asked of it, is at fault; or a comparison found a difference.
  static let failure = ExitCode(1)
  /// A `.tlcq` file is not what was written.
  static let corrupt = ExitCode(2)
  /// The system failed: a file cannot be read or written.
  static let system = ExitCode(3)
  /// A recorded run gives other bits on this machine.
  static let mismatch = ExitCode(4)
  /// No trusted key has signed the file.
  static let untrusted = ExitCode(5)
  /// A signal ended the work.
  static func signal(_ number: Int32) -> ExitCode { ExitCode(128 + number) }

  /// The list in `--help`; `scripts/manual-page` makes a section of it.
  static let manual = """
    EXIT STATUS:
    0    done, and everything compared is equal
    1    the input, or what is asked of it, is at fault; or a comparison found a difference
    2    a .tlcq file breaks a rule of the format, or is damaged
    3    the system failed: a file cannot be read or written
    4    a run that a file recorded gives other bits here
    5    no trusted key has signed the file
    64   the command line is wrong
    130, 143  ended by a signal; nothing unfinished is left behind
    """

  /// The status that an error ends a command with.
  static func status(of error: any Error) -> ExitCode {
    switch error {
    case let error as CheckpointError:
      switch error {
      case .format(_, let error):
        if case .probeMismatch = error.reason { return mismatch }
        return corrupt
      case .noGraph: return failure
      case .system: return system
      }
    case is IOError: return system
    case let error as ImportError:
      if case .system = error { return system }
      return failure
    default: return failure
    }
  }
}

/// Why a file does not serve as what it was given for: the sentence names the file.
struct Refusal: Error, CustomStringConvertible {
  let description: String
}

/// Runs a command's work, and turns its error into a sentence on stderr and an exit status.
///
/// What was printed and has no place is an error too, also where the work ends with a status.
func reportingErrors(_ body: () throws -> Void) throws {
  do {
    var status: ExitCode?
    do { try body() } catch let code as ExitCode { status = code }
    try StandardStreams.flush()
    if let status { throw status }
  } catch let error as ExitCode {
    throw error
  } catch let error as ValidationError {
    throw error
  } catch {
    Terminal.clearProgress()
    var failure = error as? IOError
    if case .system(let cause)? = error as? CheckpointError { failure = cause }
    let isThere = failure?.code == EEXIST
    Terminal.printError("error: \(error)" + (isThere ? "; --force replaces it" : ""))
    throw ExitStatus.status(of: error)
  }
}
