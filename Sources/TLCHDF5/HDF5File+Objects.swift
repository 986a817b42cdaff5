internal import CHDF5
internal import TLCCore

extension HDF5File {
  /// Every object and link of the file, in order of path by UTF-8 bytes, without the root.
  ///
  /// A group that contains itself is a hard link to a path met before, and is not entered again.
  public func objects() throws(HDF5Error) -> [HDF5Object] {
    var objects = try HDF5Library.locked { () throws(HDF5Error) in try walk() }
    objects.sort { $0.path.precedesInUTF8($1.path) }
    let kinds = Dictionary(
      objects.map { (Array($0.path.utf8), $0.kind) }, uniquingKeysWith: { first, _ in first })
    for (i, object) in objects.enumerated() {
      if case .softLink(let target, _) = object.kind {
        objects[i].kind = .softLink(
          target: target, resolved: resolve(target, from: object.path, kinds))
      }
    }
    return objects
  }

  private func walk() throws(HDF5Error) -> [HDF5Object] {
    var objects: [HDF5Object] = []
    var firstPaths: [UInt64: String] = [:]
    var pending = [(path: "/", depth: 0)]
    if let root = describe("/") { firstPaths[root.address] = "/" }
    while let (group, depth) = pending.popLast() {
      guard depth <= limits.depth else {
        throw refusal(group, .limit("groups are nested more than \(limits.depth) deep"))
      }
      for name in try linkNames(of: group).reversed() {
        let path = group == "/" ? "/\(name)" : "\(group)/\(name)"
        var object = HDF5Object(path: path, kind: try linkKind(path))
        if object.kind == .other, let found = describe(path) {
          if let first = firstPaths[found.address] {
            object.kind = .hardLink(to: first)
          } else {
            firstPaths[found.address] = path
            object.kind = found.kind
            if found.kind == .group { pending.append((path, depth + 1)) }
          }
        }
        objects.append(object)
        guard objects.count <= limits.objectCount else {
          throw refusal(nil, .limit("the file has more than \(limits.objectCount) objects"))
        }
      }
    }
    return objects
  }

  private func linkNames(of group: String) throws(HDF5Error) -> [String] {
    let count = unsafe tlc_h5_link_count(id, group)
    guard count >= 0 else { throw failure("list the group", group) }
    guard count <= limits.objectCount else {
      throw refusal(group, .limit("the group has \(count) links, too many"))
    }
    var names: [String] = []
    for index in 0..<UInt64(count) {
      let length = unsafe H5Lget_name_by_idx(
        id, group, H5_INDEX_NAME, H5_ITER_INC, index, nil, 0, hid_t(H5P_DEFAULT))
      guard length > 0, length <= 65_536 else { throw failure("list the group", group) }
      var bytes = [UInt8](repeating: 0, count: length + 1)
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        // SAFETY: the buffer has room for the name and its closing 0.
        unsafe H5Lget_name_by_idx(
          id, group, H5_INDEX_NAME, H5_ITER_INC, index,
          buffer.baseAddress?.assumingMemoryBound(to: CChar.self), length + 1,
          hid_t(H5P_DEFAULT))
      }
      bytes.removeLast()
      guard got == length, let name = String(validating: bytes, as: UTF8.self),
        !bytes.contains(UInt8(ascii: "/")), name != ".", name != ".."
      else { throw refusal(group, .malformed("a link's name is not a name in UTF-8")) }
      names.append(name)
    }
    return names
  }

  /// The kind of a link that is not hard; `.other` for a hard one, whose object decides.
  private func linkKind(_ path: String) throws(HDF5Error) -> HDF5Object.Kind {
    var kind: Int32 = 0
    var size = 0
    guard unsafe tlc_h5_link(id, path, &kind, &size) >= 0 else {
      throw failure("read the link", path)
    }
    switch kind {
    case 0: return .other
    case 1:
      guard (1...65_536).contains(size) else { throw failure("read the link", path) }
      var target = [UInt8](repeating: 0, count: size)
      let status = unsafe target.withUnsafeMutableBytes { buffer in
        // SAFETY: the library writes at most `size` bytes.
        unsafe H5Lget_val(id, path, buffer.baseAddress, size, hid_t(H5P_DEFAULT))
      }
      guard status >= 0 else { throw failure("read the link", path) }
      let text = String(decoding: target.prefix { $0 != 0 }, as: UTF8.self)
      return .softLink(target: text, resolved: nil)
    default: return .externalLink
    }
  }

  private func describe(_ path: String) -> (kind: HDF5Object.Kind, address: UInt64)? {
    var type: Int32 = 0
    var address: UInt64 = 0
    var attributes: UInt64 = 0
    guard unsafe tlc_h5_object(id, path, &type, &address, &attributes) >= 0 else { return nil }
    let kind: HDF5Object.Kind =
      switch type {
      case 0: .group
      case 1: .dataset
      case 2: .namedDatatype
      default: .other
      }
    return (kind, address)
  }

  /// Follows soft links by name, within the file and a few steps.
  private func resolve(
    _ target: String, from path: String, _ kinds: [[UInt8]: HDF5Object.Kind]
  ) -> String? {
    var place = path
    var target = target
    for _ in 0..<16 {
      let parent = place.split(separator: "/").dropLast()
      var parts = target.hasPrefix("/") ? [] : parent.map { String($0) }
      for part in target.split(separator: "/") where part != "." { parts.append(String(part)) }
      place = "/" + parts.joined(separator: "/")
      switch kinds[Array(place.utf8)] {
      case .dataset, .group: return place
      case .hardLink(let first): return first
      case .softLink(let next, _): target = next
      default: return nil
      }
    }
    return nil
  }
}
