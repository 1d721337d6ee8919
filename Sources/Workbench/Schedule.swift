/// How the cores are shared out.
struct Schedule: Equatable {
    /// Most workers at a time.
    var limit: Int
    var cores: Int

    /// How many queued runs to start now.
    func starts(queued: Int, active: Int) -> Int {
        max(0, min(queued, limit - active))
    }

    /// Threads for each worker started now: the cores shared by all that will then be at work.
    func threads(queued: Int, active: Int) -> Int {
        max(1, cores / max(1, active + starts(queued: queued, active: active)))
    }
}
