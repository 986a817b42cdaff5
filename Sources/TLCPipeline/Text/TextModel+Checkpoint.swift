public import TLCFormat
public import TLCRuntime

extension TextModel {
  /// A model with the assets of its checkpoint.
  ///
  /// - Throws: `CheckpointError` where an asset is wrong; what ``init(_:assets:)`` throws.
  public init(_ session: Session, of checkpoint: Checkpoint) throws {
    var assets: [String: [UInt8]] = [:]
    for asset in checkpoint.main.assets {
      assets[asset.name] = try checkpoint.main.bytes(of: asset)
    }
    try self.init(session, assets: assets)
  }
}
