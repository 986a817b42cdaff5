internal import TLCCore

/// The lengths of an attention, of dimensions before a run and of numbers in one.
struct AttentionLengths<Length: Hashable & Sendable>: Sendable {
  var batch: Length
  var queryHeads: Int
  var keyHeads: Int
  /// The rows of queries.
  var queries: Length
  /// The rows of keys and values that are given.
  var keys: Length
  /// Those that are there already.
  var past: Length?
  /// The elements of a head of a query and a key.
  var headSize: Int
  /// The elements of a head of a value.
  var valueSize: Int
}

/// What the attributes of `Attention` say of the layout of its inputs.
struct AttentionLayout: Sendable {
  /// The heads of tensors of three axes, in which a row has all heads.
  let queryHeads: Int?
  let keyHeads: Int?

  init(_ attributes: inout Attributes) throws(OperatorError) {
    queryHeads = try attributes.int("q_num_heads")
    keyHeads = try attributes.int("kv_num_heads")
    for (name, count) in [("q_num_heads", queryHeads), ("kv_num_heads", keyHeads)] {
      guard count ?? 1 >= 1 else {
        throw OperatorError("attribute \"\(name)\" is \(count ?? 0), not from 1")
      }
    }
  }

  /// The lengths of inputs by their dimensions.
  func lengths<Length: Hashable & Sendable>(
    query: [Length], key: [Length], value: [Length], past: [Length]?, _ number: (Length) -> Int?
  ) throws(OperatorError) -> AttentionLengths<Length> {
    func heads(
      _ dimensions: [Length], _ count: Int?, _ input: Int
    ) throws(OperatorError) -> (rows: Length, heads: Int, size: Int) {
      if dimensions.count == 4 {
        guard let heads = number(dimensions[1]), let size = number(dimensions[3]) else {
          throw OperatorError("the heads of input \(input) and their lengths must be known")
        }
        return (dimensions[2], heads, size)
      }
      guard dimensions.count == 3 else {
        throw OperatorError("input \(input) has \(dimensions.count) axes, not 3 or 4")
      }
      guard let heads = count, let size = number(dimensions[2]), size.isMultiple(of: heads) else {
        throw OperatorError(
          "the rows of input \(input) are of \(dimensions[2]) elements, and their number of heads "
            + (count.map { "is \($0)" } ?? "is missing"))
      }
      return (dimensions[1], heads, size / heads)
    }
    let q = try heads(query, queryHeads, 0)
    let k = try heads(key, keyHeads, 1)
    let v = try heads(value, keyHeads, 2)
    guard k.heads > 0, q.heads.isMultiple(of: k.heads), k.heads == v.heads else {
      throw OperatorError(
        "there are \(q.heads) heads of queries, \(k.heads) of keys and \(v.heads) of values")
    }
    guard q.size == k.size, k.rows == v.rows, query[0] == key[0], key[0] == value[0] else {
      throw OperatorError("queries are \(query), keys \(key) and values \(value)")
    }
    return AttentionLengths(
      batch: query[0], queryHeads: q.heads, keyHeads: k.heads, queries: q.rows, keys: k.rows,
      past: past?[2], headSize: q.size, valueSize: v.size)
  }
}
