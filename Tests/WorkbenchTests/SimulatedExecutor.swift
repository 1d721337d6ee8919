import Canonical
import Catalog
import Foundation
import Synchronization
import Training

@testable import Execution

/// A simulated cluster that outlives its server: it accepts attempts, advances one tick per query, and injects random faults.
///
/// Its jobs behave like workers: only on their folder, and only one at a time. Violations are counted: two jobs of one run at
/// the same time, a second job with the same name, and a job for a completed run.
final class SimulatedExecutor: RunExecutor {
    /// Chances of a fault, each between 0 and 1.
    struct Faults {
        /// A whole submission fails after part of it was accepted.
        var failedSubmission = 0.0
        /// One attempt of a submission is refused.
        var refusal = 0.0
        /// The answer is outdated by some ticks, or missing.
        var lag = 0.0
        /// The executor does not answer.
        var silence = 0.0
        /// A running job is preempted; disappears; dies by a signal. Each per tick.
        var preemption = 0.0
        var disappearance = 0.0
        var death = 0.0
        /// A completed job writes no report.
        var missingReport = 0.0
    }

    struct Silence: Error, CustomStringConvertible { let description = "the cluster does not answer" }

    fileprivate struct JobRecord {
        var job: SubmittedJob
        var folder: RunFolder
        /// Ticks until it starts, and from then until it is done.
        var delay: Int
        var work: Int
        var states: [JobState] = [.pending(reason: "Priority")]
        var isReleased = false
        var state: JobState { states[states.count - 1] }
        var isAtWork: Bool { if case .running = state { true } else { false } }
    }

    fileprivate struct State {
        var random: SeededRandom
        var faults: Faults
        var jobs: [AttemptName: JobRecord] = [:]
        var nextID = 100
        var started: [String: Int] = [:]
        var done: Set<String> = []
        var violations: [String] = []
        var cancelled: Set<AttemptName> = []
        var asked = (states: 0, submissions: 0, largest: 0)
    }

    let name: String
    let capacity: ExecutorCapacity
    let pollInterval = Duration.zero
    let endsWithServer: Bool
    /// Steps that a job saves a checkpoint after: one event line each.
    private let work: Int
    private let state: Mutex<State>

    init(_ name: String = "simulated", seed: UInt64, faults: Faults = .init(), capacity: ExecutorCapacity = .init(jobs: 8, cores: 8), work: Int = 4, endsWithServer: Bool = false) {
        self.name = name
        state = Mutex(State(random: SeededRandom(state: seed), faults: faults))
        self.capacity = capacity
        self.work = work
        self.endsWithServer = endsWithServer
    }

    var violations: [String] { state.withLock { $0.violations } }
    var jobCount: Int { state.withLock { $0.jobs.count } }
    var atWork: Int { state.withLock { $0.jobs.values.count { $0.isAtWork } } }
    var questions: (states: Int, submissions: Int, largest: Int) { state.withLock { $0.asked } }
    func setFaults(_ faults: Faults) { state.withLock { $0.faults = faults } }

    // MARK: - Queries of the reconciler

    func submit(_ attempts: [Attempt]) async throws -> [AttemptName: SubmissionOutcome] {
        try state.withLock { state in
            state.asked.submissions += 1
            state.asked.largest = max(state.asked.largest, attempts.count)
            var outcomes: [AttemptName: SubmissionOutcome] = [:]
            let failsAfter = state.chance(state.faults.failedSubmission) ? state.random.below(attempts.count + 1) : nil
            for (place, attempt) in attempts.enumerated() {
                if place == failsAfter { throw Silence() }
                outcomes[attempt.name] = state.chance(state.faults.refusal) ? .refused("QOSMaxSubmitJobPerUserLimit") : take(attempt, &state)
            }
            if failsAfter == attempts.count { throw Silence() }
            return outcomes
        }
    }

    private func take(_ attempt: Attempt, _ state: inout State) -> SubmissionOutcome {
        if state.jobs[attempt.name] != nil { state.violations.append("\(attempt.name) was submitted twice") }
        if state.done.contains(attempt.name.job) { state.violations.append("\(attempt.name) was submitted after its run was done") }
        state.nextID += 1
        let job = SubmittedJob(id: String(state.nextID), attempt: attempt.name, folder: attempt.job.folder.path)
        state.jobs[attempt.name] = JobRecord(job: job, folder: attempt.job.folder, delay: state.random.below(3), work: work)
        return .accepted(job, .pending(reason: "Priority"))
    }

