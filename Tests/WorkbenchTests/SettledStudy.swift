import Canonical
import Catalog
import Events
import Foundation
import TestSupport
import Testing
import Training

@testable import API
@testable import Access
@testable import Execution
@testable import Results
@testable import Server
@testable import Storage

/// A study whose runs have ended with values that the test chose, behind the API: nothing is trained.
struct SettledStudy {
    /// One value of one metric.
    struct Value {
        var metric: String
        var step: Int
        var value: Double?
        var problem: String?
        init(_ metric: String, _ step: Int, _ value: Double?, problem: String? = nil) {
            (self.metric, self.step, self.value, self.problem) = (metric, step, value, problem)
        }
    }

    let id: String
    /// What the submission answered.
    let json: JSONValue
    let runs: [RunRecord]

    /// - Parameter outcome: nil for a run that is left in the queue
    /// - Parameter checkpoints: the steps at which a run saved
    init(
        _ fixture: APIFixture, _ plan: String, outcome: (RunRecord) -> RunOutcome? = { _ in .done }, checkpoints: (RunRecord) -> [Int] = { _ in [20, 40] },
        values: (RunRecord) -> [Value]
    ) async throws {
        let answer = try await fixture.post("/studies", plan)
        id = try #require(answer.json["id"]?.stringValue, "\(answer.text)")
        json = answer.json
        let (study, catalog) = (id, fixture.workbench.catalog)
        for run in try catalog.readNow({ try $0.runs(ofStudy: study) }) {
            guard let outcome = outcome(run) else { continue }
            try Self.settle(run, outcome, checkpoints(run), values(run), catalog, fixture.files.storage)
        }
        runs = try catalog.readNow { try $0.runs(ofStudy: study) }
    }

    private static func settle(
        _ run: RunRecord, _ outcome: RunOutcome, _ checkpoints: [Int], _ values: [Value], _ catalog: Catalog, _ storage: StorageFolder
    ) throws {
        var events = values.map { one in
            RunEvent(
                time: 1,
                kind: .evaluation(
                    .init(
                        step: one.step, metric: one.metric, value: one.value, protocolDigest: "p-\(one.metric)", encoder: "coordinates", encoderDigest: "e1e1e1e1e1e1e1",
                        samples: 1000, referenceSplit: "test", problem: one.problem)))
        }
        events += checkpoints.map { step in
            RunEvent(time: 1, kind: .checkpoint(.init(step: step, digest: digest(run, step), bytes: 10, final: step == checkpoints.max())))
        }
        events.append(RunEvent(time: 1, kind: .progress(step: checkpoints.max() ?? 0, rate: nil, remaining: nil)))
        try FileSystem.makeFolder(storage.run(run.id).path)
        try catalog.writeNow { writer in
            try writer.start(run: run.number, threads: 1, at: 200, reason: "started")
            _ = try writer.ingest(EventBatch(start: 0, end: 10, events: events), into: try writer.reader.requiredRun(run.id), at: 201)
            try writer.finish(run: run.number, as: outcome, message: "", at: 210 + Double(run.number))
        }
    }

    static func digest(_ run: RunRecord, _ step: Int) -> String { Digest.sha256("\(run.id) \(step)").hex }

    func run(_ model: String, _ setting: Int, _ seed: Int64) throws -> RunRecord {
        try #require(runs.first { $0.model == model && $0.setting == setting && $0.seed == seed })
    }

    // MARK: A lab of points, where FID is not measured

    /// Two models, two settings, two seeds on a ring of modes.
    static let ringPlan = #"""
        {"name":"Modes on a ring","dataset":"ring","models":["ns-gan","wgan"],"protocol":{"kind":"wide","settings":2},"seeds":2,"steps":40,"width":0.25,"sample_every":20,
         "checkpoint_every":20,"evaluation":{"every":20,"samples":3000,"metrics":["modes"]}}
        """#

    /// Captured modes. NS GAN: 5 (setting 0) or 6 (setting 1) at step 20, then 4. WGAN: 3 at both steps (setting 0), or 3 and then 5 (setting 1).
    static func modes(_ run: RunRecord) -> [Value] {
        let setting = Double(run.setting ?? 0)
        let (early, late) = run.model == "ns-gan" ? (5 + setting, 4.0) : (3.0, 3 + 2 * setting)
        return [Value("modes", 20, early), Value("modes", 40, late), Value("modes_divergence", 40, 0.25)]
    }

    /// Of WGAN's setting 0 the second seed diverged before anything was measured or saved.
    static func ring(_ fixture: APIFixture, plan: String = ringPlan) async throws -> SettledStudy {
        func isLost(_ run: RunRecord) -> Bool { run.model == "wgan" && run.setting == 0 && run.seed == 1 }
        return try await SettledStudy(
            fixture, plan, outcome: { isLost($0) ? .diverged : .done }, checkpoints: { isLost($0) ? [] : [20, 40] }, values: { isLost($0) ? [] : modes($0) })
    }

    // MARK: A study that measures FID and optimizes recall

    static let polygonsPlan = #"""
        {"name":"Recall of polygons","dataset":"polygons","models":["ns-gan","vae"],"protocol":{"kind":"single"},"seeds":2,"steps":40,"width":0.25,"checkpoint_every":20,
         "objective":"recall","evaluation":{"every":20,"samples":2000,"metrics":["fid","manifold"]}}
        """#

    /// Recall is measured after the last step only; the better recall goes with the worse FID. NS GAN 0.25 and 0.5, VAE 0.75 and none: it has no inversion.
    static func polygons(_ fixture: APIFixture, plan: String = polygonsPlan) async throws -> SettledStudy {
        try await SettledStudy(fixture, plan) { run in
            let isUnable = run.model == "vae" && run.seed == 1
            let recall = run.model == "vae" ? 0.75 : 0.25 + 0.25 * Double(run.seed)
            let fids = [Value("fid", 20, 100 * recall), Value("fid", 40, 100 * recall + 1)]
            return fids + [isUnable ? Value("recall", 40, nil, problem: "The model has no inversion.") : Value("recall", 40, recall)]
        }
    }
}
