import Catalog
import Foundation
import Models
import Testing
import Training

@testable import Execution
@testable import Storage

/// A temporary storage folder with a workbench over scripted workers.
final class WorkbenchFixture: Sendable {
    let storage: StorageFolder
    let worker: String

    init() throws {
        storage = StorageFolder(root: NSTemporaryDirectory() + "workbench-" + UUID().uuidString)
        try storage.create()
        worker = try ScriptedWorker.install(in: storage.root)
    }

    deinit { try? FileManager.default.removeItem(atPath: storage.root) }

    func open(
        cores: Int = 2, workers: Int? = nil, mostRestarts: Int = 3, stopGrace: Double = 5, executable: String? = nil, executor: (any RunExecutor)? = nil, others: [any RunExecutor] = [],
        isFocused: Bool = false, clock: (@Sendable () -> Double)? = nil
    ) throws -> Workbench {
        let settings = WorkbenchSettings(
            cores: cores, workerLimit: workers, pollInterval: .milliseconds(20), stopGrace: stopGrace, mostRestarts: mostRestarts, isFocused: isFocused,
            now: clock, uptime: clock)
        let local = LocalExecutor(executable: executable ?? worker, capacity: ExecutorCapacity(settings))
        return Workbench(
            storage: storage, catalog: try Catalog.openForWriting(at: storage.catalog), executor: executor ?? local, others: others, exporter: local, settings: settings, models: ModelCatalog.schemas)
    }

    /// A run that pauses at every fifteenth step until it is released.
    static func waitingRun(_ seed: Int, steps: Int = 60, study: String? = nil) -> NewRun {
        newRun(seed, steps: steps, behaviour: "waiting", study: study)
    }

    func release(_ id: String) {
        _ = FileManager.default.createFile(atPath: storage.run(id).path + "/go", contents: nil)
    }

    /// Makes fragile workers fail in one way ("kill", "refuse", "late", "garble") from now on; nil stops that.
    func breakWorkers(_ how: String?) throws {
        let path = storage.root + "/broken"
        if let how { try Data(how.utf8).write(to: URL(fileURLWithPath: path)) } else { try FileManager.default.removeItem(atPath: path) }
    }

    static func newRun(_ seed: Int, steps: Int = 20, behaviour: String = "", pause: String = "", study: String? = nil) -> NewRun {
        let specification = #"{"behaviour":"\#(behaviour)","pause":"\#(pause)","seed":\#(seed),"steps":\#(steps)}"#
        let digest = String(
            (specification.utf8.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
                | 1 << 63, radix: 16)
        return NewRun(
            specification: specification, specificationDigest: digest + String(repeating: "0", count: 48), model: "ns-gan",
            dataset: "polygons", seed: Int64(seed), steps: steps, study: study, position: study == nil ? nil : seed)
    }
}

extension Workbench {
    /// Runs passes until every submission is stored as accepted or rejected.
    nonisolated func settleDown() async throws {
        for _ in 0..<3 { try await reconcile() }
    }

    nonisolated func attempts(at id: String) throws -> [AttemptRecord] {
        try catalog.readNow { try $0.attempts(ofRun: try $0.requiredRun(id).number) }
    }

    func run(_ id: String) throws -> RunRecord { try catalog.readNow { try $0.requiredRun(id) } }

    /// Waits until the run's record satisfies a condition, for at most a minute.
    @discardableResult
    nonisolated func wait(
        for id: String, _ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation,
        until wanted: (RunRecord) -> Bool = { $0.state.isFinal }
    ) async throws -> RunRecord {
        for _ in 0..<3000 {
            let record = try catalog.readNow { try $0.requiredRun(id) }
            if wanted(record) { return record }
            try await Task.sleep(for: .milliseconds(20))
        }
        let record = try catalog.readNow { try $0.requiredRun(id) }
        Issue.record("run \(id) stayed \(record.state) at step \(record.step): \(record.message) \(comment)", sourceLocation: sourceLocation)
        return record
    }

    /// Waits until a run pauses at a step.
    nonisolated func wait(for id: String, atStep step: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await wait(for: id, "before step \(step)", sourceLocation: sourceLocation) { record in
            let steps = try? catalog.readNow { try $0.metrics(ofRun: record.number) }.steps
            return (steps?.last ?? 0) >= step
        }
    }

    /// All results of a run as text; equal for two runs with equal results.
    nonisolated func content(of id: String) throws -> String {
        try catalog.readNow { reader in
            let run = try reader.requiredRun(id)
            let finals = try reader.checkpoints(ofRun: run.number).filter { $0.step % 10 == 0 }
            return """
                \(try reader.metrics(ofRun: run.number))
                \(try reader.samples(ofRun: run.number))
                \(try reader.evaluations(ofRun: run.number))
                \(finals.map(\.digest)) \(run.state) \(run.finalDigest ?? "")
                """
        }
    }
}
