import Catalog
import Foundation
import Synchronization
import Testing

@testable import Execution
@testable import Storage

/// The one rule of the queue, on random queues.
@Suite("The rule of the queue")
struct QueueRuleTests {
    private struct Waiting {
        var entry: QueueEntry
        var place: Int
        var ticks: Int
    }

    /// A cluster of some places for jobs on which random jobs arrive while rules change.
    ///
    /// No limit is ever exceeded; whoever starts before a job of an earlier place does so because a rule keeps that one back at that moment; and every job comes to its end.
    @Test(arguments: 0..<40 as Range<UInt64>) func nobodyStarvesAndNoLimitIsExceeded(seed: UInt64) {
        var random = SeededRandom(state: seed)
        let room = 1 + random.below(6)
        var rules = QueueRules()
        for study in 0..<3 where random.below(2) == 0 { rules[.init(.study, "s\(study)")].limit = 1 + random.below(3) }
        for member in 0..<3 where random.below(2) == 0 { rules[.init(.member, "m\(member)")].limit = 1 + random.below(3) }
        if random.below(2) == 0 { rules[.studies].limit = 1 + random.below(4) }
        if random.below(3) == 0 { rules[.queue].limit = 1 + random.below(4) }
        var (queue, running): ([Waiting], [Waiting]) = ([], [])
        var ended = 0
        let jobs = 80
        var submitted = 0
        for tick in 0..<5000 where ended < jobs {
            for _ in 0..<random.below(4) where submitted < jobs {
                let entry = QueueEntry(
                    id: "j\(submitted)", study: random.below(4) == 0 ? nil : "s\(random.below(4))", submitter: random.below(4) == 0 ? nil : "m\(random.below(4))")
                let job = Waiting(entry: entry, place: tick - random.below(3) * 30, ticks: 1 + random.below(9))
                queue.insert(job, at: queue.firstIndex { $0.place > job.place } ?? queue.count)
                submitted += 1
            }
            if tick % 50 == 10 { rules[.init(.study, "s0")].paused = .finish }
            if tick % 50 == 30 { rules[.init(.study, "s0")].paused = nil }
            for index in running.indices { running[index].ticks -= 1 }
            ended += running.count { $0.ticks <= 0 }
            running.removeAll { $0.ticks <= 0 }

            let before = QueueGate(rules, running: running.map(\.entry), at: 0)
            var gate = before, started: [Waiting] = []
            for job in queue where running.count + started.count < room && gate.admit(job.entry) == nil { started.append(job) }
            // The same again, from a list in which the order of equal places is the same, gives the same.
            var again = before
            #expect(queue.filter { again.admit($0.entry) == nil }.prefix(room - running.count).map(\.entry.id) == started.map(\.entry.id))
            let chosen = Set(started.map(\.entry.id))
            if running.count + started.count < room {
                // Room is left: each job that waits is kept back by a rule.
                for job in queue where !chosen.contains(job.entry.id) { #expect(gate.obstacle(to: job.entry) != nil, "seed \(seed), tick \(tick)") }
            }
            if let last = started.map(\.place).max() {
                for job in queue where job.place < last && !chosen.contains(job.entry.id) { #expect(gate.obstacle(to: job.entry) != nil, "overtaken without a reason: seed \(seed), tick \(tick)") }
            }
            queue.removeAll { chosen.contains($0.entry.id) }
            running += started
            #expect(running.count <= room && rules[.queue].limit.map { running.count <= $0 } ?? true)
            for (study, group) in Dictionary(grouping: running.compactMap(\.entry.study), by: { $0 }) { #expect(rules.limit(ofStudy: study).map { group.count <= $0 } ?? true) }
            for (member, group) in Dictionary(grouping: running.compactMap(\.entry.submitter), by: { $0 }) { #expect(rules.limit(ofMember: member).map { group.count <= $0 } ?? true) }
        }
        #expect(ended == jobs, "every job comes to its end: seed \(seed)")
    }

    /// What the catalog is asked for in pages is what the rule chooses from the whole queue.
    @Test(arguments: 0..<10 as Range<UInt64>) func pagesGiveTheSame(seed: UInt64) async throws {
        let fixture = try WorkbenchFixture()
        let catalog = try Catalog.openForWriting(at: fixture.storage.catalog)
        defer { try? catalog.close() }
        var random = SeededRandom(state: seed &+ 99)
        try catalog.writeNow { writer in
            for study in 0..<4 { try writer.insert(StudyRecord(id: "s\(study)", digest: "d\(study)", name: "s", plan: "{}", created: 1)) }
            for number in 0..<60 {
                var run = WorkbenchFixture.newRun(number, study: random.below(3) == 0 ? nil : "s\(random.below(4))")
                run.submitter = random.below(3) == 0 ? nil : "m\(random.below(3))"
                run.priority = random.below(3)
                let record = try writer.submit(run, at: 1000 + Double(random.below(50)))
                if random.below(10) == 0 { try writer.setHold(.pause, ofRun: record.number) }
            }
        }
        var rules = QueueRules([QueueRule(.studies, limit: 1 + random.below(3)), QueueRule(.members, limit: 1 + random.below(4)), QueueRule(.init(.study, "s3"), paused: .save)])
        if random.below(2) == 0 { rules[.queue].limit = 5 }
        let busy = [QueueEntry(id: "a", study: "s1", submitter: "m0"), QueueEntry(id: "b", submitter: "m1")]
        for room in [1, 3, 8, 100] {
            var paged = QueueGate(rules, running: busy, at: 0), whole = paged
            let jobs = try catalog.readNow { reader in
                try paged.next(room) { known, studies, members in
                    try reader.nextJobs(limit: room, except: known, where: QueueFilter(withoutStudies: studies, withoutSubmitters: members))
                }
            }
            var expected: [String] = []
            for job in try catalog.readNow({ try $0.queue(limit: 1000) }) where expected.count < room && whole.admit(QueueEntry(job)) == nil { expected.append(job.id) }
            #expect(jobs.map(\.id) == expected, "seed \(seed), room \(room)")
        }
    }

    @Test func hoursOpenAndClose() throws {
        // 2026-07-01 00:00 UTC; Berlin is two hours ahead.
        let midnight = 1_782_864_000.0
        let night = QueueWindow(opens: 20 * 60, closes: 7 * 60, timeZone: "Europe/Berlin")
        for (hour, isOpen) in [(0.0, true), (4.99, true), (5.01, false), (17.99, false), (18.01, true), (23.0, true)] {
            #expect(night.isOpen(at: midnight + hour * 3600) == isOpen, "\(hour) o'clock UTC")
        }
        #expect(night.nextOpening(after: midnight + 10 * 3600) == midnight + 18 * 3600)
        #expect(night.nextOpening(after: midnight) == midnight)
        let day = QueueWindow(opens: 9 * 60, closes: 17 * 60 + 30, timeZone: "UTC")
        #expect(day.isOpen(at: midnight + 9 * 3600) && !day.isOpen(at: midnight + 17.5 * 3600) && !day.isOpen(at: midnight + 8.99 * 3600))
        // Ten hours of work in hours of 8.5 a day, from the opening on: one night lies between.
        #expect(day.elapsed(10 * 3600, from: midnight + 9 * 3600) == 8.5 * 3600 + 15.5 * 3600 + 1.5 * 3600)
        #expect(day.elapsed(3600, from: midnight + 8 * 3600) == 2 * 3600)
        // The night in which clocks are set forward (2026-03-29 in Berlin) has its opening, too.
        let spring = 1_774_742_400.0 - 3600
        #expect(QueueWindow(opens: 150, closes: 300, timeZone: "Europe/Berlin").nextOpening(after: spring) > spring)
        #expect(QueueWindow(opens: 0, closes: 1, timeZone: "UTC").isOpen(at: -1e300) && !QueueWindow(opens: 1, closes: 2, timeZone: "UTC").isOpen(at: .nan))
    }
}
