import Canonical
import Catalog
import Events
import Testing

@Suite("Ingestion of events")
struct IngestionTests {
    private let digest = String(repeating: "ab", count: 32)

    private func lines() -> [String] {
        [
            #"{"type":"started","time":1,"step":0,"threads":2,"kernels":"avx2","host":"h","pid":9,"program":"0.1.0","resumed":false}"#,
            #"{"type":"phase","time":2,"phase":"encoder","fraction":0.5}"#,
            CatalogFixture.metrics(step: 10, loss: 0.5), CatalogFixture.metrics(step: 600, loss: 0.25),
            #"{"type":"samples","time":3,"step":10,"file":"samples/step-00000010.png","digest":"aa","rows":8,"columns":8,"width":28,"height":28,"channels":1}"#,
            CatalogFixture.evaluation(step: 10, fid: 40.5), CatalogFixture.evaluation(step: 20, fid: 30.25),
            CatalogFixture.evaluation(step: 30, fid: 35),
            #"{"type":"checkpoint","time":4,"step":30,"digest":"\#(digest)","bytes":123,"final":true}"#,
            #"{"type":"progress","time":5,"step":30,"steps":100,"rate":2.5,"remaining":28}"#,
        ]
    }

    @Test func everyKindFindsItsPlace() throws {
        let fixture = try CatalogFixture()
        let id = try fixture.submit(1).id
        let changes = try fixture.ingest(lines(), into: id)
        let run = try fixture.catalog.readNow { try $0.requiredRun(id) }
        #expect(run.threads == 2 && run.kernels == "avx2" && run.step == 30 && run.rate == 2.5 && run.remaining == 28)
        #expect(run.phase == "encoder" && run.phaseFraction == 0.5 && run.finalDigest == digest)
        try fixture.catalog.readNow { reader in
            #expect(try reader.evaluations(ofRun: run.number).map(\.value) == [40.5, 30.25, 35])
            let score = try #require(try reader.scores(ofRun: run.number).first)
            #expect(score.best == 30.25 && score.bestStep == 20 && score.final == 35 && score.finalStep == 30)
            #expect(try reader.samples(ofRun: run.number).map(\.step) == [10])
            #expect(try reader.checkpoints(ofRun: run.number).map(\.digest) == [digest])
            #expect(try reader.runs(withCheckpoint: digest).map(\.run) == [id])
            #expect(
                try reader.metrics(ofRun: run.number)
                    == MetricTable(
                        steps: [10, 600], names: ["discriminator_loss", "generator_loss"], columns: [[0.5, 0.25], [1, 0.5]]))
            #expect(try reader.metrics(ofRun: run.number, names: ["generator_loss", "nothing"]).names == ["generator_loss"])
        }
        #expect(changes.metrics.steps == [10, 600] && changes.evaluations.count == 3 && changes.contradictions.isEmpty)
    }

    @Test func aBatchIsCountedOnce() throws {
        let fixture = try CatalogFixture()
        let id = try fixture.submit(1).id
        try fixture.ingest(lines(), into: id)
        let offset = try fixture.catalog.readNow { try $0.requiredRun(id) }.eventsOffset
        #expect(throws: CatalogError.staleOffset(run: id, expected: offset, actual: 5)) {
            try fixture.ingest([CatalogFixture.metrics(step: 11, loss: 9)], into: id, from: 5)
        }
        let run = try fixture.catalog.readNow { try $0.requiredRun(id) }
        #expect(run.eventsOffset == offset)
        #expect(try fixture.catalog.readNow { try $0.metrics(ofRun: run.number) }.steps == [10, 600])
    }

    @Test func theSameEventsAgainChangeNothing() throws {
        let fixture = try CatalogFixture()
        let id = try fixture.submit(1).id
        try fixture.ingest(lines(), into: id)
        let before = try fixture.catalog.readNow { try content($0, id) }
        let again = try fixture.ingest(lines(), into: id)
        let restart = try fixture.ingest(lines(), into: id, from: 0)
        #expect(again.contradictions.isEmpty && restart.contradictions.isEmpty)
        #expect(try fixture.catalog.readNow { try content($0, id) } == before)
    }

    private func content(_ reader: CatalogReader, _ id: String) throws -> [String] {
        let run = try reader.requiredRun(id)
        return [
            "\(try reader.evaluations(ofRun: run.number))", "\(try reader.samples(ofRun: run.number))",
            "\(try reader.checkpoints(ofRun: run.number))", "\(try reader.metrics(ofRun: run.number))",
            "\(try reader.scores(ofRun: run.number))", "\(run.step) \(run.finalDigest ?? "")",
        ]
    }

    /// A checkpoint that was removed stays so while its log is read again, however often it was written before. One that a worker writes later is there.
    @Test func aRemovedCheckpointComesBackOnlyWhenItIsWrittenAgain() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        func line(_ time: Int) -> String { #"{"type":"checkpoint","time":\#(time),"step":30,"digest":"\#(String(repeating: "ab", count: 32))","bytes":123,"final":false}"# }
        func marks() throws -> [Set<Int>] { try fixture.catalog.readNow { [try $0.removedCheckpoints(ofRun: run.number), try $0.deletedCheckpoints(ofRun: run.number)] } }
        func delete(at time: Double) throws {
            try fixture.catalog.writeNow { writer in
                let deletion = try writer.delete(Deletion(kind: .checkpoint, target: "\(run.id)/30", title: "", bytes: 0, actor: "ada", deleted: time, expires: time))
                try writer.remove(deletion, at: time)
            }
        }
        try fixture.ingest([line(4)], into: run.id)
        try delete(at: 6)
        try fixture.ingest([line(4)], into: run.id, from: 0)
        #expect(try marks() == [[30], [30]])
        try fixture.ingest([line(7)], into: run.id)
        #expect(try marks() == [[], []])
        try delete(at: 8)
        try fixture.ingest([line(4), line(7)], into: run.id, from: 0)
        #expect(try marks() == [[30], [30]])
        #expect(try fixture.catalog.readNow { try $0.checkpoints(ofRun: run.number).map(\.time) } == [7])
        // Marked as left out of a bundle, it is the same.
        try fixture.catalog.writeNow { try $0.markPresent(archives: [String(repeating: "ab", count: 32)]) }
        #expect(try marks() == [[], []])
        try fixture.catalog.writeNow { try $0.markRemoved(ofRun: run.number, steps: [30], at: 9) }
        try fixture.ingest([line(4), line(7)], into: run.id, from: 0)
        #expect(try marks() == [[30], []])
    }

    @Test func otherBitsAreToldApart() throws {
        let fixture = try CatalogFixture()
        let id = try fixture.submit(1).id
        try fixture.ingest([CatalogFixture.evaluation(step: 10, fid: 1), CatalogFixture.metrics(step: 1, loss: 0.5)], into: id)
        let changes = try fixture.ingest(
            [CatalogFixture.evaluation(step: 10, fid: 1.0000000000000002), CatalogFixture.metrics(step: 1, loss: 0.25)], into: id)
        #expect(changes.contradictions.count == 3)
        let run = try fixture.catalog.readNow { try $0.requiredRun(id) }
        #expect(try fixture.catalog.readNow { try $0.history(ofRun: run.number) }.count == 4)
    }

    @Test func damagedLinesAreCountedAndPassed() throws {
        let fixture = try CatalogFixture()
        let id = try fixture.submit(1).id
        let changes = try fixture.ingest(
            [#"{"type":"progress","ti"#, CatalogFixture.metrics(step: 1, loss: 2), #"{"type":"progress","time":1}"#], into: id)
        #expect(changes.damaged == 2 && changes.metrics.steps == [1])
        #expect(try fixture.catalog.readNow { try $0.requiredRun(id) }.damagedEvents == 2)
    }

    /// A newer worker may write more: its lines are not damage, and all else is ingested.
    @Test func unknownKindsAreSkippedAndCounted() throws {
        let fixture = try CatalogFixture()
        let id = try fixture.submit(1).id
        let lines = [#"{"type":"log","time":1,"version":7}"#, #"{"type":"dance","time":1,"steps":"waltz"}"#, CatalogFixture.metrics(step: 1, loss: 2)]
        let changes = try fixture.ingest(lines, into: id)
        #expect(changes.unknown == 1 && changes.damaged == 0 && changes.metrics.steps == [1])
        func run() throws -> RunRecord { try fixture.catalog.readNow { try $0.requiredRun(id) } }
        #expect(try run().unknownEvents == 1 && run().damagedEvents == 0 && run().logVersion == 7)
        let number = try run().number
        #expect(try fixture.catalog.readNow { try $0.history(ofRun: number) }.count == 1)
        try fixture.ingest(lines, into: id)
        #expect(try run().unknownEvents == 2)
        // A file that is read again from its beginning is counted from zero.
        try fixture.ingest(lines + ["no event"], into: id, from: 0)
        #expect(try run().unknownEvents == 1 && run().damagedEvents == 1)
    }

    @Test func whyAValueIsMissingIsKept() throws {
        let fixture = try CatalogFixture()
        let id = try fixture.submit(1).id
        let line = #"{"encoder":"lenet","encoder_digest":"e","metric":"kid","problem":"too few samples","protocol":"p","reference_split":"test","samples":9,"step":5,"time":1,"type":"evaluation","value":null}"#
        try fixture.ingest([line, CatalogFixture.evaluation(step: 5, fid: 3)], into: id)
        try fixture.catalog.readNow { reader in
            let run = try reader.requiredRun(id).number
            #expect(try reader.evaluations(ofRun: run).map(\.problem) == [nil, "too few samples"])
            #expect(try reader.problems(ofRuns: [run], metric: "kid") == [run: "too few samples"] && reader.problems(ofRuns: [run], metric: "fid").isEmpty)
        }
    }

    @Test func aMetricThatIsNotFiniteIsKeptAsNothing() throws {
        let fixture = try CatalogFixture()
        let id = try fixture.submit(1).id
        try fixture.ingest([#"{"type":"metrics","time":1,"step":3,"values":{"loss":null}}"#], into: id)
        let run = try fixture.catalog.readNow { try $0.requiredRun(id) }
        #expect(try fixture.catalog.readNow { try $0.metrics(ofRun: run.number) }.columns == [[nil]])
    }
}

@Suite struct ManyMetricsTests {
    private func line(_ step: Int, _ metric: String, _ value: String, protocolDigest: String = "p") -> String {
        """
        {"type":"evaluation","time":1,"step":\(step),"metric":"\(metric)","value":\(value),"protocol":"\(protocolDigest)","encoder":"lenet",\
        "encoder_digest":"e","samples":1000,"reference_split":"test"}
        """
    }

    @Test func eachMetricHasItsOwnDirectionAndField() throws {
        let fixture = try CatalogFixture()
        let (first, second) = (try fixture.submit(1).id, try fixture.submit(2).id)
        try fixture.ingest([line(1, "is", "2"), line(1, "kid", "0.5"), line(2, "is", "3"), line(2, "kid", "0.7"), line(2, "kid_deviation", "null")], into: first)
        try fixture.ingest([line(1, "is", "4"), line(1, "kid", "0.1"), line(2, "is", "3.5"), line(2, "improved_recall", "0.25")], into: second)
        func ids(_ filter: String, _ order: String = "") throws -> [String] {
            try fixture.catalog.readNow { try $0.page(RunQuery(filter: filter, orderBy: order)).runs.map(\.id) }
        }
        #expect(try ids("best.is = 3 and best.kid = 0.5") == [first])
        #expect(try ids("best.is = 4 and final.is = 3.5") == [second])
        #expect(try ids("best.improved_recall > 0.2") == [second] && ids("best.improved_recall = null") == [first])
        #expect(try ids("", "best.kid") == [second, first] && ids("", "-best.kid") == [first, second])
        #expect(try ids("best.kid_deviation = null").count == 2)
    }

    @Test func aSecondProtocolStandsBesideTheFirst() throws {
        let fixture = try CatalogFixture()
        try fixture.catalog.writeNow {
            try $0.insert(StudyRecord(id: "s", digest: "s", name: "s", plan: "{}", created: 1))
        }
        let id = try fixture.submit(1, study: "s").id
        let own = [line(1, "fid", "3"), line(1, "kid", "1", protocolDigest: "q"), line(2, "fid", "4")]
        #expect(try fixture.ingest(own, into: id).contradictions.isEmpty)
        let changes = try fixture.ingest([line(1, "fid", "1", protocolDigest: "other"), line(2, "fid", "2", protocolDigest: "other")], into: id)
        #expect(changes.contradictions.isEmpty && changes.evaluations.map(\.isPrimary) == [false, false])
        try fixture.catalog.readNow { reader in
            let run = try reader.requiredRun(id)
            #expect(try reader.history(ofRun: run.number).count == 1, "submitted, and nothing else")
            let found = try reader.evaluations(ofRun: run.number).filter { $0.metric == "fid" }
            #expect(found.map(\.value) == [3, 1, 4, 2] && found.map(\.protocolDigest) == ["p", "other", "p", "other"])
            #expect(found.map(\.isPrimary) == [true, false, true, false])
            // Scores, filters, and studies use the run's primary protocol.
            let score = try #require(try reader.scores(ofRun: run.number).first { $0.metric == "fid" })
            #expect(score.best == 3 && score.bestStep == 1 && score.final == 4 && score.finalStep == 2)
            #expect(try reader.page(RunQuery(filter: "best.fid = 3 and final.fid = 4 and fid = 3")).runs.map(\.id) == [id])
            #expect(try reader.protocols(ofStudy: "s", metric: "fid").map(\.digest) == ["p"])
            #expect(try reader.protocols(ofRuns: [run.number], metric: "kid").map(\.digest) == ["q"])
            #expect(try reader.integrityProblems() == [])
        }
        // Read again from the beginning, the same protocol is primary; another value under a known protocol is a contradiction.
        #expect(try fixture.ingest(own, into: id, from: 0).contradictions.isEmpty)
        #expect(
            try fixture.ingest([line(1, "fid", "1.5", protocolDigest: "other")], into: id).contradictions == ["fid at step 1 was 1.0, and now is 1.5"])
        #expect(try fixture.catalog.readNow { try $0.scores(ofRun: 1).first { $0.metric == "fid" }?.best } == 3)
    }

    /// A metric that never had a value has a protocol, but no score.
    @Test func withoutAValueThereIsNoScore() throws {
        let fixture = try CatalogFixture()
        let id = try fixture.submit(1).id
        try fixture.ingest([line(1, "kid", "null"), line(1, "kid", "2", protocolDigest: "q")], into: id)
        try fixture.catalog.readNow { reader in
            let scores = try reader.scores(ofRun: 1)
            #expect(try scores.isEmpty && reader.scores(ofRuns: [1]).isEmpty)
            #expect(try reader.page(RunQuery(filter: "best.kid = null")).runs.count == 1)
            #expect(try reader.protocols(ofRuns: [1], metric: "kid").map(\.digest) == ["p"])
        }
    }

    /// Contents of protocols and extractors are recorded once, before or after the first value; the first record is kept.
    @Test(arguments: [true, false]) func protocolsAreKnownByContent(isToldFirst: Bool) throws {
        let fixture = try CatalogFixture()
        let id = try fixture.submit(1).id
        let told = RunEvent.ProtocolContent(content: ["metric": "fid", "samples": 1000])
        let extractor = RunEvent.Extractor(digest: String(repeating: "e", count: 64), name: "lenet", provenance: ["seed": 0])
        let evaluation = RunEvent.Evaluation(
            step: 1, metric: "fid", value: 2, protocolDigest: told.digest, encoder: "lenet", encoderDigest: extractor.digest, samples: 1000, referenceSplit: "test")
        let telling: [RunEvent.Kind] = [.extractor(extractor), .protocolContent(told)]
        let kinds: [RunEvent.Kind] = [.started(.init(step: 0, program: "9.9"))] + (isToldFirst ? telling + [.evaluation(evaluation)] : [.evaluation(evaluation)] + telling)
        let again: [RunEvent.Kind] = [.extractor(.init(digest: extractor.digest, name: "lenet", provenance: ["seed": 1]))]
        try fixture.ingest((kinds + again).map { String(decoding: RunEvent(time: 1, kind: $0).line.dropLast(), as: UTF8.self) }, into: id)
        try fixture.catalog.readNow { reader in
            #expect(try reader.protocolContent(told.digest) == #"{"metric":"fid","samples":1000}"#)
            #expect(try reader.protocols(ofRuns: [1], metric: "fid").map(\.content) == [#"{"metric":"fid","samples":1000}"#])
            let known = try #require(try reader.featureExtractor(extractor.digest))
            #expect(known.name == "lenet" && known.provenance == #"{"seed":0}"#)
            #expect(try reader.featureExtractor("f") == nil && reader.protocolContent("f") == nil)
        }
    }
}
