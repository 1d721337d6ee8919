import Canonical
import Datasets
import Foundation
public import Storage
import Synchronization
import Training

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Executes attempts as elements of Slurm's job arrays, by Slurm's own commands.
///
/// The server owns retries: jobs are submitted with `--no-requeue`, unless an option says otherwise, and a job that lost its node is followed by a new attempt. A job
/// that Slurm puts back into its queue all the same stays the same attempt. Workers write files of the storage folder alone, which the nodes share, and exclude each other by
/// leases (`RunLease`), so that even a job that nobody knows of harms no run.
public final class SlurmExecutor: RunExecutor {
    private struct Memory {
        /// No question is asked of the accounting before this instant, because the last one failed.
        var accountingAfter = ContinuousClock.now
        var largestArray: Int?
        /// Jobs that waited when Slurm was asked last.
        var waiting: Set<String> = []
        /// Unreleased jobs by their array, and its batch.
        var batches: [String: (name: String, left: Int)] = [:]
    }

    /// "slurm", or "slurm:PARTITION".
    public let name: String
    /// How many jobs Slurm may be given at a time.
    public let capacity: ExecutorCapacity
    /// How often Slurm is asked.
    public let pollInterval: Duration
    /// Jobs of a cluster go on.
    public let endsWithServer = false
    private let settings: SlurmSettings
    private let storage: StorageFolder
    private let commands: SlurmCommands
    private let memory = Mutex(Memory())

    /// - Parameter storage: a folder that the nodes have under the same path
    public init(_ settings: SlurmSettings, storage: StorageFolder) {
        (self.settings, self.storage) = (settings, storage)
        (name, pollInterval) = (settings.name, settings.pollInterval)
        capacity = ExecutorCapacity(jobs: settings.jobs, cores: settings.jobs.multipliedReportingOverflow(by: settings.threads).partialValue, threadsOfJob: settings.threads)
        commands = SlurmCommands(folder: settings.commands)
    }

    /// Slurm tells nobody.
    public func whenChanged(_ ring: @escaping @Sendable () -> Void) {}

    // MARK: - Submitting

    /// Submits attempts with the same number of threads as one array, or as several where Slurm's arrays are smaller.
    public func submit(_ attempts: [Attempt]) async throws -> [AttemptName: SubmissionOutcome] {
        let largest = try await largestArray()
        var outcomes: [AttemptName: SubmissionOutcome] = [:]
        for (_, group) in Dictionary(grouping: attempts, by: \.job.threads).sorted(by: { $0.key < $1.key }) {
            for start in stride(from: 0, to: group.count, by: largest) {
                let part = Array(group[start..<min(start + largest, group.count)])
                do {
                    for (name, outcome) in try await submitArray(part) { outcomes[name] = outcome }
                } catch {
                    // Whether Slurm has the array is unknown: `find` tells. What was submitted before it is known, and must be told.
                    if outcomes.isEmpty { throw error }
                    return outcomes
                }
            }
        }
        return outcomes
    }

    private func submitArray(_ attempts: [Attempt]) async throws -> [AttemptName: SubmissionOutcome] {
        func all(_ outcome: SubmissionOutcome) -> [AttemptName: SubmissionOutcome] { attempts.reduce(into: [:]) { $0[$1.name] = outcome } }
        let batch = SlurmBatch(attempts)
        do {
            try batch.write(attempts, program: settings.program, in: storage)
        } catch {
            return all(.refused(ErrorSentence.of(error)))
        }
        let answer = try await commands.run("sbatch", arguments(of: batch, threads: attempts[0].job.threads))
        guard answer.status == 0 else {
            guard SlurmExecutor.isRefusal(answer.errors) else { throw SlurmError(command: "sbatch", problem: answer.problem) }
            return all(.refused("sbatch: \(answer.problem)"))
        }
        // "123", or "123;cluster".
        let id = answer.output.split(separator: "\n").last.map { $0.prefix { $0.isASCII && $0.isNumber } } ?? ""
        guard !id.isEmpty else { throw SlurmError(command: "sbatch", problem: "it answered '\(answer.output.prefix(200))' instead of a job's number") }
        memory.withLock { $0.batches[String(id)] = (batch.name, attempts.count) }
        return attempts.enumerated().reduce(into: [:]) { outcomes, element in
            let job = SubmittedJob(id: "\(id)_\(element.offset)", attempt: element.element.name, folder: element.element.job.folder.path)
            outcomes[element.element.name] = .accepted(job, .pending(reason: "submitted"))
        }
    }

