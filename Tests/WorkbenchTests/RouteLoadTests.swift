import Canonical
import Catalog
import Dispatch
import Foundation
import HTTPServer
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import Catalog
@testable import API
@testable import Execution

/// Expensive responses never delay cheap ones, and end when they exceed the time limit or nobody waits for them.
@Suite("The cost of responses", .serialized)
struct RouteLoadTests {
    private static let reading = [
        "/audit", "/checkpoints", "/datasets", "/labs", "/labs/{id}", "/evaluations", "/extractors", "/members", "/queue", "/runs", "/runs/{id}/checkpoints", "/runs/{id}/evaluations", "/runs/{id}/history",
        "/runs/{id}/metrics", "/runs/{id}/samples", "/shared", "/shares", "/studies", "/studies/{id}", "/studies/{id}/results", "/tags", "/run-groups", "/runs/{id}/proof", "/trash", "/trash/preview", "/retention",
        "/notebooks", "/notebooks/{id}", "/notebooks/{id}/comments", "/notebooks/{id}/notebook.md", "/notebooks/{id}/operations", "/notebooks/{id}/revisions",
        "/notebooks/{id}/revisions/{revision}", "/notebooks/{id}/proofs", "/notebooks/{id}/proofs/{number:int}",
        "/notebooks/{id}/revisions/{revision}/notebook.md",
    ]
    private static let computing = ["/compare", "/disk", "/retention/preview", "/runs/{id}/difference", "/runs/{id}/files", "/openapi.json", "/labs/{id}/branches/{branch}/animation.png", "/plans/{name}", "/shared/compare", "/studies/{id}/reruns", "/notebooks/{id}/diff", "/notebooks/{id}/outputs", "/notebooks/{id}/cells/{cell}/output"]
        + ["html", "ipynb", "zip"].flatMap { ["/notebooks/{id}/notebook.\($0)", "/notebooks/{id}/revisions/{revision}/notebook.\($0)"] }
    private static let resolving = ["/views", "/notebooks/{id}/render"]
    private static let changing = [
        "POST /shares", "POST /pictures", "POST /labs", "POST /notebooks", "PUT /notebooks/{id}/notebook.md", "POST /notebooks/{id}/outputs/cancel", "POST /notebooks/{id}/revisions", "POST /notebooks/{id}/proofs",
        "POST /notebooks/{id}/revisions/{revision}/restore", "POST /imports", "GET /runs/{id}/bundle.zip", "GET /studies/{id}/bundle.zip",
    ]
    /// Routes answered from a few rows by key, from memory, or as a file.
    private static let light = [
        "GET /account", "DELETE /account/sessions", "DELETE /account/sessions/{id}", "POST /account/password", "POST /account/tokens",
        "DELETE /account/tokens/{id}", "GET /checkpoints/{digest}.npz", "POST /datasets", "GET /demonstration", "GET /experiments", "GET /evaluations/{id}", "POST /evaluations/{id}/cancel", "GET /events", "POST /links",
        "DELETE /labs/{id}", "POST /labs/{id}/actions", "GET /labs/{id}/branches/{branch}/frames/{step}.frame",
        "POST /labels", "POST /trash", "POST /retention/kept", "POST /retention/clean", "PATCH /studies/{id}/retention", "DELETE /studies/{id}/retention", "POST /trash/{number:int}/restore", "DELETE /trash/{number:int}", "POST /members", "PATCH /members/{id}", "DELETE /members/{id}", "POST /members/{id}/link", "POST /members/{id}/sign-out", "GET /metrics",
        "GET /models", "GET /plans", "POST /runs", "GET /runs/{id}", "POST /runs/{id}/cancel", "GET /runs/{id}/log", "POST /runs/{id}/rerun",
        "POST /runs/{id}/resume", "POST /runs/{id}/requeue", "PATCH /queue", "PATCH /runs/{id}/queue", "PATCH /studies/{id}/queue", "PATCH /members/{id}/queue", "GET /runs/{id}/samples/{step:int}.png", "GET /runs/{id}/verification", "DELETE /shares/{id}", "POST /sign-out",
        "GET /status", "POST /studies/{id}/cancel", "GET /runs/{id}/protocols",
        "DELETE /notebooks/{id}", "POST /notebooks/{id}/restore", "POST /notebooks/{id}/operations", "POST /notebooks/{id}/presence", "POST /notebooks/{id}/comments",
        "POST /notebooks/{id}/comments/{number:int}/resolve", "POST /notebooks/{id}/proofs/{number:int}/cancel", "GET /notebooks/{id}/cells/{cell}/forms/{form}",
        "GET /notebooks/{id}/revisions/{revision}/cells/{cell}/forms/{form}",
        // Waits for cells in a queue of their own.
        "POST /notebooks/{id}/outputs",
        // Created by a separate process, one at a time; afterwards files.
        "GET /runs/{id}/initial.npz", "GET /runs/{id}/initial.json", "GET /checkpoints/{digest}/samples.npz", "GET /checkpoints/{digest}/samples.png", "GET /checkpoints/{digest}/samples.zip", "GET /checkpoints/{digest}/latents.png", "GET /checkpoints/{digest}/neighbors.json", "GET /checkpoints/{digest}/neighbors.png", "GET /datasets/{name}/examples.png", "GET /checkpoints/{digest}/features.npz",
        "GET /checkpoints/{digest}/super-resolution.json", "GET /checkpoints/{digest}/super-resolution.png",
        "GET /datasets/{name}/arrays.npz", "GET /datasets/{name}/content.bin", "GET /encoders/{digest}.npz",
    ]

