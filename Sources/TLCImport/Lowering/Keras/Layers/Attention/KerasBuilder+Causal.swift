internal import TLCCore
internal import TLCModel

extension KerasBuilder {
  /// Whether a key is no later than a query: `bool` `[batch, queries, keys]`.
  ///
  /// - Parameters:
  ///   - query: `[batch, queries, features]`.
  ///   - key: `[batch, keys, features]`.
  mutating func causalMask(
    _ query: Value, _ key: Value
  ) throws(LoweringError) -> Value {
    let rows = try unsqueeze(try stepNumbers(query), [2])
    let columns = try unsqueeze(try stepNumbers(key), [1])
    return try add("GreaterOrEqual", [rows, columns])
  }

  /// The numbers of steps from 1, for a number of steps that a run fixes; `i32` `[batch, steps]`.
  private mutating func stepNumbers(_ value: Value) throws(LoweringError) -> Value {
    let first = try slice(value, starts: [0], ends: [1], axes: [2])
    return try stepNumbers(flags: try squeeze(try add("Equal", [first, first]), [2]))
  }

  /// The numbers of steps from 1, of flags `[batch, steps]` whatever they are.
  mutating func stepNumbers(flags: Value) throws(LoweringError) -> Value {
    let always = try add("Or", [flags, try add("Not", [flags])])
    return try add("CumSum", [try cast(always, to: .i32), try axisNumber(1)])
  }
}