    private func arguments(of batch: SlurmBatch, threads: Int) -> [String] {
        let throttle = min(settings.throttle, batch.elements.count)
        var arguments = ["--parsable", "--no-requeue"] + settings.options
        if let partition = settings.partition { arguments.append("--partition=\(partition)") }
        arguments += [
            "--array=0-\(batch.elements.count - 1)%\(throttle)", "--job-name=fidelio", "--comment=\(SlurmBatch.mark(of: storage))\(batch.name)",
            // Of this command's environment, which is ours (`SlurmCommands.environment`): with a list or NONE, Slurm would run a login shell on the node to make one up.
            "--export=ALL", "--nodes=1", "--ntasks=1", "--cpus-per-task=\(threads)", "--chdir=\(storage.root)",
            // A requeued job must not truncate what was written. USR2 comes before the time limit, and to the batch script alone, which the worker is.
            "--open-mode=append", "--output=\(SlurmBatch.log(batch.name, in: storage))", "--signal=B:USR2@\(SlurmRow.warning)",
            SlurmBatch.script(batch.name, in: storage),
        ]
        return arguments
    }

    /// Whether Slurm has read the submission and rejected it. After a lost connection it may have accepted it.
    private static func isRefusal(_ complaint: String) -> Bool {
        let uncertain = ["timed out", "Unable to contact", "Zero Bytes", "onnection", "ommunication", "not responding", "Socket"]
        return !uncertain.contains { complaint.contains($0) }
    }

    /// The most elements of an array: 500, or fewer where Slurm allows fewer.
    private func largestArray() async throws -> Int {
        if let known = memory.withLock({ $0.largestArray }) { return known }
        let configuration = try await commands.output(of: "scontrol", ["show", "config"])
        let line = configuration.split(separator: "\n").first { $0.hasPrefix("MaxArraySize") }
        let allowed = line?.split(separator: "=").last.flatMap { Int($0.trimmingCharacters(in: .whitespaces), in: 1...1_000_000_000) } ?? 1001
        let largest = max(1, min(500, allowed))
        memory.withLock { $0.largestArray = largest }
        return largest
    }

    // MARK: - Asking

    /// One `squeue` for all jobs.
    private func rows() async throws -> [SlurmRow] {
        let text = try await commands.output(of: "squeue", SlurmRow.question(user: getuid()))
        let mark = SlurmBatch.mark(of: storage)
        return text.split(separator: "\n").compactMap { SlurmRow(squeue: $0) }.filter { $0.comment.hasPrefix(mark) }
    }

    /// Finds jobs by their comments: it names the batch, whose list names the attempts.
    public func find(_ attempts: [Attempt]) async throws -> [AttemptName: SubmittedJob] {
        let wanted = Set(attempts.map(\.name)), mark = SlurmBatch.mark(of: storage)
        var batches: [String: SlurmBatch?] = [:]
        var found: [AttemptName: SubmittedJob] = [:]
        for row in try await rows() {
            let name = String(row.comment.dropFirst(mark.count))
            if batches[name] == nil { batches[name] = .some(SlurmBatch(named: name, in: storage)) }
            guard let batch = batches[name] ?? nil, let index = row.id.split(separator: "_").dropFirst().first.flatMap({ Int($0, in: 0...1_000_000_000) }), batch.elements.indices.contains(index) else { continue }
            let element = batch.elements[index]
            guard wanted.contains(element.attempt) else { continue }
            // Of two jobs of one attempt, which a repeated submission could leave, the first has the lease; it has the lower number.
            if let other = found[element.attempt], SlurmExecutor.number(other.id) < SlurmExecutor.number(row.id) { continue }
            found[element.attempt] = SubmittedJob(id: row.id, attempt: element.attempt, folder: element.folder)
        }
        return found
    }

