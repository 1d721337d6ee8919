package import Canonical
package import Labs
import Storage

/// The owner of the labs: their branches, and the processes that train them. A lab that nobody asks for any more stops.
package actor LabKeeper {
    /// Limits and times.
    package struct Settings: Sendable {
        /// Labs that train or wait for a command at a time, and those of one member.
        package var mostLive = 16
        package var mostLiveOfMember = 10
        /// Recorded labs, and branches of one.
        package var mostLabs = 200
        package var mostBranches = 200
        /// Seconds without a heartbeat after which a lab stops.
        package var lease = 15.0
        /// Memory of one process beyond the program's own, in MiB.
        package var memory = 1024
    }

    /// A lab with a process.
    private struct Live {
        let process: LabProcess
        let member: String
        /// The last state that the process said.
        var state: [String: JSONValue] = ["state": "paused"]
        var heartbeat: Double
        /// How it plays, to continue on another branch.
        var pace: (every: Int, rate: Int)?
    }

    private let labs: String
    private let hub: LiveHub
    private let executable: String?
    private let uptime: @Sendable () -> Double
    private let settings: Settings
    private var live: [String: Live] = [:]
    private var watch: Task<Void, Never>?

    init(labs: String, hub: LiveHub, executable: String?, settings: Settings = Settings(), uptime: @escaping @Sendable () -> Double) {
        (self.labs, self.hub, self.executable, self.settings, self.uptime) = (labs, hub, executable, settings, uptime)
    }

    // MARK: Labs

    /// All labs, by id.
    package func all() throws -> [(id: String, root: LabBranch, branches: Int, isLive: Bool)] {
        try LabFolder.all(in: labs).compactMap { folder in
            guard let root = try? folder.branch(folder.id), let branches = try? folder.branchCount() else { return nil }
            return (folder.id, root, branches, live[folder.id] != nil)
        }
    }

    /// The lab of a specification, which is made if it does not exist.
    /// - Errors: `FieldError`, `LabKeeperError.tooManyLabs`
    package func create(_ specification: JSONValue) throws -> (folder: LabFolder, isNew: Bool) {
        let read = try LabSpecification(reading: specification, path: "specification")
        let isKnown = FileSystem.isFolder("\(labs)/\(LabBranch(read).id)")
        if !isKnown, try LabFolder.all(in: labs).count >= settings.mostLabs { throw LabKeeperError.tooManyLabs(settings.mostLabs) }
        let made = try LabFolder.create(read, in: labs)
        return (made.0, made.isNew)
    }

    /// - Errors: `LabError.unknownLab`
    package func folder(_ id: String) throws -> LabFolder {
        let folder = try LabFolder(id, in: labs)
        guard FileSystem.isFolder(folder.path) else { throw LabError.unknownLab(id) }
        return folder
    }

    /// Stops a lab and removes its files.
    package func remove(_ id: String) throws {
        let folder = try folder(id)
        live.removeValue(forKey: id)?.process.kill()
        try folder.remove()
        tell(id, ["state": "removed"])
    }

    /// What a lab is doing: its state, branch, and step; nil if it has no process.
    package func state(_ id: String) -> [String: JSONValue]? { live[id]?.state }

    // MARK: Commands

    /// Plays a branch from a step on: a frame after so many updates, at most so many a second.
    package func play(_ id: String, branch: String, from: Int, every: Int, rate: Int, by member: String) throws {
        try check(id, branch, from)
        try send(id, by: member, pace: (every, rate), Self.play(branch, from, every, rate))
    }

    private static func play(_ branch: String, _ from: Int, _ every: Int, _ rate: Int) -> JSONValue {
        .object(["command": "play", "branch": .string(branch), "from": .count(from), "every": .count(every), "rate": .count(rate)])
    }

    /// Stops training; the lab keeps its process.
    package func pause(_ id: String) throws {
        _ = try folder(id)
        guard live[id] != nil else { return }
        live[id]?.pace = nil
        live[id]?.heartbeat = uptime()
        _ = live[id]?.process.send(["command": "pause"])
    }

    /// Trains so many steps of a branch and records a frame; none records the frame of the step itself.
    package func advance(_ id: String, branch: String, from: Int, steps: Int, by member: String) throws {
        try check(id, branch, from)
        try send(id, by: member, pace: nil, .object(["command": "advance", "branch": .string(branch), "from": .count(from), "steps": .count(steps)]))
    }

    /// A branch of a branch after a step. If the lab plays the branch, it goes on with the new one.
    package func branch(_ id: String, of parent: String, after step: Int, changes: JSONValue) throws -> LabBranch {
        let folder = try folder(id), made = try folder.branch(parent).branch(after: step, changes: changes)
        if try folder.branchCount() >= settings.mostBranches, (try? folder.branch(made.id)) == nil { throw LabKeeperError.tooManyBranches(settings.mostBranches) }
        try folder.add(made)
        tell(id, ["branch": .string(made.id), "state": "branched"])
        if let lab = live[id], let pace = lab.pace, lab.state["branch"] == .string(parent) { _ = lab.process.send(Self.play(made.id, step, pace.every, pace.rate)) }
        return made
    }

    /// Keeps a lab for another while. - Returns: whether it has a process
    package func heartbeat(_ id: String) -> Bool {
        live[id]?.heartbeat = uptime()
        return live[id] != nil
    }

    private func check(_ id: String, _ branch: String, _ step: Int) throws {
        let found = try folder(id).branch(branch)
        guard found.start...LabBranch.mostSteps ~= step else { throw LabError.badStep(step, allowed: found.start...LabBranch.mostSteps) }
    }

    // MARK: Processes

    private func send(_ id: String, by member: String, pace: (every: Int, rate: Int)?, _ command: JSONValue) throws {
        if live[id] == nil { try start(id, by: member) }
        live[id]?.heartbeat = uptime()
        live[id]?.pace = pace
        _ = live[id]?.process.send(command)
    }

    private func start(_ id: String, by member: String) throws {
        guard let executable else { throw LabKeeperError.unavailable }
        guard live.count < settings.mostLive else { throw LabKeeperError.tooManyLive(settings.mostLive) }
        guard live.values.count(where: { $0.member == member }) < settings.mostLiveOfMember else { throw LabKeeperError.tooManyOfMember(settings.mostLiveOfMember) }
        let path = try folder(id).path
        let (lines, input) = AsyncStream.makeStream(of: JSONValue.self)
        let process = try LabProcess(
            executable, ["lab-worker", path, "--memory", String(settings.memory)], receive: { _ = input.yield($0) }, ended: { input.finish() })
        live[id] = Live(process: process, member: member, heartbeat: uptime())
        Task { [weak self] in
            for await line in lines { await self?.note(id, line, of: process) }
            await self?.ended(id, process)
        }
        guard watch == nil else { return }
        watch = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(500))
                await self?.stopForgotten()
            }
        }
    }

    private func note(_ id: String, _ line: JSONValue, of process: LabProcess) {
        guard live[id]?.process === process, case .object(let fields) = line else { return }
        if let step = fields["frame"], let branch = fields["branch"] {
            live[id]?.state["branch"] = branch
            live[id]?.state["step"] = step
        } else {
            live[id]?.state = fields
            if fields["state"] == "paused", fields["reason"] != .null { live[id]?.pace = nil }
        }
        tell(id, fields)
    }

    private func ended(_ id: String, _ process: LabProcess) {
        guard live[id]?.process === process else { return }
        live[id] = nil
        tell(id, ["state": "stopped"])
    }

    private func stopForgotten() {
        let now = uptime()
        for lab in live.values where now - lab.heartbeat > settings.lease { lab.process.kill() }
    }

    /// Ends all processes.
    func stop() {
        watch?.cancel()
        for lab in live.values { lab.process.kill() }
    }

    private func tell(_ id: String, _ fields: [String: JSONValue]) {
        hub.publish("lab", lab: id, isVolatile: true, data: JSONValue.object(fields.merging(["lab": .string(id)]) { $1 }).canonicalText)
    }
}

/// Why a lab cannot be made, or cannot train.
package enum LabKeeperError: Error, Equatable, CustomStringConvertible {
    case tooManyLabs(Int)
    case tooManyBranches(Int)
    case tooManyLive(Int)
    case tooManyOfMember(Int)
    case unavailable

    package var description: String {
        switch self {
        case .tooManyLabs(let most): "there are \(most) labs, which is the limit; delete one first"
        case .tooManyBranches(let most): "the lab has \(most) branches, which is the limit; create another lab"
        case .tooManyLive(let most): "\(most) labs are training, which is the limit; try again when one has stopped"
        case .tooManyOfMember(let most): "you have \(most) labs that train or wait, which is the limit; stop one first"
        case .unavailable: "this server starts no processes of labs"
        }
    }
}
