/// Decides which queued runs start now and with how many threads. The results do not depend on it.
///
/// The runs' threads never exceed the number of cores; a run for which no core is free waits. If the user allows more jobs than cores, each further
/// run gets one thread. Runs start in queue order: a run that waits for cores is not overtaken.
struct CoreAllotment: Equatable {
    let capacity: ExecutorCapacity

    struct Start: Equatable {
        var threads: Int
        /// The number of threads requested, if it exceeds the number of cores: the run then gets all cores, alone.
        var asked: Int?
    }

    /// - Parameters:
    ///   - queue: the threads that each queued run requests, in queue order; nil for an equal share.
    ///   - busy: the threads of each unfinished job.
    /// - Returns: the starts of the first runs in the queue. Runs that request no number share the free cores; the first ones get the remainder.
    func starts(queue: [Int?], busy: [Int]) -> [Start] {
        if let threads = capacity.threadsOfJob {
            return queue.prefix(max(0, capacity.jobs - busy.count)).map { Start(threads: max(1, $0 ?? threads)) }
        }
        let cores = max(1, capacity.cores)
        let mayCrowd = capacity.jobs > cores
        var free = max(0, busy.reduce(cores) { $0 - max(1, $1) })
        var starts: [Start] = []
        for wish in queue.prefix(max(0, capacity.jobs - busy.count)) {
            let needed = min(max(1, wish ?? 1), cores)
            guard needed <= free || wish == nil && mayCrowd else { break }
            free = max(0, free - needed)
            starts.append(Start(threads: needed, asked: wish.flatMap { $0 > cores ? $0 : nil }))
        }
        let sharing = starts.indices.filter { queue[$0] == nil }
        for (place, index) in sharing.enumerated() {
            let share = (free + sharing.count - place - 1) / (sharing.count - place)
            starts[index].threads += share
            free -= share
        }
        return starts
    }
}
