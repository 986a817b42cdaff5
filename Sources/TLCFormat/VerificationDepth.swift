/// How deeply a checkpoint is verified, each with those before it: `formats/tlcq.md` §9.
public enum VerificationDepth: String, CaseIterable, Comparable, Sendable {
  /// The superblock and the manifest.
  case structure
  /// Every stored byte against its digest.
  case digests
  /// Every tensor decoded, against its content digest.
  case tensors
  /// Every recorded run of the graph repeated, bit for bit.
  case probes

  private var rank: Int {
    switch self {
    case .structure: 0
    case .digests: 1
    case .tensors: 2
    case .probes: 3
    }
  }

  public static func < (first: Self, second: Self) -> Bool { first.rank < second.rank }
}
