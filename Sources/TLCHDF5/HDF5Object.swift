/// A thing in a file's tree, by its path: `/model_weights/dense/kernel:0`.
public struct HDF5Object: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case group
    case dataset
    case namedDatatype
    /// A further name of an object that was met before under another path.
    case hardLink(to: String)
    /// A name that stands for another path; `resolved` is that of a dataset or group of this file.
    case softLink(target: String, resolved: String?)
    /// A name that stands for an object of another file, which is never opened.
    case externalLink
    /// A kind of link or object that is not known.
    case other
  }

  public var path: String
  public var kind: Kind
}
