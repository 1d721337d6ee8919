import ArgumentParser
import Canonical
import Dispatch
import Server

struct FsckCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck",
        abstract: "Compare everything in the storage with its digest, and repair it by reruns.",
        discussion: """
            Reads checkpoints, sample grids, specifications, logs, plans, data sets, feature extractors and pinned objects, and names what is
            damaged or missing: run, step, file, and what is wrong. The server may be running.

            With --repair, runs are repeated up to the damaged step, in a folder of their own; what they write takes the place of what is
            damaged only if it has the same digest. Checkpoints that were deleted on purpose are neither missed nor made again.

            EXIT CODES
              0 no damage, or all repaired    1 damage remains    2 a rerun gave other content    75 interrupted

            EXAMPLE
              fidelio fsck
              fidelio fsck --repair --threads 2
            """)

    @OptionGroup var common: CommonOptions
    @Flag(help: "Makes again what a specification decides.") var repair = false
    @Option(parsing: .unconditional, help: ArgumentHelp("Threads of the reruns; results do not depend on it.", valueName: "n")) var threads: Int?

    mutating func validate() throws {
        if threads != nil, !repair { throw ValidationError("--threads has an effect with --repair only") }
        if let threads, !(1...256).contains(threads) { throw ValidationError("--threads \(threads) is not in 1...256") }
    }

    mutating func perform() async throws -> Int32 {
        let stop = StopFlag(), storage = common.storageFolder, threads = self.threads ?? 1, isRepairing = repair, isQuiet = common.json
        do {
            let (report, outcomes) = try await Self.apart {
                let report = try StorageCheck(storage: storage).examine { stop.isSet }
                guard isRepairing else { return (report, [StorageRepair.Outcome]()) }
                let repair = StorageRepair(storage: storage, threads: threads) { stop.isSet }
                return (report, try repair.repair(report.damages) { if !isQuiet { Console.remark($0) } })
            }
            common.json ? say(json: report, outcomes) : say(report, outcomes)
            return code(report, outcomes)
        } catch is CancellationError {
            throw CommandFailure("interrupted: what was repaired stays; run the same command again", code: CommandFailure.Code.notFinished)
        }
    }

    /// Reading and training block, so they have a thread of their own.
    private static func apart<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "fsck", qos: .userInitiated).async { continuation.resume(with: Result { try work() }) }
        }
    }

    private func code(_ report: StorageCheck.Report, _ outcomes: [StorageRepair.Outcome]) -> Int32 {
        if outcomes.contains(where: { $0.state == .different }) { return CommandFailure.Code.different }
        return report.damages.count == outcomes.count { $0.state == .repaired } ? 0 : CommandFailure.Code.failed
    }

    private func say(json report: StorageCheck.Report, _ outcomes: [StorageRepair.Outcome]) {
        let damages = report.damages.map { damage in outcomes.first { $0.damage == damage }?.json ?? damage.json }
        Console.say([
            "checked": .object(Dictionary(uniqueKeysWithValues: report.checked.map { ($0.key.rawValue, .count($0.value)) })), "damages": .array(damages),
            "deleted_on_purpose": .count(report.removed), "unreferenced_archives": .count(report.strays), "unreferenced_bytes": .integer(report.strayBytes),
        ])
    }

    private func say(_ report: StorageCheck.Report, _ outcomes: [StorageRepair.Outcome]) {
        for damage in report.damages {
            let outcome = outcomes.first { $0.damage == damage }
            let remedy = switch damage.remedy {
            case .rerun: "can be made again from the specification: fidelio fsck --repair"
            case .rewrite: "can be written anew from the catalog: fidelio fsck --repair"
            case .retrain: "the next evaluation trains an identical one, once it is removed: fidelio fsck --repair"
            case .byHand(let advice): advice
            }
            Console.say("\(damage.isMissing ? "MISSING " : "DAMAGED ")\(damage.words)\n        -> " + (outcome.map { "\($0.state.rawValue): \($0.detail)" } ?? remedy))
        }
        let counts = StorageCheck.Damage.Kind.allCases.compactMap { kind in report.checked[kind].map { "\($0) \(Self.words(kind))" } }
        Console.say("checked \(counts.joined(separator: ", "))")
        if report.removed > 0 { Console.say("\(report.removed) checkpoints have no archive on purpose: they were deleted, or left out of a bundle") }
        if report.strays > 0 { Console.say("\(report.strays) archives belong to no checkpoint (\(report.strayBytes) bytes): a worker that was killed leaves them") }
        let repaired = outcomes.count { $0.state == .repaired }, rest = report.damages.count - repaired
        if report.damages.isEmpty { return Console.say("no damage") }
        Console.say(repaired > 0 || !outcomes.isEmpty ? "\(report.damages.count) damaged or missing, \(repaired) repaired, \(rest) left" : "\(report.damages.count) damaged or missing")
    }

    private static func words(_ kind: StorageCheck.Damage.Kind) -> String {
        switch kind {
        case .catalog: "catalog"
        case .plan: "plans"
        case .specification: "specifications"
        case .request: "requests of evaluations"
        case .log: "logs"
        case .archive: "archives"
        case .samples: "sample grids"
        case .object: "pinned objects"
        case .dataset: "data sets"
        case .encoder: "feature extractors"
        }
    }
}
