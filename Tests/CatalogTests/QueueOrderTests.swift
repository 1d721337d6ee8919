import Catalog
import Events
import Testing

/// The order of the queue, its rules, and its changes, as stored.
@Suite("The order of the queue")
struct QueueOrderTests {
    /// Repeatable draws (splitmix64).
    private struct Draws {
        var state: UInt64

        mutating func below(_ limit: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var bits = state
            bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((bits ^ (bits >> 31)) % UInt64(limit))
        }
    }

    private func submit(_ fixture: CatalogFixture, _ number: Int, priority: Int = 0, study: String? = nil, at time: Double) throws -> RunRecord {
        var run = CatalogFixture.newRun(number, study: study)
        run.priority = priority
        return try fixture.catalog.writeNow { try $0.submit(run, at: time) }
    }

    private func order(_ fixture: CatalogFixture) throws -> [String] { try fixture.catalog.readNow { try $0.nextJobs(limit: 1000).map(\.id) } }

    /// A level of priority is a week: nothing that is submitted later than that comes before a run of the level below.
    @Test func aLevelOfPriorityIsAWeek() throws {
        let fixture = try CatalogFixture()
        let (start, week) = (1_800_000_000.0, 604_800.0)
        let plain = try submit(fixture, 1, at: start)
        let soon = try submit(fixture, 2, priority: 1, at: start + week - 1)
        let late = try submit(fixture, 3, priority: 1, at: start + week + 1)
        let second = try submit(fixture, 4, priority: 2, at: start + week + 2)
        #expect(try order(fixture) == [second.id, soon.id, plain.id, late.id])
    }

