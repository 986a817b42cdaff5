/// A part of the library that bytes of unknown origin go into: a value or an error comes out, and
/// never a trap.
protocol FuzzTarget: Sendable {
  /// What the program is called by to fuzz this.
  var name: String { get }

  /// Takes the bytes in. A result that is wrong ends the process.
  func run(_ bytes: [UInt8])

  /// Changes bytes a little, to at most `capacity`.
  func mutate(_ bytes: [UInt8], by mutation: inout Mutation) -> [UInt8]
}

extension FuzzTarget {
  func mutate(_ bytes: [UInt8], by mutation: inout Mutation) -> [UInt8] {
    mutation.bytes(bytes)
  }
}

/// All targets. `scripts/fuzz` has the seeds of each.
let targets: [any FuzzTarget] =
  [
    CheckpointTarget(name: "tlcq", isSealed: false),
    CheckpointTarget(name: "tlcq-sealed", isSealed: true),
    SignatureTarget(), RecipeTarget(), StudyTarget(), ParallelTextsTarget(), TokenizerTarget(),
    GraphTarget(), ConversionTarget(),
  ] + ImporterTarget.all

/// The target that the program is called by.
let target: any FuzzTarget = {
  let name = CommandLine.arguments.first?.split(separator: "/").last ?? ""
  guard let target = targets.first(where: { $0.name == name }) else {
    fatalError("the program is called \(name), which is the name of no target")
  }
  return target
}()

/// Ends the process if what must hold does not.
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
  if !condition { fatalError(what()) }
}
