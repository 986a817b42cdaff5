import Foundation
import TLCTestSupport
import Testing

/// What a conversion leaves when it is told to end.
@Suite struct SignalTests {
  /// A safetensors file of one matrix, `side` × `side`, whose values differ.
  private static func checkpoint(side: Int) -> [UInt8] {
    let byteCount = 4 * side * side
    let header = Array(
      #"{"w":{"dtype":"F32","shape":[\#(side),\#(side)],"data_offsets":[0,\#(byteCount)]}}"#.utf8)
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
    bytes.reserveCapacity(bytes.count + byteCount)
    for index in 0..<side * side {
      let bits = Float(index &* 2_654_435_761 % 65_521 - 32_760).bitPattern
      for byte in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * byte))) }
    }
    return bytes
  }

  /// A conversion that takes seconds, with a file begun.
  private static func conversion(in scratch: Scratch, signals: [String]) throws -> Process {
    let source = try scratch.write(checkpoint(side: 2048), to: "in.safetensors")
    let command = [Tool.path("tlc-convert"), source, scratch.path("out.tlcq"), "--step", "0.3"]
    let process = Tool.process("/usr/bin/env", signals + command + ["--trellis"])
    process.standardError = FileHandle.nullDevice
    try process.run()
    let deadline = Date(timeIntervalSinceNow: 120)
    while process.isRunning, Date.now < deadline,
      try !scratch.names().contains(where: { $0.hasSuffix(".partial") })
    {
      usleep(2_000)
    }
    #expect(process.isRunning, "it ended before it could be told to")
    return process
  }

  /// The status with which a process ends that was told to; one that goes on is killed.
  private static func status(of process: Process) -> Int32 {
    let deadline = Date(timeIntervalSinceNow: 120)
    while process.isRunning, Date.now < deadline { usleep(2_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    return process.terminationStatus
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func `ends with the signal's status, and leaves nothing unfinished`(_ signal: Int32) throws {
    let scratch = try Scratch()
    // The tests' own runner may have been started to ignore them.
    let process = try Self.conversion(in: scratch, signals: ["--default-signal=INT,TERM,HUP"])
    kill(process.processIdentifier, signal)
    #expect(Self.status(of: process) == 128 + signal)
    #expect(try scratch.names() == ["in.safetensors"])
  }

  @Test func `goes on where it was started to ignore a signal, as by nohup`() throws {
    let scratch = try Scratch()
    let process = try Self.conversion(
      in: scratch, signals: ["--ignore-signal=HUP", "--default-signal=TERM"])
    kill(process.processIdentifier, SIGHUP)
    usleep(300_000)
    #expect(process.isRunning, "it ended by a signal that it was to ignore")
    kill(process.processIdentifier, SIGTERM)
    #expect(Self.status(of: process) == 128 + SIGTERM)
    #expect(try scratch.names() == ["in.safetensors"])
  }
}
