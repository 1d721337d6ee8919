import Access
import Catalog
import HTTPServer

/// The cost of a response, and therefore where it is computed.
enum RouteLoad: Sendable, Hashable {
    /// A few rows by key, a file, or a value in memory: answered immediately.
    case light
    /// Queries whose cost depends on the filter or on the size of a run or study.
    case reading
    /// Computation: figures, resampling, the API description.
    case computing
    /// Like `computing`, for a change, which has no time limit.
    case changing
    /// Reading a plan and estimating its cost.
    case planning
    /// Like `planning`, for a study that is queued: creating its runs has no time limit.
    case expanding
}

/// The queues of a server's responses, by cost.
struct WorkQueues: Sendable {
    /// The catalog has more readers than these kinds can use (`Catalog.readers`), so that light responses always find one.
    let reading: WorkQueue
    let computing: WorkQueue
    /// Separate, so that a preview does not wait for figures.
    let planning: WorkQueue

    init(
        reading: WorkQueue.Limits = .init(lanes: 3, lanesOfOne: 2, time: .seconds(5)),
        computing: WorkQueue.Limits = .init(lanes: 2, lanesOfOne: 1, time: .seconds(30)),
        planning: WorkQueue.Limits = .init(lanes: 3, lanesOfOne: 2, time: .seconds(30))
    ) {
        self.reading = WorkQueue("reading", reading)
        self.computing = WorkQueue("computing", computing)
        self.planning = WorkQueue("planning", planning)
    }

    /// Computes a response according to its load, as long as the client waits.
    func answer(_ load: RouteLoad, _ request: Request, _ work: @escaping @Sendable () async throws -> Response) async throws -> Response {
        try await compute(load, request, work)
    }

    /// Computes a part of a response according to its load, as long as the client waits.
    func compute<Part: Sendable>(_ load: RouteLoad, _ request: Request, _ work: @escaping @Sendable () async throws -> Part) async throws -> Part {
        guard let queue = queue(of: load) else { return try await work() }
        let asker = WorkQueue.Asker(Visitor.current)
        return try await request.client.whileWaiting {
            try await queue.perform(for: asker, isLimited: load != .changing && load != .expanding, work)
        }
    }

    /// Nil for what is answered immediately.
    func queue(of load: RouteLoad) -> WorkQueue? {
        switch load {
        case .light: nil
        case .reading: reading
        case .computing, .changing: computing
        case .planning, .expanding: planning
        }
    }
}

extension WorkQueue.Asker {
    /// A member with all sessions and tokens, all readers of one link, or this program.
    init(_ visitor: Visitor) {
        if let share = visitor.share {
            self.init(name: share.id, isGuest: true)
        } else {
            self.init(name: visitor.member ?? visitor.name, isGuest: false)
        }
    }
}
