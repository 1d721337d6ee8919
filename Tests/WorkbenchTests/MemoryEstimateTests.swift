import Canonical
import Datasets
import Models
import Studies
import Testing
import Training

@testable import Execution

@Suite("Memory estimates of runs", .serialized)
struct MemoryEstimateTests {
    private let datasets = DatasetStore(root: "/nonexistent/datasets")

    private func specification(_ changes: [String: JSONValue] = [:]) throws -> Specification {
        let plain: [String: JSONValue] = ["model": "ns-gan", "dataset": "polygons", "steps": 20, "architecture": ["width": 0.25], "evaluation": ["samples": 256]]
        return try Specification(reading: .object(plain.merging(changes) { $1 }), models: ModelCatalog.schemas, datasets: datasets.facts)
    }

    private func need(_ changes: [String: JSONValue] = [:]) throws -> MemoryNeed { try MemoryNeed(specification(changes), datasets: datasets) }

    /// Parts that can be counted by hand, and what each field of a specification changes.
    @Test func itGrowsWithWhatIsAskedFor() throws {
        let plain = try need()
        #expect(plain.checkpoint == 4 * plain.state)
        #expect(plain.dataset == DatasetDescription.polygons.images * (28 * 28 + 1))
        let large = try need(["batch_size": 256])
        #expect(large.scratch > 2 * plain.scratch, "\(large.scratch) and \(plain.scratch)")
        #expect(large.state == plain.state && large.dataset == plain.dataset)
        let wide = try need(["architecture": ["width": 1]])
        #expect(wide.state > 10 * plain.state)
        let measured = try need(["evaluation": ["samples": 2000, "metrics": ["kid"]]])
        #expect(measured.evaluation - plain.evaluation == 2 * 2000 * 64 * 12)
        let points = try need(["dataset": "ring"])
        #expect(points.dataset == 110_000 * (2 * 4 + 1) && points.state < plain.state)
    }

    /// The published network on images of 28x28: 27 million numbers with moments and averages, of which a checkpoint holds four more copies, two of them
    /// while it is read back. The peak of a worker was 877 MiB.
    @Test func itIsNearWhatWasMeasured() throws {
        let total = Double(try need(["architecture": ["width": 1], "evaluation": ["samples": 1000]]).total) / Double(1 << 20)
        #expect((800...1000).contains(total), "\(total) MiB")
    }

    @Test func whatDoesNotFitIsRefusedWithNumbers() throws {
        let planner = RunPlanner(models: ModelCatalog.schemas, datasets: datasets, memory: MemoryEstimates(limit: 64 << 20))
        let json: JSONValue = ["model": "ns-gan", "dataset": "polygons", "steps": 20]
        let error = #expect(throws: FieldError.self) { try planner.run(reading: json) }
        #expect(error?.path == "batch_size" && "\(error!)".contains("and 64 MiB are there") && "\(error!)".contains("a run would need about"))
        let wide = RunPlanner(models: ModelCatalog.schemas, datasets: datasets, memory: MemoryEstimates(limit: 64 << 30))
        #expect(try wide.run(reading: json).memory?.total ?? 0 > 64 << 20)
    }

    @Test func submissionsTellTheEstimate() async throws {
        let fixture = try await APIFixture()
        let run = try await fixture.post("/runs", #"{"model":"ns-gan","dataset":"polygons","steps":20,"architecture":{"width":0.25}}"#)
        #expect(run.status == 201 && run.json["estimate"]?["memory_bytes"]?.integerValue ?? 0 > 50 << 20)
        let plan = #"{"name":"s","dataset":"polygons","models":["ns-gan","wgan"],"protocol":{"kind":"single"},"seeds":1,"steps":20,"width":0.25}"#
        let preview = try await fixture.post("/studies/preview", plan)
        let study = try await fixture.post("/studies", plan)
        #expect(preview.json["estimate"]?["memory_bytes"]?.integerValue ?? 0 > 50 << 20)
        #expect(study.json["estimate"]?["memory_bytes"] == preview.json["estimate"]?["memory_bytes"])
        // 20 steps, a checkpoint every 5, an evaluation every 2: of two models, four checkpoints and at most four more for the best values.
        var states = 0
        for model in ["ns-gan", "wgan"] {
            let run: JSONValue = ["model": .string(model), "dataset": "polygons", "steps": 20, "architecture": ["width": 0.25]]
            states += try RunPlanner(models: ModelCatalog.schemas, datasets: datasets).run(reading: run).memory?.state ?? 0
        }
        #expect(states > 1 << 20 && preview.json["estimate"]?["disk_bytes"]?.numberValue == Double(8 * states))
        #expect(study.json["estimate"]?["memory_limit_bytes"] == preview.json["estimate"]?["memory_limit_bytes"])
        await fixture.workbench.stop()
    }
}