    private static func number(_ id: String) -> Int { id.split(separator: "_").first.flatMap { Int($0, in: 0...Int.max) } ?? 0 }

    /// The states by one `squeue`, and one `sacct` for jobs that it no longer lists, where there is accounting. A job that neither knows has ended. One that waited when Slurm was
    /// asked last, and that no worker has begun, was cancelled: Slurm forgets an element of an array at once if it is cancelled before it starts.
    public func states(of jobs: [SubmittedJob]) async throws -> [AttemptName: JobState] {
        let live = Dictionary(try await rows().map { ($0.id, $0) }) { first, _ in first }
        let missing = jobs.filter { live[$0.id] == nil }
        let ended = missing.isEmpty ? [:] : try await accounted(missing.map(\.id))
        let waited = memory.withLock { memory in
            defer { memory.waiting = Set(live.values.filter { if case .pending = $0.jobState { true } else { false } }.map(\.id)) }
            return memory.waiting
        }
        return jobs.reduce(into: [:]) { states, job in
            if let row = live[job.id] {
                states[job.attempt] = row.jobState
            } else if let row = ended[job.id] {
                // The accounting may lag behind: only ends count.
                let state = row.jobState
                if state.isOver { states[job.attempt] = state }
            } else if waited.contains(job.id), !RunFolder(path: job.folder).wasTaken(byAttempt: job.attempt.number) {
                states[job.attempt] = .ended(.cancelledOutside("CANCELLED"))
            } else {
                states[job.attempt] = .gone
            }
        }
    }

    private func accounted(_ ids: [String]) async throws -> [String: SlurmRow] {
        guard memory.withLock({ $0.accountingAfter <= ContinuousClock.now }) else { return [:] }
        var found: [String: SlurmRow] = [:]
        for start in stride(from: 0, to: ids.count, by: 500) {
            let some = ids[start..<min(start + 500, ids.count)].joined(separator: ",")
            let answer = try? await commands.run(
                "sacct", ["--noheader", "--parsable2", "--allocations", "--starttime=now-30days", "--format=\(SlurmRow.accounted)", "--jobs=\(some)"])
            guard let answer, answer.status == 0 else {
                memory.withLock { $0.accountingAfter = ContinuousClock.now + .seconds(600) }
                break
            }
            for row in answer.output.split(separator: "\n").compactMap({ SlurmRow(sacct: $0) }) { found[row.id] = row }
        }
        return found
    }

    // MARK: - Ending

    /// `scancel`: SIGTERM, and SIGKILL after Slurm's KillWait; at once also SIGKILL.
    public func cancel(_ jobs: [SubmittedJob], _ how: JobCancellation) async throws {
        for start in stride(from: 0, to: jobs.count, by: 500) {
            let ids = jobs[start..<min(start + 500, jobs.count)].map(\.id)
            // scancel fails where one of several jobs has ended: what became of each, the next poll tells.
            let answer = try await commands.run("scancel", ids)
            if how == .atOnce { _ = try await commands.run("scancel", ["--signal=KILL", "--full"] + ids) }
            if answer.status != 0, !answer.errors.contains("nvalid job id"), !answer.errors.contains("already complet") {
                throw SlurmError(command: "scancel", problem: answer.problem)
            }
        }
    }

    /// Removes the files of arrays all of whose jobs are settled.
    public func release(_ jobs: [SubmittedJob]) {
        let done = memory.withLock { memory in
            jobs.compactMap { job -> String? in
                guard let array = job.id.split(separator: "_").first.map(String.init), let batch = memory.batches[array] else { return nil }
                guard batch.left <= 1 else {
                    memory.batches[array]?.left -= 1
                    return nil
                }
                memory.batches[array] = nil
                return batch.name
            }
        }
        for name in done {
            for path in [SlurmBatch.list(name, in: storage), SlurmBatch.script(name, in: storage), SlurmBatch.log(name, in: storage)] { try? FileSystem.remove(path) }
        }
    }
}
