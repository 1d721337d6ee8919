import Access
import Catalog
import HTTPServer

/// What an answer costs, and so where it is made.
enum RouteLoad: Sendable, Hashable {
    /// A few rows by their keys, a file, a value in memory: answered at once.
    case light
    /// Questions to the catalog whose cost depends on the filter, or on how large a run or study is.
    case reading
    /// Computing: figures, resampling, describing the API.
    case computing
    /// As `computing`, of a change that takes the time it needs.
    case changing
    /// Reading a plan and counting what it comes to.
    case planning
    /// As `planning`, of a study that is queued: its runs are made, which takes the time it needs.
    case expanding
}

/// The queues of a server's answers, by what they cost.
struct WorkQueues: Sendable {
    /// The catalog has more readers than these kinds can take (`Catalog.readers`), so that light answers always find one.
    let reading: WorkQueue
    let computing: WorkQueue
    /// Of its own, so that a preview waits for no figure.
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

    /// Answers a request where its load belongs, for as long as the client waits.
    func answer(_ load: RouteLoad, _ request: Request, _ work: @escaping @Sendable () async throws -> Response) async throws -> Response {
        guard let queue = queue(of: load) else { return try await work() }
        let asker = WorkQueue.Asker(Visitor.current)
        return try await request.client.whileWaiting {
            try await queue.perform(for: asker, isLimited: load != .changing && load != .expanding, work)
        }
    }

    /// Nil for what is answered at once.
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