    /// Random submissions, moves, and changes of priority: the queue is always the one that a list of its jobs would be.
    @Test(arguments: 0..<6 as Range<UInt64>) func theQueueIsAList(seed: UInt64) throws {
        let fixture = try CatalogFixture()
        try fixture.catalog.writeNow { try $0.insert(StudyRecord(id: "s1", digest: "d1", name: "one", plan: "{}", created: 1)) }
        var random = Draws(state: seed + 1)
        var (list, runs, number) = ([String](), [String: RunRecord](), 0)
        for _ in 0..<120 {
            let choice = random.below(6)
            if choice < 2 || list.count < 3 {
                number += 1
                let run = try submit(fixture, number, study: number % 3 == 0 ? "s1" : nil, at: 1_800_000_000)
                runs[run.id] = run
                // It comes after what was submitted before it, but not after what was moved to be last.
                let now = try order(fixture)
                #expect(now.filter { $0 != run.id } == list && now.contains(run.id))
                list = now
                continue
            }
            let id = list[random.below(list.count)], other = list[random.below(list.count)]
            let run = try #require(runs[id]), target = try #require(runs[other])
            try fixture.catalog.writeNow { writer in
                switch choice {
                case 2: try writer.move(run: run.number, to: .first)
                case 3: try writer.move(run: run.number, to: .last)
                case 4: if id != other { try writer.move(run: run.number, before: target.number) }
                default: try writer.move(study: "s1", to: .first)
                }
            }
            let own = Set(list.filter { runs[$0]?.study == "s1" })
            switch choice {
            case 2: list = [id] + list.filter { $0 != id }
            case 3: list = list.filter { $0 != id } + [id]
            case 4 where id != other:
                list.removeAll { $0 == id }
                list.insert(id, at: try #require(list.firstIndex(of: other)))
            case 5: list = list.filter(own.contains) + list.filter { !own.contains($0) }
            default: break
            }
            let found = try order(fixture)
            #expect(found == list, "seed \(seed)")
            for (position, id) in found.enumerated().prefix(3) {
                #expect(try fixture.catalog.readNow { try $0.queueLength(before: try $0.requiredJob(id)) } == position)
            }
        }
    }

    /// Two neighbors are a microsecond apart: moves between them find a place again and again.
    @Test func thereIsAlwaysAPlaceBetween() throws {
        let fixture = try CatalogFixture()
        let runs = try (0..<30).map { try submit(fixture, $0, at: 1_800_000_000) }
        for run in runs[2...] { try fixture.catalog.writeNow { try $0.move(run: run.number, before: runs[1].number) } }
        #expect(try order(fixture) == [runs[0].id] + runs[2...].map(\.id) + [runs[1].id])
    }

    @Test func aFilterLeavesOut() throws {
        let fixture = try CatalogFixture()
        try fixture.catalog.writeNow { writer in
            for (number, study) in ["s1", "s2"].enumerated() { try writer.insert(StudyRecord(id: study, digest: "d\(number)", name: study, plan: "{}", created: 1)) }
        }
        var ids: [String] = []
        let entries: [(String?, String?, String?)] = [("s1", "ada", nil), ("s1", "bob", "slurm"), ("s2", "ada", "local"), (nil, nil, nil)]
        for (number, entry) in entries.enumerated() {
            var run = CatalogFixture.newRun(number, study: entry.0)
            (run.submitter, run.executor) = (entry.1, entry.2)
            ids.append(try fixture.catalog.writeNow { try $0.submit(run, at: 1) }.id)
        }
        func next(_ filter: QueueFilter) throws -> [String] { try fixture.catalog.readNow { try $0.nextJobs(limit: 10, where: filter).map(\.id) } }
        #expect(try next(QueueFilter()) == ids)
        #expect(try next(QueueFilter(withoutStudies: ["s1"])) == [ids[2], ids[3]])
        #expect(try next(QueueFilter(withoutSubmitters: ["ada"])) == [ids[1], ids[3]])
        #expect(try next(QueueFilter(executor: "local", isDefault: true)) == [ids[0], ids[2], ids[3]])
        #expect(try next(QueueFilter(executor: "slurm", isDefault: false)) == [ids[1]])
        try fixture.catalog.writeNow { try $0.setHold(.pause, ofRun: 1) }
        #expect(try next(QueueFilter()) == Array(ids[1...]))
        // Who names a run wants it, paused or not.
        #expect(try next(QueueFilter(among: "[\"\(ids[0])\"]")) == [ids[0]])
    }

    @Test func rulesAreKept() throws {
        let fixture = try CatalogFixture()
        let rules = [
            QueueRule(.members, limit: 3), QueueRule(.init(.member, "m1"), limit: 7),
            QueueRule(.queue, paused: .save, limit: 9, window: QueueWindow(opens: 1200, closes: 420, timeZone: "Europe/Berlin", atClose: .save)),
            QueueRule(.init(.study, "s1"), paused: .finish),
        ]
        try fixture.catalog.writeNow { writer in for rule in rules { try writer.put(rule) } }
        #expect(try fixture.catalog.readNow { try $0.queueRules() } == rules)
        try fixture.catalog.writeNow { try $0.put(QueueRule(.queue)) }
        #expect(try fixture.catalog.readNow { try $0.queueRules() } == rules.filter { $0.subject != .queue })
    }

    /// A run's history has what concerned it, and nothing from before or after.
    @Test func theHistoryHasWhatConcernedTheRun() throws {
        let fixture = try CatalogFixture()
        try fixture.catalog.writeNow { try $0.insert(StudyRecord(id: "s1", digest: "d1", name: "one", plan: "{}", created: 1)) }
        var new = CatalogFixture.newRun(1, study: "s1")
        (new.submitter, new.actor) = ("m1", "ada")
        let run = try fixture.catalog.writeNow { try $0.submit(new, at: 10) }
        try fixture.catalog.writeNow { writer in
            func change(_ time: Double, _ subject: QueueRule.Subject, _ text: String) throws { try writer.record(QueueChange(time: time, actor: "bob", subject: subject, change: text)) }
            try change(5, .queue, "too early")
            try change(11, .queue, "the queue was paused")
            try change(12, .init(.study, "s2"), "another study")
            try change(13, .init(.study, "s1"), "priority 3")
            try change(14, .init(.member, "m2"), "another member")
            try writer.start(run: run.number, threads: 1, at: 15, reason: "a worker")
            try change(16, .members, "every member may have 2 jobs at a time")
            try writer.finish(run: run.number, as: .done, message: "", at: 20)
            try change(21, .queue, "too late")
        }
        let history = try fixture.catalog.readNow { try $0.history(ofRun: run.number) }
        #expect(history.map(\.reason) == ["submitted", "the queue was paused", "priority 3", "a worker", "every member may have 2 jobs at a time", "done"])
        #expect(history.map(\.state) == [.queued, .queued, .queued, .running, .running, .done])
        #expect(history.map(\.actor) == ["ada", "bob", "bob", "server", "bob", "server"] && history.map(\.scope) == [.run, .queue, .study, .run, .member, .run])
    }
}
