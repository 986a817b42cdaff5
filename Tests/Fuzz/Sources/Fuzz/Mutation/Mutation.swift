import LibFuzzer
import TLC

/// One change of one input: the choices that it draws, and the room that it has.
struct Mutation {
  /// The bytes that there may be in the end.
  let capacity: Int
  private var random: SplitMix64

  init(seed: UInt32, capacity: Int) {
    random = SplitMix64(seed: UInt64(seed))
    self.capacity = capacity
  }

  /// A number from 0 up to `count`.
  mutating func choice(_ count: Int) -> Int { Int.random(in: 0..<max(1, count), using: &random) }

  /// One of these, if there is any.
  mutating func element<Element>(of elements: [Element]) -> Element? {
    elements.randomElement(using: &random)
  }

  /// The fuzzer's own changes of bytes.
  func bytes(_ bytes: [UInt8]) -> [UInt8] {
    let room = max(capacity, bytes.count, 1)
    return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      _ = buffer.initialize(from: bytes)
      count = LLVMFuzzerMutate(buffer.baseAddress, bytes.count, room)
    }
  }
}
