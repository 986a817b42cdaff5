import TLC

/// A study's YAML: it parses, to jobs that have a name each and need only each other, or is refused.
struct StudyTarget: FuzzTarget {
  let name = "study"

  /// Studies of more jobs than these are not listed.
  private static let greatestJobCount = 10_000

  func run(_ bytes: [UInt8]) {
    let variables = ["CORPUS": "texts", "DATA": "data", "PAIRS": "pairs"]
    guard
      let plan = try? StudyPlan(
        parsing: String(decoding: bytes, as: UTF8.self), path: "folder/study.yaml",
        variables: variables)
    else { return }
    let models = plan.shapes.count * plan.seeds.count * plan.budgets.count
    let (compression, tasks) = (plan.compression, plan.tasks.count)
    let roundings = 1 + compression.bits.count + compression.steps.count
    let ways = roundings * (1 + compression.sparsities.count)
    let checks =
      (plan.rateCheck?.rates.count ?? 0) * (plan.rateCheck?.shapes.count ?? 0)
      + (plan.batchCheck?.batches.count ?? 0) * (plan.batchCheck?.shapes.count ?? 0)
    guard models * ways * (1 + 8 * tasks) + checks <= Self.greatestJobCount else { return }
    let jobs = plan.jobs
    let names = Set(jobs.map { $0.name })
    require(names.count == jobs.count, "two jobs have one name")
    for job in jobs {
      require(job.needs.allSatisfy { names.contains($0) }, "\(job.name) needs what is no job")
    }
  }
}
