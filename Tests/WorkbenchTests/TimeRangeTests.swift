import Canonical
import Catalog
import Testing

@testable import API
@testable import Execution
@testable import Results

/// Time left as a range, from measurements and from operation counts.
@Suite("Time left", .serialized)
struct TimeRangeTests {
    @Test func measuredRatesGiveARange() throws {
        #expect(TimeRange(measured: [], basis: .measured) == nil && TimeRange(measured: [0], basis: .measured) == nil)
        let one = try #require(TimeRange(measured: [2], basis: .measured))
        #expect(one.low == 1.6 && one.high == 2.5)
        let many = try #require(TimeRange(measured: [2, 4, 3], basis: .comparable))
        #expect(many == TimeRange(low: 2, high: 4, basis: .comparable))
    }

    private struct Kind {
        var low: Double
        var high: Double
        var jobs: [Int] = []
    }

    /// Whatever the order in which workers take jobs, the end lies in the range, if every rate does.
    @Test(arguments: 0..<30 as Range<UInt64>) func everyOrderEndsInTheRange(seed: UInt64) throws {
        var random = SeededRandom(state: seed)
        let workers = 1 + random.below(5)
        var kinds: [Kind] = []
        var left = WorkLeft()
        for _ in 0..<3 {
            var kind = Kind(low: Double(1 + random.below(5)), high: Double(6 + random.below(5)))
            for _ in 0...random.below(6) { kind.jobs.append(1 + random.below(40)) }
            kinds.append(kind)
            let seconds = TimeRange(low: kind.low, high: kind.high, basis: .measured)
            left.parts.append(WorkLeft.Part(steps: kind.jobs.reduce(0, +), longest: kind.jobs.max() ?? 0, seconds: seconds))
        }
        let range = try #require(left.time(workers: workers))
        for _ in 0..<20 {
            var jobs: [Double] = []
            for kind in kinds {
                for steps in kind.jobs {
                    let share = Double(random.below(101)) / 100
                    jobs.append(Double(steps) * (kind.low + (kind.high - kind.low) * share))
                }
            }
            for index in jobs.indices { jobs.swapAt(index, random.below(jobs.count)) }
            var ends = [Double](repeating: 0, count: workers)
            for job in jobs {
                let first = ends.indices.min { ends[$0] < ends[$1] }!
                ends[first] += job
            }
            let end = ends.max()!
            #expect(end >= range.low - 1e-9 && end <= range.high + 1e-9, "\(end) in \(range)")
        }
        #expect(WorkLeft().time(workers: 1) == nil)
    }

    /// Before anything has run the range comes from operation counts; a model with twice the batch needs about twice the operations.
    @Test func operationsGiveARangeBeforeAnythingHasRun() async throws {
        let fixture = try await APIFixture()
        func preview(_ batch: Int) async throws -> JSONValue {
            let plan = #"{"name":"p","dataset":"polygons","models":["ns-gan"],"protocol":{"kind":"single"},"seeds":4,"steps":1000,"batch_size":\#(batch)}"#
            let answer = try await fixture.post("/studies/preview", plan)
            #expect(answer.status == 200, "\(answer.text)")
            return try #require(answer.json["estimate"]?["range"])
        }
        let small = try await preview(32), large = try await preview(64)
        #expect(small["basis"] == "operations" && large["basis"] == "operations")
        for end in ["low", "high"] {
            let most = try #require(large[end]?.numberValue), least = try #require(small[end]?.numberValue), ratio = most / least
            #expect(ratio > 1.5 && ratio < 2.1, "\(end): \(ratio)")
        }
        let study = try await fixture.post("/studies", APIFixture.plan())
        let left = study.json["remaining_range"]
        #expect(left?["basis"] == "operations" && (left?["low"]?.numberValue ?? 0) > 0 && (left?["high"]?.numberValue ?? 0) > (left?["low"]?.numberValue ?? 0), "\(study.text)")
        // Measured runs take their place.
        try await fixture.workbench.start()
        for run in try fixture.workbench.catalog.readNow({ try $0.runs(ofStudy: study.json["id"]?.stringValue ?? "") }) { try await fixture.workbench.wait(for: run.id) }
        let more = try await fixture.post("/studies/\(study.json["id"]?.stringValue ?? "")/extend", #"{"add_seeds":1}"#)
        #expect(more.json["remaining_range"] == .null || more.json["remaining_range"]?["basis"] == "measured", "\(more.text)")
        await fixture.workbench.stop()
    }
}
