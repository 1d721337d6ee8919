import Catalog
import Events
import Testing

@Suite("Runs and studies")
struct RunTests {
    @Test func attemptsCountUp() throws {
        let fixture = try CatalogFixture()
        let first = try fixture.submit(5)
        let second = try fixture.submit(5)
        #expect(first.id == String(CatalogFixture.digest(5).prefix(12)) + "-1")
        #expect(second.id == String(CatalogFixture.digest(5).prefix(12)) + "-2")
        #expect(first.state == .queued)
    }

    @Test func everyChangeHasItsReason() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        try fixture.catalog.writeNow { writer in
            try writer.start(run: run.number, threads: 2, at: 2001, reason: "worker 77")
            try writer.requeue(run: run.number, restarts: 1, mark: 10, at: 2002, reason: "killed")
            try writer.start(run: run.number, threads: 1, at: 2003, reason: "worker 78")
            try writer.finish(run: run.number, as: .diverged, message: "the loss is not finite", at: 2004)
        }
        let history = try fixture.catalog.readNow { try $0.history(ofRun: run.number) }
        #expect(history.map(\.state) == [.queued, .running, .queued, .running, .diverged])
        #expect(history.map(\.reason) == ["submitted", "worker 77", "killed", "worker 78", "the loss is not finite"])
        let record = try fixture.catalog.readNow { try $0.requiredRun(run.id) }
        #expect(record.started == 2001 && record.finished == 2004 && record.restarts == 1 && record.restartMark == 10)
    }

    @Test func aFailedTransactionLeavesNothing() throws {
        struct Stop: Error {}
        let fixture = try CatalogFixture()
        #expect(throws: Stop.self) {
            try fixture.catalog.writeNow { writer in
                try writer.submit(CatalogFixture.newRun(1), at: 1)
                throw Stop()
            }
        }
        #expect(try fixture.catalog.readNow { try $0.runs(in: [.queued]) }.isEmpty)
    }

    @Test func priorityComesFirst() throws {
        let fixture = try CatalogFixture()
        let late = try fixture.submit(1)
        var urgent = CatalogFixture.newRun(2)
        urgent.priority = 1
        let early = try fixture.catalog.writeNow { try $0.submit(urgent, at: 5) }
        #expect(try fixture.catalog.readNow { try $0.runs(in: [.queued]) }.map(\.id) == [early.id, late.id])
    }

    @Test func theQueueGivesWhatIsNext() throws {
        let fixture = try CatalogFixture()
        var ids: [Int: [String]] = [:]
        for (number, priority) in [0, 2, 0, 1, 2, 0].enumerated() {
            var run = CatalogFixture.newRun(number)
            run.priority = priority
            ids[priority, default: []].append(try fixture.catalog.writeNow { try $0.submit(run, at: 5) }.id)
        }
        let order = ids[2]! + ids[1]! + ids[0]!
        for limit in 0...7 {
            for skipped in [[], [order[0]], [order[1], order[2]], order] {
                let next = try fixture.catalog.readNow { try $0.nextQueued(limit: limit, except: Set(skipped)) }.map(\.id)
                #expect(next == Array(order.filter { !skipped.contains($0) }.prefix(limit)), "\(limit) without \(skipped)")
            }
        }
        #expect(try fixture.catalog.readNow { try $0.runs(in: [.queued]) }.map(\.id) == order)
    }

    /// Cancelling or resuming a study is one change, and leaves the same history as cancelling its runs one by one.
    @Test func aStudyIsCancelledAsAWhole() throws {
        struct Stop: Error {}
        let fixture = try CatalogFixture()
        try fixture.catalog.writeNow { try $0.insert(StudyRecord(id: "s1", digest: "d1", name: "one", plan: "{}", created: 1)) }
        let runs = try (0..<5).map { try fixture.submit($0, study: "s1") }
        let other = try fixture.submit(9)
        try fixture.catalog.writeNow { writer in
            for run in runs[..<3] { try writer.start(run: run.number, threads: 1, at: 10, reason: "a worker") }
            try writer.finish(run: runs[0].number, as: .done, message: "", at: 20)
        }
        func states() throws -> [RunState] { try fixture.catalog.readNow { try $0.runs(ofStudy: "s1") }.map(\.state) }
        #expect(throws: Stop.self) {
            try fixture.catalog.writeNow { (writer: CatalogWriter) throws in
                #expect(try writer.cancelRuns(ofStudy: "s1", working: [runs[1].number], at: 30) == 4)
                throw Stop()
            }
        }
        #expect(try states() == [.done, .running, .running, .queued, .queued])
        #expect(try fixture.catalog.writeNow { try $0.cancelRuns(ofStudy: "s1", working: [runs[1].number], at: 30) } == 4)
        #expect(try states() == [.done, .running, .cancelled, .cancelled, .cancelled])
        try fixture.catalog.readNow { (reader: CatalogReader) throws in
            #expect(try reader.runs(ofStudy: "s1").map(\.cancelling) == [false, true, false, false, false])
            #expect(try reader.history(ofRun: runs[2].number).map(\.state) == [.queued, .running, .cancelled])
            #expect(try reader.history(ofRun: runs[3].number).last == HistoryEntry(time: 30, state: .cancelled, reason: "cancelled"))
            #expect(try reader.hasUnfinishedRuns(study: "s1"))
            #expect(try reader.requiredRun(other.id).state == .queued)
        }
        try fixture.catalog.writeNow { (writer: CatalogWriter) throws in
            try writer.finish(run: runs[1].number, as: .cancelled, message: "cancelled", at: 40)
            #expect(try !writer.reader.hasUnfinishedRuns(study: "s1"))
            try writer.cancel(study: "s1")
            try writer.revive(study: "s1", at: 50)
        }
        #expect(try states() == [.done, .queued, .queued, .queued, .queued])
        #expect(try fixture.catalog.readNow { try $0.history(ofRun: runs[3].number) }.last == HistoryEntry(time: 50, state: .queued, reason: "study resumed"))
        #expect(try fixture.catalog.readNow { try $0.runs(ofStudy: "s1") }.allSatisfy { $0.state == .done || $0.finished == nil })
    }

    @Test func progressCountsStepsAndStates() throws {
        let fixture = try CatalogFixture()
        try fixture.catalog.writeNow {
            try $0.insert(StudyRecord(id: "s1", digest: "d1", name: "one", plan: "{}", created: 1))
        }
        let runs = try (0..<4).map { try fixture.submit($0, study: "s1", steps: 100) }
        try fixture.ingest([#"{"type":"progress","time":1,"step":50,"steps":100,"rate":2,"remaining":25}"#], into: runs[0].id)
        try fixture.catalog.writeNow { writer in
            try writer.start(run: runs[0].number, threads: 1, at: 1, reason: "")
            try writer.finish(run: runs[1].number, as: .diverged, message: "", at: 2)
        }
        let progress = try fixture.catalog.readNow { try $0.progress(ofStudy: "s1") }
        #expect(progress.total == 4 && progress.count(.queued) == 2 && progress.count(.running) == 1 && progress.count(.diverged) == 1)
        #expect(progress.stepsDone == 150 && progress.stepsPlanned == 400)
        #expect(!progress.isFinished)
    }

    @Test func theTimeOfAStepIsNotMadeUp() throws {
        let fixture = try CatalogFixture()
        func seconds(_ width: Double) throws -> Double? {
            try fixture.catalog.readNow {
                try $0.secondsPerStep(model: "ns-gan", dataset: "polygons", width: width, batchSize: 64)
            }
        }
        #expect(try seconds(0.25) == nil)
        let run = try fixture.submit(1, steps: 100)
        try fixture.catalog.writeNow { writer in
            try writer.start(run: run.number, threads: 1, at: 2010, reason: "")
            try writer.finish(run: run.number, as: .done, message: "", at: 2015)
        }
        #expect(try seconds(0.25) == 0.05)
        #expect(try seconds(1) == nil)
    }
}