    /// A new route declares its cost, and its row repeats it.
    @Test func everyRouteIsMadeWhereItBelongs() async throws {
        let fixture = try await APIFixture()
        for route in fixture.api.table().routes {
            let isFigure = route.path.contains("/{figure}.") || route.path.hasPrefix("/views/") || route.path.contains("/figures/")
            let expected: RouteLoad? =
                if route.method == .get, isFigure || Self.computing.contains(route.path) { .computing }
                else if route.method == .post, Self.resolving.contains(route.path) { .computing }
                else if route.path == "/studies/preview" { .planning }
                else if route.method == .post, ["/studies", "/studies/{id}/extend", "/evaluations"].contains(route.path) { .expanding }
                else if Self.changing.contains("\(route.method.rawValue) \(route.path)") { .changing }
                else if route.method == .get, Self.reading.contains(route.path) { .reading }
                else if Self.light.contains("\(route.method.rawValue) \(route.path)") { .light }
                else { nil }
            #expect(expected == route.load, "\(route.method) \(route.path): \(route.load)")
        }
        await fixture.workbench.stop()
    }

    /// All lanes and waiting places are occupied by members and guests: cheap requests are still answered, even while the workbench is busy.
    @Test func smallAnswersDoNotWaitForHeavyOnes() async throws {
        let fixture = try await APIFixture()
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(5)).run.id
        let guest = try await fixture.guest(.run, run)
        let queues = fixture.api.queues
        let busy = [queues.reading, queues.computing, queues.planning].flatMap { queue in
            (0..<200).map { number in
                Task { try await queue.perform(for: .init(name: "\(number % 7)", isGuest: number % 2 == 0), isLimited: false) { try await Task.sleep(for: .seconds(600)) } }
            }
        }
        defer { for task in busy { task.cancel() } }
        try await waitUntil { queues.reading.count + queues.computing.count + queues.planning.count >= 60 }
        let occupied = Task { await fixture.workbench.holdUp(for: .seconds(3)) }
        for path in ["/status", "/runs/\(run)", "/events?run=\(run)"] {
            for fields: HTTPFields? in [nil, guest] {
                let began = ContinuousClock.now
                #expect(try await fixture.ask(.get, "/api/v1" + path, fields: fields).status == 200, "\(path)")
                let took = began.duration(to: .now)
                #expect(took < .seconds(2), "\(path): \(took)")
            }
        }
        await occupied.value
        for task in busy { task.cancel() }
        for task in busy { _ = await task.result }
        #expect(queues.reading.count == 0 && queues.computing.count == 0 && queues.planning.count == 0)
        await fixture.workbench.stop()
    }

    /// Statements that would run forever.
    private static let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n"

    @Test func aFilterEndsWithItsRequest() async throws {
        let fixture = try await APIFixture()
        let (queues, catalog) = (fixture.api.queues, fixture.workbench.catalog)
        let request = try Request(target: "/")
        let isReading = Mutex(false)
        let work = Task {
            try await queues.answer(.reading, request) {
                let count = try await catalog.read { reader in
                    isReading.withLock { $0 = true }
                    return try reader.count(Self.endless)
                }
                return .text("\(count)")
            }
        }
        try await waitUntil { isReading.withLock({ $0 }) }
        work.cancel()
        await #expect(throws: CancellationError.self) { _ = try await work.value }
        #expect(queues.reading.count == 0)
        // The reader is free again.
        #expect(try await catalog.read { try $0.count("SELECT 1") } == 1)
        await fixture.workbench.stop()
    }

    @Test func aSlowFilterIsStopped() async throws {
        let limits = WorkQueue.Limits(lanes: 3, lanesOfOne: 2, time: .milliseconds(20))
        let fixture = try await APIFixture(queues: WorkQueues(reading: limits))
        try await fixture.workbench.catalog.write { writer in
            for seed in 0..<3000 { _ = try writer.submit(WorkbenchFixture.newRun(seed), at: 1) }
        }
        let metrics = ["fid", "kid", "is", "f1", "density", "coverage"]
        let slow = (0..<90).map { "best.\(metrics[$0 % metrics.count])>\($0)" }.joined(separator: "%20or%20")
        let answer = try await fixture.get("/runs?limit=1000&filter=\(slow)")
        #expect(answer.status == 503 && answer.json["code"]?.stringValue == "too-slow" && answer.fields[.retryAfter] == "10", "\(answer.text.prefix(300))")
        #expect(answer.json["detail"]?.stringValue?.contains("Request less") == true)
        #expect(fixture.api.queues.reading.count == 0)
        await fixture.workbench.stop()
    }

    @Test func anEndlessQuestionIsStoppedToo() async throws {
        let fixture = try await APIFixture()
        let queues = WorkQueues(reading: WorkQueue.Limits(lanes: 1, lanesOfOne: 1, time: .milliseconds(50)))
        let (catalog, request) = (fixture.workbench.catalog, try Request(target: "/"))
        let error = await #expect(throws: ServerError.self) {
            _ = try await queues.answer(.reading, request) { .text("\(try await catalog.read { try $0.count(Self.endless) })") }
        }
        #expect(error?.code == "too-slow")
        await fixture.workbench.stop()
    }

    /// Plans are read and expanded on separate threads: however many block there, other tasks continue.
    @Test(arguments: [RouteLoad.planning, .expanding, .computing, .reading])
    func whatIsHeavyTakesNoThreadOfThePool(load: RouteLoad) async throws {
        let many = ProcessInfo.processInfo.activeProcessorCount + 4
        let limits = WorkQueue.Limits(lanes: many, lanesOfOne: many, time: .seconds(60))
        let queues = WorkQueues(reading: limits, computing: limits, planning: limits)
        let (blocked, request) = (Tally(), try Request(target: "/"))
        let fixture = try await APIFixture()
        let catalog = fixture.workbench.catalog
        let release = DispatchSemaphore(value: 0)
        let work = (0..<many).map { _ in
            Task {
                try await queues.answer(load, request) {
                    // The work stays there even after a query of the catalog.
                    _ = try await catalog.read { try $0.studies().count }
                    blocked.count.withLock { $0 += 1 }
                    RouteLoadTests.block(release)
                    return .text("")
                }
            }
        }
        try await waitUntil { blocked.count.withLock({ $0 }) >= many }
        #expect(blocked.count.withLock { $0 } == many)
        for _ in 0..<many { #expect(await Task.detached { true }.value) }
        for _ in 0..<many { release.signal() }
        for task in work { #expect(try await task.value.status == .ok) }
        await fixture.workbench.stop()
    }

    private final class Tally: Sendable {
        let count = Mutex(0)
    }

    private static func block(_ semaphore: DispatchSemaphore) { semaphore.wait() }

    /// A preview does not wait for figures of the same member.
    @Test func aPreviewHasThreadsOfItsOwn() async throws {
        let fixture = try await APIFixture()
        let queues = fixture.api.queues
        let busy = (0..<8).map { _ in
            Task { try await queues.computing.perform(for: .init(name: "local", isGuest: false), isLimited: false) { try await Task.sleep(for: .seconds(600)) } }
        }
        defer { for task in busy { task.cancel() } }
        try await waitUntil { queues.computing.count >= 8 }
        #expect(try await fixture.post("/studies/preview", APIFixture.plan()).status == 200)
        await fixture.workbench.stop()
    }

    /// The size of a plan is computed; its runs are created when they are queued.
    @Test func aPreviewCountsRunsWithoutMakingThem() async throws {
        let fixture = try await APIFixture()
        let plan = #"{"name":"large","dataset":"polygons","models":["ns-gan","wgan"],"protocol":{"kind":"wide","settings":1000},"seeds":50,"steps":20}"#
        let began = ContinuousClock.now
        let answer = try await fixture.post("/studies/preview", plan)
        let took = began.duration(to: .now)
        #expect(answer.status == 200 && answer.json["runs"] == 100_000 && answer.json["steps"] == 2_000_000, "\(answer.text.prefix(300))")
        // Creating them takes a minute in a debug build.
        #expect(took < .seconds(5), "\(took)")
        let more = plan.replacing("\"seeds\":50", with: "\"seeds\":51")
        #expect(try await fixture.post("/studies/preview", more).status == 422)
        await fixture.workbench.stop()
    }
}

extension Workbench {
    /// Blocks the workbench, as a large change does.
    fileprivate func holdUp(for time: Duration) {
        Thread.sleep(forTimeInterval: Double(time.components.seconds))
    }
}
