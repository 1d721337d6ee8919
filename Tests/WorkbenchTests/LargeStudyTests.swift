import Catalog
import Foundation
import Testing

@testable import Execution
@testable import Results

@Suite("Studies of many runs", .serialized)
struct LargeStudyTests {
    /// Runs with specifications of realistic length.
    static func runs(_ count: Int, study: String) -> [NewRun] {
        let padding = String(repeating: "x", count: 900)
        return (0..<count).map { seed in
            var run = WorkbenchFixture.waitingRun(seed, study: study)
            run.specification = String(run.specification.dropLast()) + #","padding":"\#(padding)"}"#
            run.specificationDigest = String(format: "%012x", seed) + String(repeating: "0", count: 52)
            return run
        }
    }

    static func study(_ id: String) -> StudyRecord {
        StudyRecord(id: id, digest: String(repeating: "a", count: 64), name: "a large study", plan: "{}", created: 1)
    }

    private static func seconds(_ body: () async throws -> Void) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try await body()
        return (clock.now - start) / .seconds(1)
    }

    /// What one query of the catalog shows of a study.
    private struct Look: Equatable {
        var ended: Int
        var isNoted: Bool
    }

    /// Cancelling is one transaction; its time does not grow quadratically with the number of runs, and it delays nobody.
    @Test func aLargeStudyIsCancelledAtOnce() async throws {
        let fixture = try await APIFixture()
        let workbench = fixture.workbench
        try await workbench.start()
        let count = 10_000
        let submitting = try await Self.seconds { _ = try await workbench.submit(Self.study("large"), runs: Self.runs(count, study: "large")) }
        try await workbench.settleDown()
        let working = try workbench.catalog.readNow { try $0.running(ofStudy: "large") }
        #expect(working.count == 2)
        let asking = Task {
            var slowest = 0.0
            while !Task.isCancelled {
                // A running query ends when its task is cancelled.
                guard let time = try? await Self.seconds({ _ = try await fixture.get("/status") }) else { break }
                slowest = max(slowest, time)
                await Task.yield()
            }
            return slowest
        }
        let looking = Task { [catalog = workbench.catalog] in
            var looks: [Look] = []
            while !Task.isCancelled {
                let look = try? await catalog.read { reader in
                    Look(
                        ended: try reader.progress(ofStudy: "large").count(.cancelled),
                        isNoted: try reader.audit(limit: 1).first?.action == "cancel")
                }
                guard let look else { break }
                if look != looks.last { looks.append(look) }
            }
            return looks
        }
        let cancelling = try await Self.seconds { _ = try await fixture.post("/studies/large/cancel") }
        let resting = try await Self.seconds { for run in working { _ = try await workbench.wait(for: run.id) } }
        asking.cancel()
        looking.cancel()
        let slowest = await asking.value
        // All but the two at work end together with the line in the audit log; these end one by one when they have saved.
        for look in await looking.value { #expect(look.ended == 0 && !look.isNoted || look.ended >= count - 2 && look.isNoted, "\(look)") }
        print("large study: submitted in \(submitting) s, cancelled in \(cancelling) s and \(resting) s, slowest status \(slowest) s")
        #expect(cancelling < 5 && slowest < 2, "a debug build on a busy machine")
        try workbench.catalog.readNow { (reader: CatalogReader) throws in
            #expect(try reader.progress(ofStudy: "large").count(.cancelled) == count)
            let study = try #require(try reader.study("large"))
            #expect(study.finished != nil && study.cancelled)
            for run in try reader.runs(ofStudy: "large").suffix(3) {
                #expect(try reader.history(ofRun: run.number).map(\.state) == [.queued, .cancelled])
            }
            #expect(try reader.audit(limit: 1).first?.detail == "\(count) runs")
        }
        await workbench.stop()
    }

    /// While a study is queued, reading continues, and writers wait for one transaction. `FIDELIO_LARGE_STUDY` sets the number of runs.
    @Test func aLargeStudyIsQueuedBesideOthers() async throws {
        let fixture = try await APIFixture()
        let workbench = fixture.workbench
        let count = Int(ProcessInfo.processInfo.environment["FIDELIO_LARGE_STUDY"] ?? "") ?? 10_000
        let runs = Self.runs(count, study: "large")
        let asking = Task { try await Self.slowest { _ = try await fixture.get("/status") } }
        let writing = Task { try await Self.slowest { try await workbench.catalog.write { try $0.forgetKeys(before: 0) } } }
        let queueing = try await Self.seconds { _ = try await workbench.submit(Self.study("large"), runs: runs) }
        asking.cancel()
        writing.cancel()
        let (status, write) = try await (asking.value, writing.value)
        print("large study: \(count) runs queued in \(queueing) s; slowest status \(status) s, slowest change \(write) s")
        #expect(try workbench.catalog.readNow { try $0.progress(ofStudy: "large").count(.queued) } == count)
        // A change waits for the one transaction and no longer; reading does not wait for it.
        #expect(status < max(1, queueing / 2) && write < queueing + 1, "a debug build on a busy machine")
        await workbench.stop()
    }

    private static func slowest(_ body: () async throws -> Void) async throws -> Double {
        var slowest = 0.0
        while !Task.isCancelled {
            guard let time = try? await seconds(body) else { break }
            slowest = max(slowest, time)
            await Task.yield()
        }
        return slowest
    }

    /// Frequent queries during a study do not read the whole study.
    @Test func aLargeQueueIsNotReadWhole() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        _ = try await workbench.submit(Self.study("large"), runs: Self.runs(10_000, study: "large"))
        let taking = try await Self.seconds { for _ in 0..<20 { try await workbench.lookAndReconcile() } } / 20
        let starting = try await Self.seconds { try await workbench.takeUp() }
        let telling = try await Self.seconds {
            _ = try workbench.catalog.readNow { (reader: CatalogReader) throws in
                try reader.studyJSON(Self.study("large"), try reader.progress(ofStudy: "large"), workers: 2)
            }
        }
        print("large study: a look at the queue \(taking) s, taking up \(starting) s, a study's progress \(telling) s")
        #expect(taking < 0.1 && starting < 0.1 && telling < 1)
        await workbench.stop()
    }
}

extension Workbench {
    fileprivate func lookAndReconcile() async throws {
        lookForWork()
        try await reconcile()
    }
}
