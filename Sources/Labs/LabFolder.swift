import Canonical
import Codecs
import Foundation

/// The files of one lab: `branches/BRANCH.json`, `frames/BRANCH/STEP.frame`, and `frames/BRANCH/reference.frame`. Every file is written once.
public struct LabFolder: Sendable, Hashable {
    /// The lab's id: that of its root.
    public let id: String
    /// The path of the folder.
    public let path: String

    /// Names the folder of a lab in the folder of all labs.
    /// - Errors: `LabError.unknownLab` if the text cannot be an id
    public init(_ id: String, in labs: String) throws(LabError) {
        guard Self.isID(id) else { throw .unknownLab(id) }
        (self.id, path) = (id, labs + "/" + id)
    }

    private static func isID(_ text: String) -> Bool {
        text.utf8.count == 16 && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }

    /// The labs of a folder, sorted by id.
    public static func all(in labs: String) throws -> [LabFolder] {
        guard FileSystem.isFolder(labs) else { return [] }
        return try FileSystem.names(in: labs).filter(isID).sorted().map { try LabFolder($0, in: labs) }
    }

    /// Writes the lab of a specification, if it is new. - Returns: its folder, and whether it is new
    public static func create(_ specification: LabSpecification, in labs: String) throws -> (LabFolder, isNew: Bool) {
        let root = LabBranch(specification), folder = try LabFolder(root.id, in: labs)
        let isNew = !FileSystem.exists(folder.file(of: root.id))
        try folder.add(root)
        return (folder, isNew)
    }

    private func file(of branch: String) -> String { "\(path)/branches/\(branch).json" }

    /// Writes a branch, if it is new.
    public func add(_ branch: LabBranch) throws {
        guard !FileSystem.exists(file(of: branch.id)) else { return }
        try FileSystem.makeFolder("\(path)/branches", mode: 0o700)
        try AtomicFile.write(Array(branch.json.canonicalText.utf8), to: file(of: branch.id), mode: 0o600)
    }

    /// A branch.
    /// - Errors: `LabError.unknownBranch`, `damaged`, `otherNumerics`
    public func branch(_ id: String) throws -> LabBranch {
        guard Self.isID(id), FileSystem.exists(file(of: id)) else { throw LabError.unknownBranch(id) }
        let branch: LabBranch
        do {
            branch = try LabBranch(reading: JSONValue(parsing: FileSystem.read(file(of: id), limit: 1 << 20)))
        } catch let error as FieldError {
            throw LabError.damaged(file: file(of: id), problem: "\(error)")
        }
        guard branch.numerics == Version.numerics else { throw LabError.otherNumerics(found: branch.numerics, own: Version.numerics) }
        guard branch.id == id else { throw LabError.damaged(file: file(of: id), problem: "it contains the branch \(branch.id)") }
        return branch
    }

    /// From the root to a branch.
    /// - Errors: as `branch`
    public func chain(to id: String) throws -> [LabBranch] {
        var chain = [try branch(id)]
        while let parent = chain[0].parent { chain.insert(try branch(parent), at: 0) }
        return chain
    }

    /// How many branches there are, without reading them.
    public func branchCount() throws -> Int { try FileSystem.names(in: "\(path)/branches").count { $0.hasSuffix(".json") } }

    /// All branches: the root first, then by start and id.
    /// - Errors: `LabError.unknownLab`; as `branch`
    public func branches() throws -> [LabBranch] {
        guard FileSystem.isFolder("\(path)/branches") else { throw LabError.unknownLab(id) }
        return try FileSystem.names(in: "\(path)/branches").filter { $0.hasSuffix(".json") }.map { try branch(String($0.dropLast(5))) }
            .sorted { ($0.parent == nil ? 0 : 1, $0.start, $0.id) < ($1.parent == nil ? 0 : 1, $1.start, $1.id) }
    }

    /// Removes the lab with everything that it recorded.
    public func remove() throws { try FileManager.default.removeItem(atPath: path) }

    // MARK: Frames

    /// The path of a frame, whether or not it was recorded.
    public func frame(_ branch: String, step: Int) -> String { "\(path)/frames/\(branch)/\(step).frame" }
    /// The path of the frame of what does not change within a branch.
    public func reference(_ branch: String) -> String { "\(path)/frames/\(branch)/reference.frame" }

    /// The recorded steps of a branch, in order.
    public func recorded(_ branch: String) throws -> [Int] {
        let folder = "\(path)/frames/\(branch)"
        guard FileSystem.isFolder(folder) else { return [] }
        return try FileSystem.names(in: folder).compactMap { $0.hasSuffix(".frame") ? Int($0.dropLast(6), in: 0...LabBranch.mostSteps) : nil }.sorted()
    }

    /// The recorded moments of a branch and of those before it, each once, in order.
    public func moments(to branch: String) throws -> [(branch: String, step: Int)] {
        let chain = try chain(to: branch)
        return try chain.indices.flatMap { place -> [(branch: String, step: Int)] in
            let end = place + 1 < chain.count ? chain[place + 1].start : Int.max
            return try recorded(chain[place].id).filter { $0 >= chain[place].start && $0 < end }.map { (branch: chain[place].id, step: $0) }
        }
    }

    /// An even choice of the recorded moments as animated PNG; nil if none was recorded.
    /// - Parameter most: frames at most, at least 2
    public func animation(of branch: String, most: Int, milliseconds: Int) throws -> [UInt8]? {
        let moments = try moments(to: branch)
        guard !moments.isEmpty else { return nil }
        let count = Swift.min(most, moments.count)
        var references: [String: LabFrame] = [:]
        let images = try (0..<count).map { index -> PixelImage in
            let moment = moments[count == 1 ? 0 : index * (moments.count - 1) / (count - 1)]
            let known = try references[moment.branch] ?? LabFrame(reading: FileSystem.read(reference(moment.branch)))
            references[moment.branch] = known
            return LabPicture.image(try LabFrame(reading: FileSystem.read(frame(moment.branch, step: moment.step))), reference: known)
        }
        return AnimatedPNG.encode(images, milliseconds: milliseconds)
    }

    /// Writes a frame, if it is new.
    func write(_ frame: @autoclosure () -> LabFrame, to path: String) throws -> Int {
        guard !FileSystem.exists(path) else { return 0 }
        try FileSystem.makeFolder(FileSystem.folder(of: path), mode: 0o700)
        let bytes = frame().bytes
        // A frame that is lost with the machine's power can be computed again, so nobody waits for the disk.
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        return bytes.count
    }

    /// Removes frames that a loss of power left incomplete. - Returns: the size of all others, in bytes
    func sweep() throws -> Int {
        let frames = "\(path)/frames"
        guard FileSystem.isFolder(frames) else { return 0 }
        var bytes = 0
        for branch in try FileSystem.names(in: frames) {
            for name in try FileSystem.names(in: "\(frames)/\(branch)") {
                let file = "\(frames)/\(branch)/\(name)", content = try FileSystem.read(file)
                if (try? LabFrame(reading: content)) == nil { try FileSystem.remove(file) } else { bytes += content.count }
            }
        }
        return bytes
    }
}
