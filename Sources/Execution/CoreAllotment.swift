/// Which runs of the queue start now, and with how many threads. No bit depends on it.
///
/// Runs never have more threads in all than there are cores: a run for which none is free waits. The user may say otherwise by allowing more jobs than
/// there are cores; then each further run gets one thread. Runs start in the order of the queue: one that waits for its cores is not overtaken.
struct CoreAllotment: Equatable {
    let capacity: ExecutorCapacity

    struct Start: Equatable {
        var threads: Int
        /// What was asked for, where there are fewer cores than that: the run then has all of them, alone.
        var asked: Int?
    }

    /// - Parameters:
    ///   - queue: the threads that each queued run asks for, in the queue's order; nil for one that takes its share.
    ///   - busy: the threads of each job that has not ended.
    /// - Returns: the starts of the queue's first runs. Cores that are free are shared by those that ask for no number; the first ones get what is left over.
    func starts(queue: [Int?], busy: [Int]) -> [Start] {
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
