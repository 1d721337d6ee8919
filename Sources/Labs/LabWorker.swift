public import Canonical

/// Trains one lab while commands arrive: plays, pauses, advances. It writes frames, and says what it does in lines of JSON.
///
/// Commands: `{"command": "play", "branch": ID, "from": STEP, "every": UPDATES, "rate": FRAMES_PER_SECOND}`, `{"command": "advance", "branch": ID, "from": STEP, "steps": UPDATES}`,
/// `{"command": "pause"}`. A new command takes the place of the one before.
public final class LabWorker {
    /// The most frames per second.
    public static let mostRate = 60
    /// The most updates between two frames.
    public static let mostUpdates = 10_000
    /// The most bytes of a lab's frames.
    public static let mostBytes = 64 << 20

    private enum Work: Equatable {
        case idle
        /// - until: nil to go on
        case train(branch: String, from: Int, every: Int, rate: Int, until: Int?)
    }

    private let folder: LabFolder
    private let say: (JSONValue) -> Void
    private let next: (_ wait: Double?) -> String?
    private let threads: Int
    private var trainer: (branch: String, trainer: LabTrainer)?
    private var bytes: Int
    private var isOver = false
    /// States of recorded frames, so that going back to one costs nothing.
    private var states: [LabState] = []

    /// - Parameters:
    ///   - say: gets each line
    ///   - next: the next command; waits so many seconds for it, or without end. An empty text if there is none, nil at the end of all commands
    public init(_ folder: LabFolder, threads: Int = 1, say: @escaping (JSONValue) -> Void, next: @escaping (_ wait: Double?) -> String?) throws {
        (self.folder, self.threads, self.say, self.next) = (folder, threads, say, next)
        bytes = try folder.sweep()
    }

    /// Works until the commands end.
    public func run() {
        var work = Work.idle
        while !isOver {
            if let command = take(waitingFor: nil) { work = command }
            while case .train(let branch, let from, let every, let rate, let until) = work {
                work = .idle
                do {
                    if let command = try train(branch, from, every, rate, until) { work = command }
                } catch {
                    say(.object(["state": "paused", "branch": .string(branch), "reason": .string("\(error)")]))
                }
            }
        }
    }

    /// The command that is there, if there is one.
    private func take(waitingFor seconds: Double?) -> Work? {
        guard !isOver else { return nil }
        guard let line = next(seconds) else {
            isOver = true
            return Work.idle
        }
        guard !line.isEmpty else { return nil }
        do {
            return try read(line)
        } catch {
            say(.object(["state": "paused", "reason": .string("\(error)")]))
            return nil
        }
    }

    private func read(_ line: String) throws -> Work {
        var fields = try FieldReader(JSONValue(parsing: line))
        let command = try fields.oneOf("command", ["play", "pause", "advance"])
        if command == "pause" {
            try fields.finish()
            return .idle
        }
        let branch = try fields.string("branch"), from = try fields.integer("from", in: 0...LabBranch.mostSteps)
        let work: Work
        if command == "play" {
            work = .train(
                branch: branch, from: from, every: try fields.integer("every", in: 1...Self.mostUpdates), rate: try fields.integer("rate", in: 1...Self.mostRate), until: nil)
        } else {
            let steps = try fields.integer("steps", in: 0...Self.mostUpdates)
            work = .train(branch: branch, from: from, every: max(1, steps), rate: Self.mostRate, until: min(LabBranch.mostSteps, from + steps))
        }
        try fields.finish()
        return work
    }

    // MARK: Training

    /// - Returns: the command that ended it; nil if it ended by itself
    private func train(_ branch: String, _ from: Int, _ every: Int, _ rate: Int, _ until: Int?) throws -> Work? {
        var command: Work?
        let trainer = try trainer(of: branch, notAfter: from)
        func interrupted() -> Bool {
            if let found = take(waitingFor: 0) { command = found }
            return command != nil
        }
        say(.object(["state": "positioning", "branch": .string(branch), "step": .count(from)]))
        var asked = 0
        let reached = try trainer.advance(to: from) {
            asked += 1
            return asked % 64 == 0 && interrupted()
        }
        guard reached, command == nil else { return end(branch, trainer, command) }
        bytes += try folder.write(trainer.reference(), to: folder.reference(branch))
        try record(branch, trainer)
        say(.object(["state": until == nil ? "playing" : "advancing", "branch": .string(branch), "step": .count(from)]))
        let begin = ContinuousClock.now
        var frames = 0
        while command == nil, trainer.diverged == nil, trainer.step < until ?? LabBranch.mostSteps {
            try trainer.advance(to: min(trainer.step + every, until ?? LabBranch.mostSteps))
            try record(branch, trainer)
            frames += 1
            let due = begin + .seconds(Double(frames) / Double(rate)), left = ContinuousClock.now.duration(to: due)
            let seconds = until == nil ? Double(left.components.seconds) + Double(left.components.attoseconds) * 1e-18 : 0
            if let found = take(waitingFor: max(0, seconds)) { command = found }
        }
        return end(branch, trainer, command)
    }

    private func end(_ branch: String, _ trainer: LabTrainer, _ command: Work?) -> Work? {
        let reason: JSONValue = trainer.diverged.map { .string("\(LabError.diverged(step: $0))") } ?? .null
        say(.object(["state": "paused", "branch": .string(branch), "step": .count(trainer.step), "reason": reason]))
        return command
    }

    /// The trainer at hand if it is on this branch and not beyond the step, or one that begins with the last state before the step that is known, or at the root.
    private func trainer(of branch: String, notAfter step: Int) throws -> LabTrainer {
        if let trainer, trainer.branch == branch, trainer.trainer.step <= step { return trainer.trainer }
        let chain = try folder.chain(to: branch)
        let usable = states.filter { state in
            guard state.step <= step, let place = chain.firstIndex(where: { $0.id == state.branch }) else { return false }
            return place + 1 == chain.count || chain[place + 1].start >= state.step
        }
        let made = if let state = usable.max(by: { $0.step < $1.step }) { try LabTrainer(chain, from: state, threads: threads) } else { try LabTrainer(chain, threads: threads) }
        trainer = (branch, made)
        return made
    }

    /// Keeps the state of a recorded frame: the last ones, and one in a thousand steps.
    private func keep(_ state: LabState) {
        states.removeAll { $0.branch == state.branch && $0.step == state.step }
        states.append(state)
        guard states.count > Self.mostStates else { return }
        let recent = states.count - Self.mostStates / 2
        // Of the earlier ones, those that are the first of their thousand; if there are too many, the earliest go.
        var thousands: Set<String> = []
        let kept = states[..<recent].filter { thousands.insert("\($0.branch) \($0.step / 1000)").inserted }
        states = Array(kept.suffix(Self.mostStates / 2 - 1)) + states[recent...]
    }

    private static let mostStates = 128

    private func record(_ branch: String, _ trainer: LabTrainer) throws {
        let path = folder.frame(branch, step: trainer.step)
        guard bytes < Self.mostBytes || FileSystem.exists(path) else { throw LabError.full(limit: Self.mostBytes >> 20) }
        bytes += try folder.write(trainer.frame(), to: path)
        keep(trainer.state)
        say(.object(["frame": .count(trainer.step), "branch": .string(branch)]))
    }
}