    func find(_ attempts: [Attempt]) async throws -> [AttemptName: SubmittedJob] {
        try state.withLock { state in
            if state.chance(state.faults.silence) { throw Silence() }
            return attempts.reduce(into: [:]) { $0[$1.name] = state.jobs[$1.name]?.job }
        }
    }

    func states(of jobs: [SubmittedJob]) async throws -> [AttemptName: JobState] {
        try state.withLock { state in
            state.asked.states += 1
            tick(&state)
            if state.chance(state.faults.silence) { throw Silence() }
            var answer: [AttemptName: JobState] = [:]
            for job in jobs {
                guard let record = state.jobs[job.attempt] else {
                    answer[job.attempt] = .gone
                    continue
                }
                if record.isReleased { state.violations.append("\(job.attempt) was asked for after its release") }
                guard state.chance(state.faults.lag) else {
                    answer[job.attempt] = record.state
                    continue
                }
                let age = state.random.below(4)
                if age < record.states.count { answer[job.attempt] = record.states[record.states.count - 1 - age] }
            }
            return answer
        }
    }

    func cancel(_ jobs: [SubmittedJob], _ how: JobCancellation) async throws {
        try state.withLock { state in
            if state.chance(state.faults.silence) { throw Silence() }
            for job in jobs where state.jobs[job.attempt]?.state.isOver == false {
                state.cancelled.insert(job.attempt)
                end(job.attempt, how == .atOnce ? .signal(9) : .code(WorkerExitCode.saved), &state)
            }
        }
    }

    func release(_ jobs: [SubmittedJob]) {
        state.withLock { state in for job in jobs { state.jobs[job.attempt]?.isReleased = true } }
    }

    func whenChanged(_ ring: @escaping @Sendable () -> Void) {}

    // MARK: - Time

    private func tick(_ state: inout State) {
        for name in state.jobs.keys.sorted(by: { ($0.job, $0.number) < ($1.job, $1.number) }) {
            guard var job = state.jobs[name], !job.state.isOver else { continue }
            if !job.isAtWork {
                job.delay -= 1
                if job.delay < 0 {
                    let others = state.jobs.filter { $0.key.job == name.job && $0.value.isAtWork }
                    if !others.isEmpty { state.violations.append("\(name) was at work beside \(others.keys.map(\.description))") }
                    if state.done.contains(name.job) { state.violations.append("\(name) began after its run was done") }
                    state.started[name.job, default: 0] += 1
                    job.states.append(.running(node: "n\(state.random.below(3))"))
                }
                state.jobs[name] = job
            } else {
                advance(name, job, &state)
            }
        }
    }

    private func advance(_ name: AttemptName, _ job: JobRecord, _ state: inout State) {
        var job = job
        job.work -= 1
        state.jobs[name] = job
        if state.chance(state.faults.preemption) { return end(name, .evicted("preempted"), &state) }
        if state.chance(state.faults.death) { return end(name, .signal(9), &state) }
        if state.chance(state.faults.disappearance) {
            state.jobs[name]?.states.append(.gone)
            return
        }
        guard job.work <= 0 else { return }
        if !state.chance(state.faults.missingReport) {
            state.done.insert(name.job)
            // Without a sync: those of the catalog are counted.
            if let file = unsafe fopen(job.folder.exit, "w") {
                unsafe fputs(#"{"code":0,"message":"","outcome":"done"}"#, file)
                unsafe fclose(file)
            }
            end(name, .code(0), &state)
        } else {
            // Like a node that fails at the last moment.
            end(name, .evicted("node failed"), &state)
        }
    }

    private func end(_ name: AttemptName, _ exit: WorkerExit, _ state: inout State) {
        state.jobs[name]?.states.append(.ended(exit))
    }
}

extension SimulatedExecutor.State {
    fileprivate mutating func chance(_ probability: Double) -> Bool { probability > 0 && Double(random.below(1 << 20)) < probability * Double(1 << 20) }
}

/// SplitMix64: the same faults for the same seed.
struct SeededRandom {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number below a bound that is at least 1.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// Makes nothing.
struct NoExports: ExportRunner {
    func make(_ job: ExportJob) async throws -> WorkerExit { .unknown }
    func ask(_ arguments: [String], input: [UInt8], seconds: Double, limit: Int, taking: (@Sendable (_ line: [UInt8]) -> Bool)?) async throws -> [UInt8]? { nil }
}
