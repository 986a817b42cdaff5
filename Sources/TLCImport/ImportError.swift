public import TLCHDF5
public import TLCSystem

/// Why a foreign checkpoint cannot be imported: the file, the dataset if one is concerned, and a
/// sentence that says what is so, and what would be right.
public enum ImportError: Error, Equatable, Sendable {
  /// No importer knows the file.
  case unrecognized(path: String, known: [String])
  /// There is no importer of a name.
  case unknownImporter(String, known: [String])
  /// The file breaks its format's rules.
  case malformed(path: String, dataset: String?, String)
  /// Something that is not imported, by name.
  case unsupported(path: String, dataset: String?, String)
  /// A dataset that no rule maps or ignores.
  case unmapped(path: String, dataset: String)
  /// The HDF5 library refused the file.
  case hdf5(HDF5Error)
  /// The system failed.
  case system(IOError)
}

extension ImportError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unrecognized(let path, let known):
      "\(path): not a format that can be imported; these can: \(known.joined(separator: ", "))"
    case .unknownImporter(let name, let known):
      "\(name): not the name of an importer; there are \(known.joined(separator: ", "))"
    case .malformed(let path, let dataset, let what): Self.sentence(path, dataset, what)
    case .unsupported(let path, let dataset, let what):
      Self.sentence(path, dataset, "\(what) cannot be imported")
    case .unmapped(let path, let dataset):
      Self.sentence(
        path, dataset,
        "no layer lists this dataset, and no rule ignores it; the importer hdf5 takes every dataset"
      )
    case .hdf5(let error): error.description
    case .system(let error): error.description
    }
  }

  private static func sentence(_ path: String, _ dataset: String?, _ what: String) -> String {
    dataset.map { "\(path): \($0.isEmpty ? "\"\"" : $0): \(what)" } ?? "\(path): \(what)"
  }
}

/// Runs `body`, and makes its error one of import.
func importing<Result>(
  _ body: () throws(HDF5Error) -> Result
) throws(ImportError) -> Result {
  do throws(HDF5Error) { return try body() } catch { throw .hdf5(error) }
}

/// Runs `body`, and makes its error one of import.
func importing<Result>(_ body: () throws(IOError) -> Result) throws(ImportError) -> Result {
  do throws(IOError) { return try body() } catch { throw .system(error) }
}
