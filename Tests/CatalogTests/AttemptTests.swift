import Canonical
import Catalog
import Events
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("Attempts of runs")
struct AttemptTests {
    private func attempt(_ run: RunRecord, _ number: Int = 1, executor: String = "local") -> AttemptRecord {
        AttemptRecord(subject: .training(run.number), number: number, executor: executor, threads: 2, submitted: 10)
    }

    @Test func anAttemptIsKeptAsItChanges() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        var attempt = attempt(run)
        let changes: [(inout AttemptRecord) -> Void] = [
            { _ in }, { $0.job = "77"; $0.state = .pending; $0.reason = "Priority" },
            { $0.state = .running; $0.node = "n1"; $0.started = 12; $0.reason = "" }, { $0 = $0.ending(as: .ended, reason: "the worker ended", at: 20) },
        ]
        for change in changes {
            change(&attempt)
            try fixture.catalog.writeNow { try $0.put(attempt) }
            #expect(try fixture.catalog.readNow { try $0.attempts(ofRun: run.number) } == [attempt])
            let open = try fixture.catalog.readNow { try $0.openAttempts() }
            #expect(open.map(\.attempt) == (attempt.ended == nil ? [attempt] : []) && open.allSatisfy { $0.job.id == run.id })
        }
        #expect(attempt.ended == 20)
    }

    /// The end of an attempt is never before its start, even if the clock is set back.
    @Test func timesDoNotRunBackwards() throws {
        let fixture = try CatalogFixture()
        var attempt = attempt(try fixture.submit(1))
        #expect(attempt.ending(as: .refused, reason: "", at: 5).ended == 10)
        attempt.started = 15
        #expect(attempt.ending(as: .lost, reason: "", at: 5).ended == 15)
    }

    @Test func numbersCountUpAndThoseOfRefusedAttemptsAreUsedAgain() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        for (state, next) in [(AttemptRecord.State.refused, 1), (.refused, 1), (.ended, 2), (.lost, 3), (.refused, 3)] {
            try fixture.catalog.writeNow { writer in
                let attempt = try writer.reader.nextAttempt(at: .training(run.number), executor: "local", threads: 1, time: 10)
                try writer.put(attempt.ending(as: state, reason: "", at: 11))
                #expect(try writer.reader.nextAttempt(at: .training(run.number), executor: "local", threads: 1, time: 12).number == next)
            }
        }
        #expect(try fixture.catalog.readNow { try $0.attempts(ofRun: run.number) }.map(\.number) == [1, 2, 3])
    }

    /// What the worker tells belongs to the newest attempt, and adds to what was known at its submission.
    @Test func anAttemptKnowsWithWhatItComputes() throws {
        let fixture = try CatalogFixture()
        var new = CatalogFixture.newRun(1)
        new.submitter = "ada"
        let run = try fixture.catalog.writeNow { [new] in try $0.submit(new, at: 5) }
        func begin() throws {
            try fixture.catalog.writeNow { writer in
                let attempt = try writer.reader.nextAttempt(at: .training(run.number), executor: "local", threads: 1, time: 10)
                try writer.put(attempt.ending(as: .ended, reason: "", at: 11))
            }
        }
        func told() throws -> [JSONValue] { try fixture.catalog.readNow { try $0.attempts(ofRun: run.number).map { JSONValue(stored: $0.provenance ?? "null") } } }
        let asked: JSONValue = ["name": "ada"]
        try begin()
        #expect(try told() == [["member": asked]])
        let start = #"{"type":"started","time":1,"step":0,"threads":2,"kernels":"avx2","host":"h","program":"0.1.0","provenance":{"numerics":1,"libraries":{"zlib":"1"}}}"#
        let extractor = #"{"type":"extractor","time":2,"digest":"\#(String(repeating: "ab", count: 32))","name":"lenet","provenance":{}}"#
        try fixture.ingest([start, extractor], into: run.id)
        let first: JSONValue = [
            "member": asked, "numerics": 1, "libraries": ["zlib": "1"], "threads": 2, "kernels": "avx2", "host": "h", "program": "0.1.0",
            "extractors": ["lenet": .string(String(repeating: "ab", count: 32))],
        ]
        #expect(try told() == [first])
        try begin()
        try fixture.ingest([start], into: run.id)
        #expect(try told().map { $0["extractors"] == nil } == [false, true] && told()[0] == first)
        // A later state of the attempt does not take it back.
        try fixture.catalog.writeNow { writer in
            var attempt = try #require(try writer.reader.attempts(ofRun: run.number).first)
            attempt.reason = "ended"
            attempt.provenance = nil
            try writer.put(attempt)
        }
        #expect(try told()[0] == first)
    }

    @Test func equalWeightsOfOtherSpecificationsAreFlagged() throws {
        let fixture = try CatalogFixture()
        let runs = try (1...4).map { try fixture.submit($0) }
        func line(_ weights: Character, _ final: Bool, step: Int = 30) -> String {
            #"{"type":"checkpoint","time":4,"step":\#(step),"digest":"\#(String(repeating: "0", count: 64))","bytes":1,"final":\#(final),"weights":"\#(String(repeating: weights, count: 64))"}"#
        }
        try fixture.ingest([line("a", true)], into: runs[0].id)
        try fixture.ingest([line("b", false, step: 20), line("a", true)], into: runs[1].id)
        // Equal to an earlier checkpoint of another run, which says nothing.
        try fixture.ingest([line("b", true)], into: runs[2].id)
        let rerun = try fixture.catalog.writeNow { try $0.submit(CatalogFixture.newRun(1), at: 9) }
        try fixture.ingest([line("a", true)], into: rerun.id)
        func flagged(_ run: RunRecord) throws -> [String] { try fixture.catalog.readNow { try $0.runsWithEqualWeights(as: run.number) } }
        #expect(rerun.specificationDigest == runs[0].specificationDigest && rerun.id != runs[0].id)
        #expect(try flagged(runs[0]) == [runs[1].id] && flagged(runs[1]) == [runs[0].id, rerun.id] && flagged(runs[2]).isEmpty && flagged(runs[3]).isEmpty)
    }

    /// The database itself rejects a second open attempt of a run.
    @Test func twoAttemptsAreNeverOpenAtOnce() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        try fixture.catalog.writeNow { try $0.put(attempt(run)) }
        #expect(throws: CatalogError.self) { try fixture.catalog.writeNow { try $0.put(attempt(run, 2)) } }
        try fixture.catalog.writeNow { writer in
            try writer.put(attempt(run).ending(as: .lost, reason: "", at: 11))
            try writer.put(attempt(run, 2))
        }
        #expect(try fixture.catalog.readNow { try $0.openAttempts() }.map(\.attempt.number) == [2])
    }

    @Test func whatFailsAloneUndoesItselfAlone() throws {
        struct Stop: Error {}
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        let failures = try fixture.catalog.writeNow { writer in
            try [1, 2, 3, 4].map { number -> Bool in
                let result = try writer.separately { writer in
                    try writer.put(attempt(run, number).ending(as: .ended, reason: "\(number)", at: 11))
                    if number == 2 { throw Stop() }
                    // A second open attempt: rejected by a constraint.
                    if number == 3 { for further in [8, 9] { try writer.put(attempt(run, further)) } }
                }
                if case .failure = result { return true } else { return false }
            }
        }
        #expect(failures == [false, true, true, false])
        #expect(try fixture.catalog.readNow { try $0.attempts(ofRun: run.number) }.map(\.number) == [1, 4])
    }

    /// A storage of the last release, opened while a run was executing: an attempt is created for it, so that its worker is found. Ended runs get none.
    @Test func aRunAtWorkUnderSchema2HasAnAttempt() throws {
        let fixture = try CatalogFixture(), path = fixture.folder + "/old.sqlite"
        let old = try DatabaseQueue(path: path)
        try old.writeWithoutTransaction {
            try $0.execute(
                sql: try Fixtures.text("catalog/schema-2.sql") + """

                    UPDATE runs SET state = 'running', threads = 2, started = 3000, finished = NULL WHERE number = 3;
                    UPDATE runs SET state = 'queued', finished = NULL WHERE number = 2;
                    """)
        }
        try old.close()
        let catalog = try Catalog.openForWriting(at: path)
        defer { try? catalog.close() }
        let attempts = try (1...4).map { number in try catalog.readNow { try $0.attempts(ofRun: number) } }
        #expect(attempts.map(\.count) == [0, 0, 1, 0])
        #expect(attempts[2][0].state == .running && attempts[2][0].job == nil && attempts[2][0].threads == 2 && attempts[2][0].started == 3000)
        #expect(try catalog.readNow { try $0.openAttempts() }.map(\.job.reference) == [.training(3)])
    }

    /// Many runs yield the same rows as each run separately.
    @Test func manyRunsAreTheSameRows() throws {
        let (one, all) = (try CatalogFixture(), try CatalogFixture())
        let study = StudyRecord(id: "s", digest: "d", name: "n", plan: "{}", created: 1)
        // The second half repeats the first: second attempts of the same specifications.
        let runs = (0..<20).map { number in
            var run = CatalogFixture.newRun(number % 10, study: "s")
            (run.priority, run.setting, run.requestedThreads) = (number % 3, number % 2 == 0 ? nil : number, number % 5 == 0 ? 4 : nil)
            return run
        }
        for fixture in [one, all] { try fixture.submit(3) }
        try one.catalog.writeNow { writer in
            try writer.insert(study)
            for run in runs { try writer.insert(run, at: 7) }
        }
        try all.catalog.writeNow { writer in
            try writer.insert(study)
            try writer.insert(runs, at: 7)
        }
        let (a, b) = try (one.catalog.readNow { try $0.runs(ofStudy: "s") }, all.catalog.readNow { try $0.runs(ofStudy: "s") })
        #expect(a == b && a.count == 20 && a.map(\.attempt).max() == 3)
        for run in a {
            #expect(try one.catalog.readNow { try $0.history(ofRun: run.number) } == (try all.catalog.readNow { try $0.history(ofRun: run.number) }))
        }
    }
}
