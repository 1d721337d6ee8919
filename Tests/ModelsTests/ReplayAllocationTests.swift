import AllocationCounter
import Studies
import Synchronization
import Testing

@testable import Models
@testable import Numerics
@testable import Graphs
@testable import Engine

/// Once a session is bound, replaying its plan allocates no memory, neither from the allocator nor from the system, on no thread of the pool.
/// Only the threads at work are counted, because other tests run concurrently; tests of the suite run one at a time, because they share a counter.
@Suite(.serialized, .enabled(if: fid_counts_allocations(), "this build's allocator cannot be watched")) struct ReplayAllocationTests {
    /// A step of a study's model that updates both networks, on noise images.
    private static func session(_ model: String, _ device: CPUDevice) throws -> Session {
        let model = try #require(ModelCatalog.model(named: model))
        let program = try model.program(
            ModelConfiguration(
                hyperparameters: model.schema.defaults, architecture: .init(name: model.schema.architectures[0], width: 1),
                images: ExampleShape(height: 28, width: 28, channels: 1), batchSize: 8, steps: 100))
        let store = TensorStore()
        program.initialize(store, seed: 1)
        let session = Session(program.mainPhase.plan, store: store, device: device, seed: 1)
        let count = program.batchSize * program.generation.images.count
        session.setInput("images", RandomStream(seed: 1, name: "images").numbers(.uniform(low: 0, high: 1), step: 0, count: count))
        for (name, value) in program.scalars(step: 1) { session.setInput(name, value) }
        return session
    }

    /// Reductions that the pool computes in parts.
    private static func sharedReductions(_ session: Session) throws -> Int {
        let program = try #require(session.compiled as? CPUProgram)
        return unsafe program.bound.count { kernel in
            if case .reduce(_, _, let tasks, _) = unsafe kernel { tasks > 1 } else { false }
        }
    }

    private final class Arrivals: Sendable { let count = Atomic<Int>(0) }

    /// Makes every thread of a pool do something once: none continues before all have arrived.
    private static func onEveryThread(of pool: ThreadPool, _ body: @escaping @Sendable () -> Void) {
        let arrivals = Arrivals()
        pool.run(pool.threads) { _, _ in
            body()
            arrivals.count.add(1, ordering: .acquiringAndReleasing)
            while arrivals.count.load(ordering: .acquiring) < pool.threads {}
        }
    }

    /// Number of allocations of the pool's threads, including the calling one, while the body runs.
    private static func allocations(of pool: ThreadPool, during body: () -> Void) -> Int {
        onEveryThread(of: pool) { fid_count_this_thread(true) }
        let before = fid_allocations()
        body()
        let after = fid_allocations()
        onEveryThread(of: pool) { fid_count_this_thread(false) }
        return after - before
    }

    @Test(arguments: ["ns-gan", "wgan-gp", "began"], [1, 2, 3]) func replaysAskForNoMemory(model: String, threads: Int) throws {
        let device = CPUDevice(threads: threads)
        let session = try Self.session(model, device)
        for step in 1...2 { session.run(step: UInt64(step)) }
        #expect(Self.allocations(of: device.pool) { for step in 3...12 { session.run(step: UInt64(step)) } } == 0)
        let shared = try Self.sharedReductions(session)
        #expect(threads == 1 || shared > 0)
    }

    /// Outputs are overwritten in place; a gather's indices are read in place.
    @Test(arguments: [1, 2]) func gatheringAsksForNoMemory(threads: Int) throws {
        let graph = Graph()
        let table = graph.parameter("table", [500, 300])
        let rows = table.gatherRows(graph.input("indices", [400]))
        let loss = rows.squared().sum()
        let gradient = graph.gradients(of: loss, for: [table])[0]
        let plan = try Plan(graph, outputs: [("rows", rows), ("loss", loss)], updates: [(table, table - gradient * 0.1)])
        let device = CPUDevice(threads: threads)
        let session = Session(plan, store: TensorStore(), device: device, seed: 0)
        session.setInput("indices", (0..<400).map { Float($0 * 7 % 500) })
        session.run(step: 0)
        #expect(Self.allocations(of: device.pool) { for step in 1...20 { session.run(step: UInt64(step)) } } == 0)
    }

    /// The counter detects an array, an object, memory from the system, and another thread's allocation.
    @Test func whatDoesAskIsCounted() {
        let device = CPUDevice(threads: 2)
        var kept: [AnyObject] = []
        kept.reserveCapacity(8)
        #expect(Self.allocations(of: device.pool) {} == 0)
        #expect(Self.allocations(of: device.pool) { kept.append(Arrivals()) } == 1)
        var numbers: [Float] = []
        #expect(Self.allocations(of: device.pool) { numbers = [Float](repeating: 1, count: 1000) } == 1)
        #expect(numbers.count == 1000)
        #expect(Self.allocations(of: device.pool) { kept.append(FloatMemory(count: 1 << 20)) } >= 2)
        let one = Self.allocations(of: device.pool) { Self.onEveryThread(of: device.pool) {} }
        let objects = Self.allocations(of: device.pool) {
            Self.onEveryThread(of: device.pool) { withExtendedLifetime(Arrivals()) {} }
        }
        #expect(objects == one + 2)
    }
}
