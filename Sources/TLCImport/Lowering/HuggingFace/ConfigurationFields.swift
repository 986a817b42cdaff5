internal import TLCCore

/// The fields of a configuration that is an asset of a checkpoint. Nothing in it is trusted.
struct ConfigurationFields {
  /// The asset's name, for messages.
  let place: String
  let json: StrictJSON

  init(_ json: StrictJSON, place: String) {
    self.json = json
    self.place = place
  }

  /// The object that an asset is; `nil` where the checkpoint has no asset of the name.
  ///
  /// - Throws: ``LoweringError`` where it is not a JSON object.
  init?(asset name: String, of checkpoint: ImportedCheckpoint) throws(LoweringError) {
    guard let asset = checkpoint.assets.first(where: { $0.name.equalsInUTF8(name) }) else {
      return nil
    }
    guard let json = StrictJSON(asset.bytes), json.members != nil else {
      throw .malformed(place: name, "it is not a JSON object with unique keys")
    }
    self.init(json, place: name)
  }

  /// The value of a key; `nil` where there is none, or it is `null`.
  subscript(key: String) -> StrictJSON? {
    if let value = json[key], case .null = value { return nil }
    return json[key]
  }

  func malformed(_ what: String) -> LoweringError { .malformed(place: place, what) }

  /// A whole number from 1 to `limit`.
  func size(
    _ key: String, limit: Int = 1 << 24, default standard: Int? = nil
  ) throws(LoweringError) -> Int {
    guard let value = self[key] else {
      guard let standard else { throw malformed("it has no \"\(key)\", and the model needs it") }
      return standard
    }
    guard let size = value.count, (1...limit).contains(size) else {
      throw malformed("\"\(key)\" is not a whole number from 1 to \(limit)")
    }
    return size
  }

  /// A whole number from 0 up that fits in the ids of tokens.
  func id(_ key: String) throws(LoweringError) -> Int {
    guard let value = self[key] else {
      throw malformed("it has no \"\(key)\", and the model needs it")
    }
    guard let id = value.count, id < 1 << 24 else {
      throw malformed("\"\(key)\" is not a whole number from 0 to \(1 << 24 - 1)")
    }
    return id
  }

  /// What is added to a variance: above 0, and below 1.
  func epsilon(_ key: String, default standard: Float) throws(LoweringError) -> Float {
    guard let value = self[key] else { return standard }
    guard case .number(let digits) = value, let number = Float(digits), number > 0, number < 1
    else { throw malformed("\"\(key)\" is not a number above 0 and below 1") }
    return number
  }

  func flag(_ key: String, default standard: Bool) throws(LoweringError) -> Bool {
    guard let value = self[key] else { return standard }
    guard case .boolean(let flag) = value else {
      throw malformed("\"\(key)\" is neither true nor false")
    }
    return flag
  }

  func text(_ key: String) throws(LoweringError) -> String? {
    guard let value = self[key] else { return nil }
    guard let text = value.text else { throw malformed("\"\(key)\" is not a string") }
    return text
  }
}
