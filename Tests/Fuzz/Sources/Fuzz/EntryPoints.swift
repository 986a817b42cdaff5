/// What libFuzzer's program calls for each input.
@_cdecl("LLVMFuzzerTestOneInput")
func run(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  target.run(Array(UnsafeBufferPointer(start: data, count: size)))
  return 0
}

/// What libFuzzer's program calls to make an input of another; returns the bytes that there are then.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int, _ seed: UInt32
) -> Int {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  var mutation = Mutation(seed: seed, capacity: capacity)
  var mutated = target.mutate(bytes, by: &mutation)
  if mutated.count > capacity { mutated = Array(mutation.bytes(bytes).prefix(capacity)) }
  for (index, byte) in mutated.enumerated() { data[index] = byte }
  return mutated.count
}
